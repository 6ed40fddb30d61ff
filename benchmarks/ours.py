"""What 会问 takes for an archive."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.archives import Text, write_archive
from benchmarks.processes import huiwen, python, run, size_of, typical

_BATCH = 200  # questions


def ours(texts: Sequence[Text], questions: Sequence[str], place: Path) -> dict[str, Any]:
    """Bring the index in `place` up to `texts`, whose first ones it may have, and return its figures."""
    articles, data, asked = place / "articles", place / "data", place / "questions.txt"
    write_archive(articles, texts)
    asked.write_text("\n".join(questions), encoding="utf-8")
    built = run(huiwen("index", str(articles), "--data-dir", str(data), "--json"))
    report = json.loads(built.output)
    passages = report["passages"]
    cold = json.loads(run(python("-m", "benchmarks.cold", str(data), questions[0])).output)
    return {
        "passages": passages,
        "articles": report["articles"],
        "build": {
            "encoded": report["encoded"],
            "seconds": report["seconds"],
            "passages_per_s": report["encoded"] / report["seconds"],
            "peak_mb": built.peak_mb,
        },
        "cold_s": typical(huiwen("ask", questions[0], "--data-dir", str(data))),
        "cold_stages_s": cold,
        "warm": json.loads(run(python("-m", "benchmarks.warm", str(data), str(asked))).output),
        "batch_questions_per_s": _batch(data, questions, place),
        "arrival_s": _arrival(articles, data),
        "nothing_new_s": typical(huiwen("index", "--data-dir", str(data), "--json"), 3),
        "disk_bytes_per_passage": size_of(data / "segments") / passages,
    }


def paragraphs_of(data: Path) -> list[str]:
    """Return the passages of an index, a line each."""
    from retrieval.searcher import Searcher

    catalog = Searcher.open(data).catalog
    texts: list[str] = []
    for article in catalog.articles():
        texts += [" ".join(part.split()) for part in article.paragraphs]
    return [text for text in texts if text]


def _batch(data: Path, questions: Sequence[str], place: Path) -> float:
    lines = place / "batch.jsonl"
    many = islice(cycle(questions), _BATCH)
    lines.write_text("".join(json.dumps({"id": str(n), "text": q}) + "\n" for n, q in enumerate(many)))
    took = run(huiwen("ask", "--batch", str(lines), "--json", "--data-dir", str(data))).seconds
    return _BATCH / took


def _arrival(articles: Path, data: Path) -> float:
    """Return the seconds, start-up included, until one more article is published; then take it away again."""
    file = articles / "one-more.txt"
    text = "本报讯11月20日，省政府召开港口安全工作会议，副省长出席会议并讲话。会议要求，"
    file.write_text(
        f"{text}{time.time_ns()}号码头要在三日内完成整改，确保安全生产形势稳定。", encoding="utf-8"
    )
    took = run(huiwen("index", "--data-dir", str(data), "--json")).seconds
    file.unlink()
    run(huiwen("index", "--data-dir", str(data), "--json"))
    return took


def start(place: Path) -> None:
    """Begin with nothing."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)

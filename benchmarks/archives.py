"""Archives to measure on: so many passages of given articles, and made-up ones where those do not suffice."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_SENTENCE = re.compile("[^。！？]*[。！？]")
_A_DAY = 15  # articles in a file, as a paper has
_PARAGRAPHS = 5  # in a made-up article


@dataclass(frozen=True, slots=True)
class Text:
    """An article."""

    title: str
    date: str
    paragraphs: tuple[str, ...]


def read_texts(files: Sequence[Path]) -> list[Text]:
    """Return the articles of .jsonl files, which may be compressed with gzip, or of the sample pages."""
    return [text for file in files for text in _read(file)] or list(_samples())


def texts_for(texts: Sequence[Text], passages: int) -> list[Text]:
    """Return articles of about so many passages: the first of `texts`, then some made of their sentences."""
    chosen: list[Text] = []
    room = passages
    for text in texts:
        if room <= 0:
            return chosen
        chosen.append(text)
        room -= len(text.paragraphs)
    lot = random.Random(20240604)
    sentences = [one for text in texts for part in text.paragraphs for one in _SENTENCE.findall(part)]
    while room > 0:
        paragraphs = tuple("".join(lot.sample(sentences, lot.randint(1, 3))) for _ in range(_PARAGRAPHS))
        title = lot.choice(texts).title
        chosen.append(Text(title, f"{lot.randint(2000, 2025)}-{lot.randint(1, 12):02d}", paragraphs))
        room -= _PARAGRAPHS
    return chosen


def write_archive(folder: Path, texts: Sequence[Text]) -> None:
    """Write articles into `folder`, some to a file, each under the same name whatever comes after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(texts), _A_DAY):
        records = (
            {"id": f"a{start + at}", "title": text.title, "date": text.date, "paragraphs": text.paragraphs}
            for at, text in enumerate(texts[start : start + _A_DAY])
        )
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / f"{start // _A_DAY:06d}.jsonl").write_text(lines, encoding="utf-8")


def questions_of(texts: Sequence[Text], count: int) -> list[str]:
    """Return questions about what these articles report."""
    lot = random.Random(20191120)
    asked = ("{}，会议什么时候召开？", "谁出席了{}？", "{}提出了哪些要求？", "What was said about {}?")
    chosen = [text for text in texts if text.title]
    return [lot.choice(asked).format(lot.choice(chosen).title[:24]) for _ in range(count)]


def _read(file: Path) -> Iterator[Text]:
    with (
        gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as f
    ):
        for line in f:
            record = json.loads(line)
            paragraphs = record.get("paragraphs") or record["text"].split("\n")
            kept = tuple(part for part in paragraphs if part.strip())
            yield Text(record.get("title", ""), record.get("date", ""), kept)


def _samples() -> Iterator[Text]:
    from retrieval.reading import read_articles

    for file in sorted(Path("samples").iterdir()):
        for article in read_articles(file, file.name).articles:
            yield Text(article.title, str(article.date or ""), article.paragraphs)

"""Measure 会问 and others for the same work in one run: `make bench`, or `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.archives import questions_of, read_texts, texts_for
from benchmarks.encoding import compared
from benchmarks.ours import ours, paragraphs_of
from benchmarks.peers import bm25s, plain, sentence_transformers, txtai
from benchmarks.plots import draw
from benchmarks.processes import huiwen, python, run, typical
from benchmarks.tables import markdown
from config import EmbeddingSettings
from embeddings import open_encoder

_QUESTIONS = 60
_PACKAGES = ("huiwen", "faiss-cpu", "numpy", "bm25s", "txtai")


def main() -> None:
    """Measure, print a table, and write figures and drawings."""
    wanted = _arguments()
    results: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores {_processor()}, Python {platform.python_version()}",
        "versions": {name: _version(name) for name in _PACKAGES},
    }
    if wanted.scratch is not None:
        wanted.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wanted.scratch) as scratch:
        place = Path(scratch)
        results["start"] = {
            "interpreter_s": typical(python("-c", "pass")),
            "help_s": typical(huiwen("--help")),
        }
        results["sentence_transformers"] = sentence_transformers(place)
        results["archives"] = _archives(wanted, place)
        results["encoding"] = compared(paragraphs_of(place / "ours" / "data"), place)
        results["vectors"] = _vectors(wanted, place)
    wanted.out.mkdir(parents=True, exist_ok=True)
    (wanted.out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    table = markdown(results)
    (wanted.out / "results.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    draw(results, wanted.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description="Measure 会问 and others for the same work."
    )
    parser.add_argument(
        "--articles", type=Path, nargs="*", default=[], metavar="FILE", help=".jsonl or .jsonl.gz"
    )
    parser.add_argument("--sizes", type=_sizes, default=[1000, 10_000], metavar="N,N", help="passages")
    parser.add_argument("--vectors", type=_sizes, default=[10_000, 100_000], metavar="N,N")
    parser.add_argument("--out", type=Path, default=Path("bench-results"), metavar="DIR")
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where indexes are built for the time being"
    )
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(",") if part)


def _archives(wanted: argparse.Namespace, place: Path) -> list[dict[str, Any]]:
    texts = read_texts(wanted.articles)
    encoder = open_encoder(EmbeddingSettings())
    questions = questions_of(texts[:200], _QUESTIONS)
    found = []
    for size in wanted.sizes:
        figures: dict[str, Any] = {"ours": ours(texts_for(texts, size), questions, place / "ours")}
        paragraphs = paragraphs_of(place / "ours" / "data")
        own = place / f"plain-{size}"
        figures["plain"] = plain(paragraphs, questions, own)
        figures["bm25s"] = bm25s(paragraphs, questions)
        figures["txtai"] = txtai(paragraphs, questions, own, encoder.encode_queries)
        shutil.rmtree(own)
        found.append(figures)
        print(json.dumps(figures), flush=True)
    return found


def _vectors(wanted: argparse.Namespace, place: Path) -> list[dict[str, Any]]:
    found = []
    for size in wanted.vectors:
        folder = place / f"vectors-{size}"
        found.append(json.loads(run(python("-m", "benchmarks.vectors", str(size), str(folder))).output))
        shutil.rmtree(folder)
        print(json.dumps(found[-1]), flush=True)
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return ""


if __name__ == "__main__":
    main()

"""Questions to an open index: `python -m benchmarks.warm DATA_DIR QUESTIONS.txt`; prints JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from retrieval.searcher import Searcher

_FIRST = 5  # questions until caches are filled


def main() -> None:
    """Ask, and print milliseconds and memory."""
    searcher = Searcher.open(Path(sys.argv[1]))
    questions = Path(sys.argv[2]).read_text(encoding="utf-8").split("\n")
    print(json.dumps({**timed(searcher.ask, questions), **memory()}))


def timed(ask: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    """Return the summary of the milliseconds of each question, after some that are not counted."""
    for question in questions[:_FIRST]:
        ask(question)
    took: list[float] = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        took.append((time.perf_counter() - started) * 1000)
    return summary(took)


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Return median and 95th percentile."""
    ordered = sorted(milliseconds)
    return {"p50_ms": statistics.median(ordered), "p95_ms": ordered[int(len(ordered) * 0.95)]}


def memory() -> dict[str, float]:
    """Return the megabytes of this process: its own, and of mapped files."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    lines = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Rss"))
    own, mapped = (int(lines[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return {"own_mb": own, "mapped_mb": mapped}


if __name__ == "__main__":
    main()

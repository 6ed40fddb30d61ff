"""How long it takes to hold many alerts against the newest passages of an index.

    python scripts/alert_speed.py DATA_DIR [--alerts 10000] [--passages 100] [--seed 1]

The alerts are made up: two or three words each, of those that few of the passages have. The last articles of
the index stand for the new ones. Prints the seconds of a look that encodes the alerts, and of the next.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

from retrieval.arrivals import remembered
from retrieval.checking import Standing, check
from retrieval.searcher import Searcher
from retrieval.terms import words

_SAMPLE = 2000  # passages that the words are taken from
_RARE = 0.02  # share of them that has a word of an alert, at most


def main() -> None:
    """Make alerts, look twice, print seconds."""
    parser = argparse.ArgumentParser(description="Many alerts against a few passages.")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--passages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    searcher = Searcher.open(wanted.data_dir)
    finder, rng = searcher.embedded.finder, random.Random(wanted.seed)
    owners = finder.owners
    first = int(owners[max(len(owners) - wanted.passages, 0)])
    started = time.perf_counter()
    seen = remembered(searcher.catalog, range(first))
    print(f"remembering {first} articles: {time.perf_counter() - started:.2f} s")
    alerts = _alerts(searcher, wanted.alerts, rng)
    vectors: dict[int, bytes] = {}
    for turn in ("encoding the alerts", "afterwards"):
        standing = [Standing(number, text, vectors.get(number)) for number, text in enumerate(alerts)]
        started, worked = time.perf_counter(), time.process_time()
        checked = check(searcher, standing, seen.tolist(), 3)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        assert checked is not None
        vectors.update(checked.vectors)
        news = f"{len(checked.matches)} of {len(alerts)} alerts have news"
        took = f"{turn}: {seconds:.2f} s ({worked:.2f} s of processors)"
        print(f"{took}; {news} in {int((owners >= first).sum())} of {len(owners)} passages")


def _alerts(searcher: Searcher, count: int, rng: random.Random) -> list[str]:
    store = searcher.embedded
    size = len(store.finder.owners)
    numbers = rng.sample(range(size), min(_SAMPLE, size))
    having = Counter(word for text in store.articles.texts(numbers) for word in set(words(text)))
    rare = [word for word, times in having.items() if len(word) > 1 and times <= _RARE * len(numbers)]
    return [" ".join(rng.sample(rare, rng.choice((2, 2, 3)))) for _ in range(count)]


if __name__ == "__main__":
    main()

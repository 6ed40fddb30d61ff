"""Where the time of one question in a new process goes: `python -m benchmarks.cold DATA_DIR QUESTION`.

The stages one after another, as JSON. `huiwen ask` takes less than their sum: it reads the model beside the
imports, and lets another process load the dictionary.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path


def main() -> None:
    """Answer one question and print the seconds of each stage."""
    marks = [time.perf_counter()]
    import bot.cli
    from config import load_settings

    settings = load_settings().settings
    marks.append(time.perf_counter())
    import bot.asking  # noqa: F401
    from embeddings import open_encoder
    from retrieval.searcher import Searcher

    marks.append(time.perf_counter())
    encoder = open_encoder(settings.embedding)
    encoder.encode_queries(["会议"])
    marks.append(time.perf_counter())
    searcher = Searcher.open(Path(sys.argv[1]), encoder)
    marks.append(time.perf_counter())
    searcher.ask(sys.argv[2])
    marks.append(time.perf_counter())
    searcher.ask(sys.argv[2] + "？")
    marks.append(time.perf_counter())
    names = ("command line and settings", "imports", "model", "index", "first question", "second question")
    took = [after - before for before, after in pairwise(marks)]
    print(json.dumps(dict(zip(names, took, strict=True))))


if __name__ == "__main__":
    main()

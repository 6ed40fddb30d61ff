"""How often a store on a server gives the same first hit as the embedded one, on an evaluation set.

    python scripts/store_agreement.py DIR [--uri URI] [--work FOLDER] [--lang zh]... [--every N]

DIR holds corpus.jsonl and queries.jsonl. Without a URI the store is milvus-lite in the folder for work.
Prints for each language the share of questions with the same first hit, with the same first five hits in
the same order, with the same verdict, the largest difference in confidence, and milliseconds a question of
either.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from config import EmbeddingSettings, SearchSettings, StoreSettings
from embeddings import open_encoder
from retrieval.builder import Plan, build
from retrieval.embedded_store import EmbeddedStore
from retrieval.fusion import FITTED
from retrieval.milvus.publishing import publish
from retrieval.milvus.source import MilvusSource
from retrieval.model import Answer
from retrieval.queries import read_queries
from retrieval.searcher import Searcher

_MODEL = "use-multilingual-v3"


@dataclass(frozen=True, slots=True)
class _Pair:
    """What both stores said to one question."""

    question: str
    embedded: Answer
    remote: Answer

    @property
    def first(self) -> bool:
        return _hits(self.embedded)[:1] == _hits(self.remote)[:1]


def main() -> None:
    """Build, copy, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--uri", default="")
    parser.add_argument("--work", type=Path, default=Path("store-agreement"))
    parser.add_argument("--lang", action="append", default=[])
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    encoder = open_encoder(EmbeddingSettings(model=_MODEL, threads=1))
    data = given.work / given.folder.name
    build(Plan(data, _MODEL, 600, keep=1), [given.folder / "corpus.jsonl"], encoder)
    given.work.mkdir(parents=True, exist_ok=True)
    uri = given.uri or str(given.work / f"{given.folder.name}.db")
    source = MilvusSource(StoreSettings(uri=uri, timeout=300, prefix="agreement"))
    link = source.link
    started = time.perf_counter()
    done = publish(link, data)
    if done.anew:
        print(f"{done.passages} passages copied in {time.perf_counter() - started:.1f} s")
    embedded = Searcher(EmbeddedStore.open(data, encoder), SearchSettings(), FITTED)
    remote = Searcher(source.open(encoder), SearchSettings(), FITTED)
    queries = read_queries(given.folder / "queries.jsonl")
    for lang in given.lang or dict.fromkeys(query.lang for query in queries):
        own = [query.text for query in queries if query.lang == lang][:: given.every]
        _report(lang, [_Pair(text, embedded.ask(text), remote.ask(text)) for text in own])
    link.close()


def _report(lang: str, pairs: list[_Pair]) -> None:
    firsts = np.mean([pair.first for pair in pairs])
    same = np.mean([_hits(pair.embedded) == _hits(pair.remote) for pair in pairs])
    verdicts = np.mean([pair.embedded.answered == pair.remote.answered for pair in pairs])
    surely = max(abs(pair.embedded.confidence - pair.remote.confidence) for pair in pairs)
    times = [[getattr(pair, name).took_ms for pair in pairs] for name in ("embedded", "remote")]
    medians = " and ".join(f"{np.median(own):.1f}" for own in times)
    print(
        f"{lang}: {len(pairs)} questions, first hit the same in {firsts:.4f}, all five in {same:.4f},"
        f" verdict in {verdicts:.4f}; confidence at most {surely:.4f} apart; median ms {medians}",
        flush=True,
    )
    for pair in [pair for pair in pairs if not pair.first][:5]:
        print(
            f"  {pair.question}\n    {_hits(pair.embedded)[:1]}\n    {_hits(pair.remote)[:1]}",
            file=sys.stderr,
        )


def _hits(answer: Answer) -> list[tuple[str, int, str]]:
    return [(hit.article.id, hit.paragraph, hit.text[:40]) for hit in answer.hits]


if __name__ == "__main__":
    main()

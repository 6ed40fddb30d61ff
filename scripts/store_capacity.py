"""What a store of so many passages takes, worked out from an index that there is.

    python scripts/store_capacity.py DATA_DIR [--sizes 1e6,1e7,1e8] [--node-gb 64]

Counts in the segments of the serving generation how many sentences, units, articles and terms there are for a
passage and how large its records become; prints these, and for each size the bytes on disk, in memory and
over the network for a question, with the arithmetic. Nothing is asked of a server.
"""

from __future__ import annotations

import argparse
import math
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from retrieval.milvus.packing import pack_article, pack_passage, packed_json
from retrieval.milvus.segment_reader import FIELDS, SegmentReader
from retrieval.serving import find_serving

# Looked at for a question, on average over 150 of crud_news in the embedded store with 60,000 passages.
_CANDIDATES = 355  # passages
_ARTICLES = 224  # that these are of
_HNSW = 2 * 30 * 4  # bytes of a node of the graph that AUTOINDEX makes: 30 neighbours, twice at the base
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class _Measured:
    """For one passage."""

    dim: int
    sentences: float
    units: float
    articles: float
    terms: float
    record: float
    """Bytes of what scoring reads."""
    article: float
    """Bytes of an article's record and text, a passage's share."""
    one_article: float
    """Bytes of one article's record."""
    text: float
    """Bytes of the text, in the index of words."""


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--sizes", default="1e6,1e7,1e8")
    parser.add_argument("--node-gb", type=float, default=64)
    given = parser.parse_args()
    one = _measure(given.data_dir)
    vector = 4 * one.dim
    dense, sentences = vector + _HNSW, one.sentences * (vector + _HNSW)
    words = 2 * one.text  # postings of eight bytes for each word of some four bytes
    disk = one.record + one.article + one.text + dense + sentences + words
    memory = dense + sentences + words
    packed = (one.dim + _HNSW) * (1 + one.sentences) + words
    print(
        f"a passage: {one.sentences:.1f} sentences, {one.units:.1f} units, {one.text:.0f} B of text;"
        f" record {one.record:.0f} B, its article's records {one.article:.0f} B, {one.terms:.2f} new terms\n"
        f"vectors {vector} B + graph {_HNSW} B: paragraph {dense} B, sentences {sentences:.0f} B\n"
        f"words {words:.0f} B (twice the text)\n"
        f"disk = record + article + text + vectors + words = {disk:.0f} B\n"
        f"memory = vectors + words = {memory:.0f} B; with one byte a component (HNSW_SQ) {packed:.0f} B\n"
        f"a question brings {_CANDIDATES} passages and {_ARTICLES} articles:"
        f" {(_CANDIDATES * one.record + _ARTICLES * one.one_article) / 1e6:.1f} MB where nothing is kept"
    )
    for size in map(float, given.sizes.split(",")):
        nodes = [math.ceil(size * each / (given.node_gb * 0.7e9)) for each in (memory, packed)]
        print(
            f"{size:.0e} passages: disk {size * disk / 1e9:.0f} GB, memory {size * memory / 1e9:.0f} GB"
            f" ({nodes[0]} nodes of {given.node_gb:g} GB at 70%), with HNSW_SQ {size * packed / 1e9:.0f} GB"
            f" ({nodes[1]} nodes)"
        )


def _measure(data_dir: Path) -> _Measured:
    serving = find_serving(data_dir)
    passages = sentences = units = articles = terms = records = article_bytes = one_article = text = 0.0
    with serving.lease:
        for folder in serving.segments():
            with closing(SegmentReader(folder, serving.manifest.dim)) as reader:
                for number, passage in enumerate(reader.packed()):
                    if number == _SAMPLE:
                        break
                    passages += 1
                    sentences += passage.sentences
                    units += len(passage.spans)
                    records += len(pack_passage(passage))
                    text += len(passage.text.encode("utf-8", "replace"))
                terms += sum(len(reader.fields[field].terms) for field in FIELDS) / max(reader.passages, 1)
                share = min(reader.passages, _SAMPLE) / max(reader.passages, 1)
                for article, _, packed in reader.packed_articles():
                    articles += share
                    own = len(pack_article(packed))
                    one_article += share * own
                    article_bytes += share * (own + len(packed_json(article.paragraphs)))
    return _Measured(
        serving.manifest.dim,
        sentences / passages,
        units / passages,
        articles / passages,
        terms,
        records / passages,
        article_bytes / passages,
        one_article / max(articles, 1),
        text / passages,
    )


if __name__ == "__main__":
    main()

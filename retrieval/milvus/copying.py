"""Copying a segment into a store: its passages, sentences, articles and words as rows of one stratum."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval import article_rows
from retrieval.errors import StoreError
from retrieval.folding import fold
from retrieval.milvus.days import tokens
from retrieval.milvus.heads import Stratum
from retrieval.milvus.keys import key_of, numbered, passages_of, text_in
from retrieval.milvus.link import Link, Row
from retrieval.milvus.packing import (
    bucketed,
    in_parts,
    pack_article,
    pack_passage,
    packed_json,
    short_key,
    unpacked_json,
)
from retrieval.milvus.schema import COLLECTIONS, DATES, ID_BYTES, TEXT_BYTES
from retrieval.milvus.segment_reader import FIELDS, SegmentReader

_WORTH_SEALING = 500  # rows; until they are sealed a server searches them one by one
_ROW_BYTES = 512  # of a row besides its vector and its texts

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go."""

    link: Link
    epoch: str
    dim: int
    words: bool
    """Whether its rows are found by words."""
    writer: str

    def collection(self, name: str) -> str:
        """Return the name of a collection."""
        return self.link.name(self.epoch, name)


def copied(target: Target, number: int) -> Stratum | None:
    """Return what is known of a stratum that is there as a whole. Raises StoreError."""
    found = target.link.run(
        "query",
        target.collection("records"),
        ids=[f"{number}/whole"],
        output_fields=["value"],
        consistency_level="Strong",
    )
    if not found:
        return None
    record = unpacked_json(found[0]["value"])
    return Stratum(number, record["buckets"], (), record["passages"])


def copy_segment(target: Target, folder: Path, number: int, progress: Progress) -> Stratum:
    """Write the rows of the segment in `folder` under the number of a stratum. Raises StoreError.

    They are the same whenever it is done, so one that was interrupted is simply done again. Until the last
    row is there, and is counted, nothing says that the stratum is whole.
    """
    _begin(target, number, target.writer)
    vector_bytes = 4 * target.dim + _ROW_BYTES
    written = dict.fromkeys(COLLECTIONS, 0)

    def put(name: str, rows: Iterable[Row], size: Callable[[Row], int]) -> None:
        written[name] += target.link.put(target.collection(name), rows, size)

    with closing(SegmentReader(folder, target.dim)) as reader:
        done = _Counted(reader.passages, progress)
        put("records", done(_payloads(reader, number)), _size_of_value)
        put("passages", _passages(target, reader, number), _size_of_text(target.dim))
        put("sentences", _sentences(reader, number), lambda row: vector_bytes)
        put("articles", _articles(target, reader, number), _size_of_text(2))
        put("records", _article_records(reader, number), _size_of_value)
        put("terms", _vocabulary(reader, number), lambda row: vector_bytes)
        buckets: dict[str, int] = {}
        for field in FIELDS:
            rows = list(_term_records(number, field, _known(reader, field)))
            buckets[field] = len(rows)
            put("records", rows, _size_of_value)
        passages = reader.passages
    for name, count in written.items():
        if count >= _WORTH_SEALING:
            target.link.run("flush", target.collection(name))
        _require_count(target, name, number, count)
    whole = {"buckets": buckets, "passages": passages}
    target.link.put(
        target.collection("records"), [_record(number, "whole", "whole", packed_json(whole))], _size_of_value
    )
    return Stratum(number, buckets, (), passages)


def copy_corrections(
    target: Target, number: int, gone: Sequence[tuple[Path, npt.NDArray[np.int64]]]
) -> Stratum:
    """Write by how much the counts of terms are too high, as articles of segments are gone.

    Of each segment the folder is given and the rows of its articles that are gone. Raises StoreError.
    """
    _begin(target, number, target.writer)
    lessened: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
    for folder, articles in gone:
        with closing(SegmentReader(folder, target.dim)) as reader:
            for field, counts in lessened.items():
                rows = articles if field == "headings" else passages_of(reader.starts, articles)
                for term, count in reader.fields[field].among(rows).items():
                    counts[term] = counts.get(term, 0) - count
    buckets = {}
    for field, counts in lessened.items():
        if counts:
            rows_ = list(_term_records(number, field, {term: [count] for term, count in counts.items()}))
            buckets[field] = len(rows_)
            target.link.put(target.collection("records"), rows_, _size_of_value)
    _require_count(target, "records", number, sum(buckets.values()))
    return Stratum(number, buckets)


def remove_stratum(target: Target, number: int) -> None:
    """Remove all rows of a stratum, what tells of it last. Raises StoreError."""
    for name in COLLECTIONS:
        kept = f' and key != "{number}/begun"' if name == "records" else ""
        target.link.run("delete", target.collection(name), filter=f"stratum == {number}{kept}")
    target.link.run("delete", target.collection("records"), ids=[f"{number}/begun"])


def strata_of(target: Target) -> list[int]:
    """Return the strata of the writer, also those that are not whole. Raises StoreError."""
    found = target.link.run(
        "query",
        target.collection("records"),
        filter='kind == "begun"',
        output_fields=["stratum", "value"],
        limit=16_000,
        consistency_level="Strong",
    )
    return sorted(row["stratum"] for row in found if row["value"] == target.writer)


def _begin(target: Target, number: int, writer: str) -> None:
    """Note whose a stratum is before anything of it is written, and that it is not whole."""
    records = target.collection("records")
    target.link.put(records, [_record(number, "begun", "begun", writer)], _size_of_value)
    target.link.run("delete", records, ids=[key_of(number, "whole")])


def _require_count(target: Target, name: str, number: int, expected: int) -> None:
    found = target.link.run(
        "query",
        target.collection(name),
        filter=f"stratum == {number}" + (' and kind != "begun"' if name == "records" else ""),
        output_fields=["count(*)"],
        consistency_level="Strong",
    )
    there = int(found[0]["count(*)"])
    if there != expected:
        raise StoreError(
            f"the store at {target.link.uri} has {there} of {expected} {name} that were written; see its log,"
            " and run `huiwen index` again"
        )


class _Counted:
    """Tells of progress while rows go by."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total, self._progress = total, progress

    def __call__(self, rows: Iterable[Row]) -> Iterator[Row]:
        for done, row in enumerate(rows, start=1):
            yield row
            self._progress("copying", min(done, self._total), self._total)


def _payloads(reader: SegmentReader, number: int) -> Iterator[Row]:
    for row, passage in enumerate(reader.packed()):
        for key, value in in_parts(key_of(number, "p", row), pack_passage(passage)):
            yield _of_key(number, key, "passage", value)


def _passages(target: Target, reader: SegmentReader, number: int) -> Iterator[Row]:
    words = target.words
    dated = [_dated(reader, article) for article in range(reader.articles)]
    for row, (text, owner) in enumerate(zip(reader.texts(), reader.owners().tolist(), strict=True)):
        yield {
            "number": numbered(number, row),
            "stratum": number,
            "article": numbered(number, owner),
            **dated[owner],
            "vector": reader.vector(row),
            **({"text": text_in(fold(text), TEXT_BYTES)} if words else {}),
        }


def _sentences(reader: SegmentReader, number: int) -> Iterator[Row]:
    owners = reader.owners().tolist()
    dated = [_dated(reader, article) for article in range(reader.articles)]
    for row, (passage, vector) in enumerate(reader.sentences()):
        yield {
            "number": numbered(number, row),
            "stratum": number,
            "article": numbered(number, owners[passage]),
            "passage": numbered(number, passage),
            **dated[owners[passage]],
            "vector": vector,
        }


def _articles(target: Target, reader: SegmentReader, number: int) -> Iterator[Row]:
    words = target.words
    for row, (article, _, packed) in enumerate(reader.packed_articles()):
        date = str(article.date or article.published or "")
        ref = [article.id, article.title[:2000], date, article.source, article.kicker[:2000], article.url]
        told = " ".join([*packed.heading, *sorted(packed.words)])
        yield {
            "number": numbered(number, row),
            "stratum": number,
            "name": text_in(article.id, ID_BYTES - 1),
            "ref": packed_json(ref),
            **_dated(reader, row),
            "spare": [1.0, 0.0],
            **({"text": text_in(told, TEXT_BYTES)} if words else {}),
        }


def _article_records(reader: SegmentReader, number: int) -> Iterator[Row]:
    ids: dict[str, tuple[str, list[int], list[int]]] = {}
    for row, (article, aliases, packed) in enumerate(reader.packed_articles()):
        for key, value in in_parts(key_of(number, "a", row), pack_article(packed)):
            yield _of_key(number, key, "article", value)
        for key, value in in_parts(key_of(number, "t", row), packed_json(article_rows.to_row(article))):
            yield _of_key(number, key, "text", value)
        ids.setdefault(short_key(article.id), (article.id, [], []))[1].append(row)
        for alias in aliases:
            ids.setdefault(short_key(alias), (alias, [], []))[2].append(row)
    for short, (_, own, also) in ids.items():
        yield _of_key(number, key_of(number, "i", short), "id", json.dumps([own, also]))


def _vocabulary(reader: SegmentReader, number: int) -> Iterator[Row]:
    for row, term, vector in reader.vocabulary():
        if len(term.encode("utf-8", "replace")) < TEXT_BYTES:
            yield {"number": numbered(number, row), "stratum": number, "term": term, "vector": vector}


def _known(reader: SegmentReader, field: str) -> Mapping[str, Sequence[Any]]:
    """Return by term how many documents have it and what share of all words it is; of a name its writings."""
    own = reader.fields[field]
    counted = zip(own.terms, own.frequencies(), own.usual.tolist(), strict=True)
    if field != "names":
        return {term: [count, usual] for term, count, usual in counted}
    written = reader.written()
    return {term: [count, usual, written.get(term, [])] for term, count, usual in counted}


def _term_records(number: int, field: str, known: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
    for bucket, terms in enumerate(bucketed(known)):
        yield _of_key(number, key_of(number, field, bucket), "terms", packed_json(terms))


def _dated(reader: SegmentReader, article: int) -> Row:
    own, paper = reader.days(article)
    told = tokens([own, paper, *reader.mentions(article)])
    return {**dict(zip(DATES, (*own, *paper), strict=True)), "days": told}


def _record(number: int, key: str, kind: str, value: str) -> Row:
    return _of_key(number, key_of(number, key), kind, value)


def _of_key(number: int, key: str, kind: str, value: str) -> Row:
    return {"key": key, "stratum": number, "kind": kind, "value": value, "spare": [1.0, 0.0]}


def _size_of_value(row: Row) -> int:
    return len(row["value"]) + _ROW_BYTES


def _size_of_text(dim: int) -> Callable[[Row], int]:
    return lambda row: 4 * dim + 4 * len(row.get("text", "")) + 8 * len(row["days"]) + _ROW_BYTES

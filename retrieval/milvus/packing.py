"""What scoring reads of a passage or an article, packed into text that a store can keep."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from retrieval.sentences import Span
from retrieval.store import Floats
from retrieval.units import Codes

_HEAD = struct.Struct("<III")  # bytes of the record, units, dimensions
_PART_CHARS = 60_000  # in one row; a field has 65,535 bytes
_IN_BUCKET = 32  # terms

Counts = Mapping[str, int]
Stretch = tuple[int, int]
"""First and last day, as in `Timeline.write`."""


@dataclass(frozen=True, slots=True)
class PackedPassage:
    """A passage as it is scored."""

    text: str
    paragraph: int
    start: int
    words: Counts
    words_length: int
    bigrams: Counts
    bigrams_length: int
    names: frozenset[str]
    """The readings that it has."""
    length: float
    mentions: tuple[Stretch, ...]
    sentences: int
    """How many of its units are whole sentences; these come first."""
    vector: Floats
    """Of the whole, (dim,)."""
    spans: list[Span]
    codes: Codes
    """Of its units, (m, dim)."""
    scales: Floats
    """(m,)"""


@dataclass(frozen=True, slots=True)
class PackedArticle:
    """An article as it is scored, and what answers say of it."""

    id: str
    title: str
    kicker: str
    date: str
    source: str
    url: str
    also: tuple[str, ...]
    first: int
    """The row of its first passage; the others follow."""
    passages: int
    lead: str
    """The text of its first passage."""
    words: frozenset[str]
    """Of its passages."""
    names: frozenset[str]
    heading: Counts
    """The words of kicker and title."""
    heading_length: int
    days: tuple[Stretch, Stretch]
    """Of what it reports and of the paper."""
    mentions: tuple[Stretch, ...]


def pack_passage(passage: PackedPassage) -> str:
    """Return a passage as text."""
    record = {
        "t": passage.text,
        "p": passage.paragraph,
        "s": passage.start,
        "w": passage.words,
        "wl": passage.words_length,
        "b": passage.bigrams,
        "bl": passage.bigrams_length,
        "n": sorted(passage.names),
        "l": passage.length,
        "m": passage.mentions,
        "k": passage.sentences,
    }
    told = _squeezed(record)
    parts = (
        _HEAD.pack(len(told), len(passage.spans), len(passage.vector)),
        told,
        passage.vector.astype("<f2").tobytes(),  # as exact as the embedded store keeps it
        passage.scales.astype("<f4").tobytes(),
        np.asarray(passage.spans, "<i4").tobytes(),
        passage.codes.tobytes(),
    )
    return base64.b64encode(b"".join(parts)).decode()


def unpack_passage(text: str) -> PackedPassage:
    """Return the passage that `pack_passage` made text of."""
    raw = base64.b64decode(text)
    told, units, dim = _HEAD.unpack_from(raw)
    at = _HEAD.size
    record = _unsqueezed(raw[at : at + told])
    at += told
    vector = np.frombuffer(raw, "<f2", dim, at).astype(np.float32)
    at += 2 * dim
    scales = np.frombuffer(raw, "<f4", units, at)
    at += 4 * units
    spans = np.frombuffer(raw, "<i4", 2 * units, at).reshape(-1, 2).tolist()
    at += 8 * units
    codes = np.frombuffer(raw, np.int8, units * dim, at).reshape(units, dim)
    return PackedPassage(
        record["t"],
        record["p"],
        record["s"],
        record["w"],
        record["wl"],
        record["b"],
        record["bl"],
        frozenset(record["n"]),
        record["l"],
        _stretches(record["m"]),
        record["k"],
        vector,
        [(start, end) for start, end in spans],
        codes,
        scales,
    )


def pack_article(article: PackedArticle) -> str:
    """Return an article as text."""
    values = [getattr(article, name) for name in PackedArticle.__slots__]
    plain = [sorted(value) if isinstance(value, frozenset) else value for value in values]
    return base64.b64encode(_squeezed(plain)).decode()


def unpack_article(text: str) -> PackedArticle:
    """Return the article that `pack_article` made text of."""
    plain: list[Any] = _unsqueezed(base64.b64decode(text))
    values = dict(zip(PackedArticle.__slots__, plain, strict=True))
    one, other = _stretches(values["days"])
    values |= {
        "also": tuple(values["also"]),
        "words": frozenset(values["words"]),
        "names": frozenset(values["names"]),
        "days": (one, other),
        "mentions": _stretches(values["mentions"]),
    }
    return PackedArticle(**values)


def in_parts(key: str, text: str) -> Iterable[tuple[str, str]]:
    """Yield text in rows that are short enough, each with its key; the first tells how many follow."""
    pieces = [text[start : start + _PART_CHARS] for start in range(0, len(text), _PART_CHARS)] or [""]
    yield key, f"{len(pieces)} {pieces[0]}"
    for number, piece in enumerate(pieces[1:], start=1):
        yield f"{key}/{number}", piece


def parts_of(first: str) -> tuple[int, str]:
    """Return how many parts there are and what the first of them says."""
    count, _, piece = first.partition(" ")
    return int(count), piece


def bucket_count(terms: int) -> int:
    """Return over how many buckets so many terms are spread."""
    return max(1, terms // _IN_BUCKET)


def bucket_of(term: str, count: int) -> int:
    """Return the bucket of a term among `count`."""
    return int(xxhash.xxh3_64_intdigest(term.encode("utf-8", "surrogatepass")) % count)


def bucketed(terms: Mapping[str, Sequence[Any]]) -> list[dict[str, Sequence[Any]]]:
    """Return terms with what is known of each in buckets, which are fetched as one."""
    buckets: list[dict[str, Sequence[Any]]] = [{} for _ in range(bucket_count(len(terms)))]
    for term, known in terms.items():
        buckets[bucket_of(term, len(buckets))][term] = known
    return buckets


def short_key(text: str) -> str:
    """Return what stands for a text in a key, 32 characters."""
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass"))


def packed_json(value: Any) -> str:  # noqa: ANN401  whatever JSON can say
    """Return a value as text of plain letters."""
    return base64.b64encode(_squeezed(value)).decode()


def unpacked_json(text: str) -> Any:  # noqa: ANN401
    """Return the value that `packed_json` made text of."""
    return _unsqueezed(base64.b64decode(text))


def array_text(values: npt.NDArray[np.float32]) -> str:
    """Return an array (n,) as text."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def text_array(text: str) -> Floats:
    """Return the array (n,) that `array_text` made text of."""
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)


def _squeezed(value: Any) -> bytes:  # noqa: ANN401
    # Half a surrogate pair is no UTF-8, but JSON can write it.
    return zlib.compress(json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode(), 6)


def _unsqueezed(raw: bytes) -> Any:  # noqa: ANN401
    return json.loads(zlib.decompress(raw))


def _stretches(listed: Iterable[Sequence[int]]) -> tuple[Stretch, ...]:
    return tuple((first, last) for first, last in listed)

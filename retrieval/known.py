"""Vectors that need no encoding: of passages and words that segments have, and of those just encoded.

What is encoded is put by at once in a file beside the segments, until a generation holds it: a run that is
interrupted, were it the first of a large archive, goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xxhash

from embeddings import Encoder, Vectors
from embeddings.cache import VectorCache
from retrieval.encoded import ENCODED, forget_encoded
from retrieval.places import Places
from retrieval.segment_catalog import FILE_NAME, open_tables
from retrieval.sentences import Span
from retrieval.storing import load_array, naming_table, save_array
from retrieval.units import Codes, Floats, UnitStore
from retrieval.vectors import VectorIndex
from retrieval.vocabulary import TERMS

KEYS = "keys.npy"
_KEY_BYTES = 16
_HEAD = np.dtype("<u4")
_SUM = 16  # bytes of a checksum; SQLite sees no damage inside a value


class PassageVectors(NamedTuple):
    """A passage as it is stored."""

    whole: Floats
    """(dim,)"""
    spans: list[Span]
    codes: Codes
    """Of its units, (m, dim)."""
    scales: Floats
    """(m,)"""


def text_key(text: str) -> bytes:
    """Return what tells texts apart, 16 bytes."""
    return xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))


def write_keys(folder: Path, keys: Iterable[bytes]) -> None:
    """Store the keys of a segment's passages, in their order."""
    save_array(folder / KEYS, np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES))


class Known:
    """Recalls vectors of one encoder, by the texts that they stand for."""

    def __init__(self, data_dir: Path, segments: Sequence[Path], encoder: Encoder) -> None:
        """Take segments with vectors of this encoder; open the file of what was encoded since."""
        self._path = data_dir / ENCODED
        self._cache = VectorCache(self._path, encoder.fingerprint, encoder.dim)
        self._dim = encoder.dim
        self._parts = [_Part.open(folder, encoder.dim) for folder in segments]
        self._passages: dict[bytes, tuple[int, int]] = {}
        self._terms: dict[str, tuple[int, int]] = {}
        for number, part in enumerate(self._parts):
            self._passages.update((key, (number, row)) for row, key in enumerate(part.keys))
            self._terms.update((term, (number, row)) for term, row in part.terms.items())

    def passages(self, texts: Iterable[str]) -> dict[str, PassageVectors]:
        """Return the vectors of those of these passages that are known."""
        found: dict[str, PassageVectors] = {}
        missing: list[str] = []
        for text in dict.fromkeys(texts):
            place = self._passages.get(text_key(text))
            if place is None:
                missing.append(text)
            else:
                found[text] = self._parts[place[0]].passage(place[1])
        kept = self._cache.recall(_of_passage(text) for text in missing)
        for text in missing:
            blob = kept.get(_of_passage(text), b"")
            if xxhash.xxh3_128_digest(blob[_SUM:]) == blob[:_SUM]:
                found[text] = _unpacked(blob[_SUM:], self._dim)
        return found

    def remember(self, computed: Mapping[str, PassageVectors]) -> None:
        """Put by what was encoded."""
        self._cache.keep({_of_passage(text): _packed(vectors) for text, vectors in computed.items()})

    def terms(self, terms: Sequence[str], encoder: Encoder) -> Vectors:
        """Return the vectors of words, float32 (n, dim); those that are not known are encoded and put by."""
        vectors = np.empty((len(terms), self._dim), np.float32)
        places = [self._terms.get(term) for term in terms]
        for number, part in enumerate(self._parts):
            at = [i for i, place in enumerate(places) if place is not None and place[0] == number]
            rows = np.asarray([place[1] for i in at if (place := places[i]) is not None], np.int64)
            if len(rows):
                vectors[at] = part.term_vectors.vectors(rows)
        new = [i for i, place in enumerate(places) if place is None]
        if new:
            vectors[new] = self._cache.get_or_encode([terms[i] for i in new], encoder.encode_passages)
        return vectors

    def close(self) -> None:
        """Close the file of what was encoded."""
        self._cache.close()

    def forget(self) -> None:
        """Remove that file: a generation holds what it held."""
        self._cache.close()
        forget_encoded(self._path.parent)


class _Part(NamedTuple):
    """What one segment knows."""

    keys: list[bytes]
    terms: dict[str, int]
    paragraphs: VectorIndex
    term_vectors: VectorIndex
    units: UnitStore

    @classmethod
    def open(cls, folder: Path, dim: int) -> _Part:
        raw = load_array(folder / KEYS)
        with naming_table(folder / FILE_NAME), closing(open_tables(folder)) as tables:
            terms = {term: number for number, term in tables.execute("SELECT number, term FROM vocabulary")}
        paragraphs, vocabulary = (VectorIndex.open(folder / name) for name in ("paragraphs.faiss", TERMS))
        units = UnitStore.open([folder], dim, Places.single(len(raw)))
        return cls([row.tobytes() for row in raw], terms, paragraphs, vocabulary, units)

    def passage(self, row: int) -> PassageVectors:
        whole = self.paragraphs.vectors(np.asarray([row]))[0]
        return PassageVectors(whole, *self.units.of(row))


def _of_passage(text: str) -> str:
    return f"passage\x00{text}"  # a word may be a passage as well


def _packed(vectors: PassageVectors) -> bytes:
    spans = np.asarray(vectors.spans, "<i4").reshape(-1, 2)
    parts = (
        np.asarray([len(spans)], _HEAD),
        vectors.whole.astype("<f4"),
        spans,
        vectors.codes,
        vectors.scales.astype("<f4"),
    )
    packed = b"".join(part.tobytes() for part in parts)
    return xxhash.xxh3_128_digest(packed) + packed


def _unpacked(blob: bytes, dim: int) -> PassageVectors:
    count = int(np.frombuffer(blob, _HEAD, 1)[0])
    at = _HEAD.itemsize
    whole = np.frombuffer(blob, "<f4", dim, at)
    at += whole.nbytes
    spans = np.frombuffer(blob, "<i4", 2 * count, at)
    at += spans.nbytes
    codes = np.frombuffer(blob, np.int8, dim * count, at)
    at += codes.nbytes
    scales = np.frombuffer(blob, "<f4", count, at)
    listed = [(start, end) for start, end in spans.reshape(-1, 2).tolist()]
    return PassageVectors(whole, listed, codes.reshape(-1, dim), scales)

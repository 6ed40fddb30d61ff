"""Vectors that need no encoding: of passages and words that segments have, and of those just encoded.

What is encoded is put by at once in a file beside the segments, until a generation holds it: a run that is
interrupted, were it the first of a large archive, goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from embeddings import Encoder, Vectors
from embeddings.cache import VectorCache
from retrieval.encoded import ENCODED, forget_encoded
from retrieval.places import Places
from retrieval.segment_catalog import FILE_NAME, open_tables
from retrieval.sentences import Span
from retrieval.storing import load_array, naming_table
from retrieval.units import Codes, Floats, UnitStore
from retrieval.vectors import VectorIndex
from retrieval.vocabulary import TERMS

KEYS = "keys.npy"
_KEY_BYTES = 16
_HEAD = np.dtype("<u4")
_TERMS_AT_ONCE = 500
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


def text_keys(texts: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Return the keys of texts, uint8 (n, 16), as a segment keeps those of its passages."""
    return np.frombuffer(b"".join(map(text_key, texts)), np.uint8).reshape(-1, _KEY_BYTES)


class Known:
    """Recalls vectors of one encoder, by the texts that they stand for."""

    def __init__(self, data_dir: Path, segments: Sequence[Path], encoder: Encoder) -> None:
        """Take segments with vectors of this encoder; open the file of what was encoded since."""
        self._path = data_dir / ENCODED
        self._cache = VectorCache(self._path, encoder.fingerprint, encoder.dim)
        self._dim = encoder.dim
        self._parts = [_Part(folder, encoder.dim) for folder in segments]

    def passages(self, texts: Iterable[str]) -> dict[str, PassageVectors]:
        """Return the vectors of those of these passages that are known."""
        found: dict[str, PassageVectors] = {}
        missing = list(dict.fromkeys(texts))
        for part in self._parts:
            found |= part.passages(missing)
            missing = [text for text in missing if text not in found]
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
        new = list(range(len(terms)))
        for part in self._parts:
            rows = part.term_rows([terms[at] for at in new])
            here = [at for at in new if terms[at] in rows]
            if here:
                numbers = np.asarray([rows[terms[at]] for at in here], np.int64)
                vectors[here] = part.term_vectors.vectors(numbers)
                new = [at for at in new if terms[at] not in rows]
        if new:
            vectors[new] = self._cache.get_or_encode([terms[at] for at in new], encoder.encode_passages)
        return vectors

    def close(self) -> None:
        """Close all files."""
        self._cache.close()
        for part in self._parts:
            part.close()

    def forget(self) -> None:
        """Remove that file: a generation holds what it held."""
        self.close()
        forget_encoded(self._path.parent)


class _Part:
    """What one segment knows, looked up where it is: an arrival asks for little of it."""

    def __init__(self, folder: Path, dim: int) -> None:
        self._keys = load_array(folder / KEYS)
        heads = _heads(self._keys)
        self._order = np.argsort(heads)
        self._heads = heads[self._order]
        self._file = folder / FILE_NAME
        with naming_table(self._file):
            self._tables = open_tables(folder)
        self._paragraphs = VectorIndex.open(folder / "paragraphs.faiss", searched=False)
        self._units = UnitStore.open([folder], dim, Places.single(len(self._keys)))
        self.term_vectors = VectorIndex.open(folder / TERMS, searched=False)

    def passages(self, texts: Sequence[str]) -> dict[str, PassageVectors]:
        """Return the vectors of those of these passages that are here."""
        if not texts or not len(self._keys):
            return {}
        keys = text_keys(texts)
        at = np.searchsorted(self._heads, _heads(keys)).clip(max=len(self._heads) - 1)
        rows = self._order[at]
        here = np.flatnonzero((self._keys[rows] == keys).all(axis=1))
        wholes = self._paragraphs.vectors(rows[here])
        return {
            texts[place]: PassageVectors(whole, *self._units.of(int(rows[place])))
            for place, whole in zip(here.tolist(), wholes, strict=True)
        }

    def term_rows(self, terms: Sequence[str]) -> dict[str, int]:
        """Return the numbers of the vectors of those of these words that are here."""
        rows: dict[str, int] = {}
        with naming_table(self._file):
            for start in range(0, len(terms), _TERMS_AT_ONCE):
                part = terms[start : start + _TERMS_AT_ONCE]
                find = f"SELECT term, number FROM vocabulary WHERE term IN ({','.join('?' * len(part))})"
                rows.update(self._tables.execute(find, part))
        return rows

    def close(self) -> None:
        self._tables.close()


def _heads(keys: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(keys[:, :8]).view(np.uint64).ravel()


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

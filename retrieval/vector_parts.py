"""The vectors of a generation: one FAISS index a segment, searched as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.places import Places, Rows
from retrieval.storing import load_array
from retrieval.vectors import Floats, Mask, Numbers, VectorIndex


class VectorParts:
    """Vectors that stand for documents, some for the same one, over the segments of a generation."""

    def __init__(self, parts: Sequence[VectorIndex], documents: Sequence[Rows], places: Places) -> None:
        """Take an index a segment and the document that each of its vectors stands for, -1 where gone."""
        self._parts, self._documents, self._places = parts, documents, places
        self._there = [None if (own >= 0).all() else own >= 0 for own in documents]

    @classmethod
    def open(cls, folders: Sequence[Path], name: str, places: Places) -> VectorParts:
        """Return the vectors of these segments, one a document."""
        return cls(_open(folders, name), places.numbers, places)

    @classmethod
    def open_owned(cls, folders: Sequence[Path], name: str, owners: str, places: Places) -> VectorParts:
        """Return the vectors of these segments; `owners` names the file of the row that each is of."""
        rows = [load_array(folder / owners, mapped=True) for folder in folders]
        documents = [own[row] for own, row in zip(places.numbers, rows, strict=True)]
        return cls(_open(folders, name), documents, places)

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Numbers, Floats]:
        """Return the documents and similarities of the `count` nearest to `query` (dim,), best first.

        `allowed` (documents,) leaves the others out. A document comes as often as its vectors are near.
        """
        masks = [self._mask(segment, allowed) for segment in range(len(self._parts))]
        found = [part.search(query, count, mask) for part, mask in zip(self._parts, masks, strict=True)]
        near = np.sort(np.concatenate([np.zeros(0, np.float32), *(own for _, own in found)]))
        edge = near[-count] if len(near) >= count else -np.inf
        documents: list[Numbers] = [np.zeros(0, np.int64)]
        similarities: list[Floats] = [np.zeros(0, np.float32)]
        for part, own, mask, told in zip(self._parts, self._documents, masks, found, strict=True):
            rows, own_near = _all_from(edge, part, query, told, count, mask)
            documents.append(own[rows].astype(np.int64))
            similarities.append(own_near)
        numbers, near = np.concatenate(documents), np.concatenate(similarities)
        best = np.lexsort((numbers, -near))[:count]
        return numbers[best], near[best]

    def _mask(self, segment: int, allowed: Mask | None) -> Mask | None:
        """Return which vectors of a segment may be found, None for all."""
        there = self._there[segment]
        if allowed is None:
            return there
        own = allowed[self._documents[segment]]
        return own if there is None else there & own

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the vectors of documents that have one each, float32 (len(numbers), dim)."""
        vectors = np.empty((len(numbers), self._parts[0].dim), np.float32)
        for segment, at, rows in self._places.split(numbers):
            vectors[at] = self._parts[segment].vectors(rows.astype(np.int64))
        return vectors


def _all_from(
    edge: float, part: VectorIndex, query: Floats, told: tuple[Numbers, Floats], count: int, mask: Mask | None
) -> tuple[Numbers, Floats]:
    """Return what a search for `count` told, and all else that is as near as `edge`.

    Of equally near ones, such as a paragraph that stands in many articles, FAISS tells some or others; which
    of them come must depend on their numbers alone.
    """
    while len(told[1]) == count and told[1][-1] == edge:
        count *= 4
        told = part.search(query, count, mask)
    return told


def _open(folders: Sequence[Path], name: str) -> list[VectorIndex]:
    return [VectorIndex.open(folder / name) for folder in folders]

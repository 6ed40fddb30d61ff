"""The vectors of a generation: one FAISS index a segment, searched as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
        documents: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
        similarities: list[Floats] = [np.zeros(0, np.float32)]
        for part, own, there in zip(self._parts, self._documents, self._there, strict=True):
            kept = there
            if allowed is not None:
                kept = allowed[own] if there is None else there & allowed[own]
            rows, found = part.search(query, count, kept)
            documents.append(own[rows].astype(np.int64))
            similarities.append(found)
        numbers, near = np.concatenate(documents), np.concatenate(similarities)
        best = np.lexsort((numbers, -near))[:count]
        return numbers[best], near[best]

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the vectors of documents that have one each, float32 (len(numbers), dim)."""
        vectors = np.empty((len(numbers), self._parts[0].dim), np.float32)
        for segment, at, rows in self._places.split(numbers):
            vectors[at] = self._parts[segment].vectors(rows.astype(np.int64))
        return vectors


def _open(folders: Sequence[Path], name: str) -> list[VectorIndex]:
    return [VectorIndex.open(folder / name) for folder in folders]

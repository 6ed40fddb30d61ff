"""The vectors of a generation: one FAISS index a segment, searched as one, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import usable_cores
from retrieval.places import Places, Rows
from retrieval.storing import load_array
from retrieval.vectors import Floats, Mask, Numbers, VectorIndex

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_SHARED_FROM = 50_000  # vectors; to compare fewer takes no longer than to hand them to another thread

Found = tuple[Numbers, Floats]
"""Numbers and similarities, best first."""


class VectorParts:
    """Vectors that stand for documents, some for the same one, over the segments of a generation."""

    def __init__(self, parts: Sequence[VectorIndex], documents: Sequence[Rows], places: Places) -> None:
        """Take an index a segment and the document that each of its vectors stands for, -1 where gone."""
        self._parts, self._documents, self._places = parts, documents, places
        self.size = sum(part.size for part in parts)
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

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> Found:
        """Return the documents and similarities of the `count` nearest to `query` (dim,), best first.

        `allowed` (documents,) leaves the others out. A document comes as often as its vectors are near.
        """
        return search_all([self], query, count, allowed)[0]

    def searches(self, query: Floats, count: int, masks: Sequence[Mask | None]) -> list[Callable[[], Found]]:
        """Return the searches of the segments, each for itself."""
        pairs = zip(self._parts, masks, strict=True)
        return [partial(part.search, query, count, mask) for part, mask in pairs]

    def merged(
        self, query: Floats, count: int, masks: Sequence[Mask | None], found: Sequence[Found]
    ) -> Found:
        """Return what these searches have found as that of one."""
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

    def masks(self, allowed: Mask | None) -> list[Mask | None]:
        """Return which vectors of each segment may be found, None for all."""
        return [self._mask(segment, allowed) for segment in range(len(self._parts))]

    def _mask(self, segment: int, allowed: Mask | None) -> Mask | None:
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


def search_all(
    parts: Sequence[VectorParts], query: Floats, count: int, allowed: Mask | None = None
) -> list[Found]:
    """Return what `VectorParts.search` does for each of `parts`.

    The segments of all are searched on all cores where there is work for them.
    """
    masks = [each.masks(allowed) for each in parts]
    searches = [each.searches(query, count, own) for each, own in zip(parts, masks, strict=True)]
    every = list(chain.from_iterable(searches))
    pool = _pool() if len(every) > 1 and sum(each.size for each in parts) >= _SHARED_FROM else None
    found = iter(list(pool.map(_run, every)) if pool else [search() for search in every])
    return [
        each.merged(query, count, own, list(islice(found, len(theirs))))
        for each, own, theirs in zip(parts, masks, searches, strict=True)
    ]


def _run(search: Callable[[], Found]) -> Found:
    return search()


@cache
def _pool() -> ThreadPoolExecutor | None:
    from concurrent.futures import ThreadPoolExecutor

    cores = usable_cores()
    return ThreadPoolExecutor(cores, "vectors") if cores > 1 else None


def _all_from(
    edge: float, part: VectorIndex, query: Floats, told: Found, count: int, mask: Mask | None
) -> Found:
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

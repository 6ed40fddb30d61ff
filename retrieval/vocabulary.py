"""The words of the articles as vectors, so that a word of another language finds those it may mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from retrieval.vectors import Floats, VectorIndex

TERMS = "terms.faiss"


class Vocabulary:
    """Searches the words of all segments as one. Segments may share words, and have some that are gone."""

    def __init__(self, parts: Sequence[tuple[VectorIndex, sqlite3.Connection]]) -> None:
        """Take of each segment its vectors and the table that names them."""
        self._parts = parts

    @classmethod
    def open(cls, segments: Sequence[tuple[Path, sqlite3.Connection]]) -> Vocabulary:
        """Return the vocabulary of these segments, each a folder with its tables."""
        return cls([(VectorIndex.open(folder / TERMS), tables) for folder, tables in segments])

    def near(
        self, vector: Floats, count: int, there: Callable[[list[str]], Collection[str]]
    ) -> list[tuple[str, float]]:
        """Return the `count` words nearest to `vector` (dim,) with their similarities, best first.

        `there` tells which of some words the articles have: those alone count.
        """
        asked = count
        while True:
            found, surely = self._search(vector, asked)
            kept = there(list(found))
            near = sorted(((term, found[term]) for term in kept), key=lambda pair: (-pair[1], pair[0]))
            near = near[:count]
            # From `surely` down a segment may have words as near that it has not told.
            if surely is None or (len(near) == count and near[-1][1] > surely):
                return near
            asked *= 4

    def _search(self, vector: Floats, count: int) -> tuple[dict[str, float], float | None]:
        """Return words, and the similarity down to which nothing is left out, None for all there are."""
        found: dict[str, float] = {}
        surely: float | None = None
        for index, tables in self._parts:
            numbers, similarities = index.search(vector, count)
            for number, similarity in zip(numbers.tolist(), similarities.tolist(), strict=True):
                name = tables.execute("SELECT term FROM vocabulary WHERE number = ?", (number,)).fetchone()
                found[name[0]] = similarity
            if len(numbers) < index.size:
                last = float(similarities[-1])
                surely = last if surely is None else max(surely, last)
        return found, surely

"""What a generation knows of terms and names as such, before any passage is looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from retrieval.lexical import LexicalIndex
from retrieval.vectors import Floats
from retrieval.vocabulary import Vocabulary
from retrieval.weights import Weighed


class Terms(Protocol):
    """The terms of one field."""

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that documents have, each once, with their inverse document frequency."""
        ...

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        ...

    def unknown_idf(self, share: float) -> float:
        """Return the weight of a term that no document has; `share` is its share of all words elsewhere."""
        ...


class Expected(NamedTuple):
    """The terms that reading a question will ask for; each may be gone through once."""

    words: Iterable[str] = ()
    bigrams: Iterable[str] = ()
    readings: Iterable[str] = ()
    """Of names."""


class Lexicon(Protocol):
    """Words, character pairs and names with what they weigh, for several threads."""

    @property
    def words(self) -> Terms:
        """Words of passages."""
        ...

    @property
    def bigrams(self) -> Terms:
        """Character pairs of passages."""
        ...

    @property
    def names(self) -> Terms:
        """Readings of names in passages."""
        ...

    def expect(self, terms: Expected) -> None:
        """Be told what will be asked for, so as to fetch it at once where it is far."""
        ...

    def written_names(self, readings: Iterable[str]) -> list[str]:
        """Return how the articles write what is read so."""
        ...

    def near(self, vectors: Floats, count: int) -> list[list[tuple[Weighed, float]]]:
        """Return for each vector (n, dim) the `count` words nearest to it with similarities, best first."""
        ...


class SegmentLexicon:
    """The lexicon of segments on disk."""

    def __init__(
        self, words: LexicalIndex, bigrams: LexicalIndex, names: LexicalIndex, segments: Segments
    ) -> None:
        """Take the indexes of the three fields, and of each segment its folder and its tables."""
        self.words, self.bigrams, self.names = words, bigrams, names
        self._tables = [tables for _, tables in segments]
        self._vocabulary = Vocabulary.open(segments)

    def expect(self, terms: Expected) -> None:
        """Do nothing: all is at hand."""

    def written_names(self, readings: Iterable[str]) -> list[str]:
        """Return how the articles write what is read so."""
        find = "SELECT written FROM names WHERE reading = ?"
        rows = (
            row[0]
            for reading in readings
            for tables in self._tables
            for row in tables.execute(find, (reading,))
        )
        return sorted(set(rows))

    def near(self, vectors: Floats, count: int) -> list[list[tuple[Weighed, float]]]:
        """Return for each vector (n, dim) the `count` words nearest to it with similarities, best first."""
        return [self._near(vector, count) for vector in vectors]

    def _near(self, vector: Floats, count: int) -> list[tuple[Weighed, float]]:
        known: dict[str, Weighed] = {}

        def there(terms: list[str]) -> list[str]:
            known.update((item.term, item) for item in self.words.weigh(terms))
            return [term for term in terms if term in known]

        return [(known[term], similarity) for term, similarity in self._vocabulary.near(vector, count, there)]


Segments = Sequence[tuple[Path, sqlite3.Connection]]

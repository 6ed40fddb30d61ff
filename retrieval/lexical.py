"""A BM25 index over terms: built once, kept as flat arrays and a table, opened as it is."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

# Robertson et al., "Okapi at TREC-3", with Lucene's defaults.
_K1 = 1.2
_B = 0.75
_PRIOR = 200  # documents that what is usual in the language counts for

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question's term that the index knows."""

    term: str
    number: int
    """Of the term in its index."""
    idf: float
    weight: float
    """1 for a term that stands in the question, less for one that is only near to it."""


class LexicalIndex:
    """Postings of one field. Documents are numbered from 0 in the order in which they were given."""

    def __init__(
        self,
        terms: sqlite3.Connection,
        field: str,
        offsets: npt.NDArray[np.int64],
        documents: npt.NDArray[np.int32],
        counts: npt.NDArray[np.uint16],
        lengths: npt.NDArray[np.int32],
        usual: Floats,
    ) -> None:
        """Take the parts; `offsets` has one entry a term and one more, `documents` rises within a term.

        `usual` is the share of documents that would have a term if this were any text of the language.
        """
        self._terms = terms
        self._field = field
        self._offsets = offsets
        self._documents = documents
        self._counts = counts
        self._usual = usual
        self.size = len(lengths)
        self._mean = float(lengths.mean()) if self.size else 1.0
        self._norm = (_K1 * (1 - _B + _B * lengths / max(self._mean, 1.0))).astype(np.float32)

    @classmethod
    def write(
        cls,
        folder: Path,
        terms: sqlite3.Connection,
        field: str,
        texts: Iterable[Sequence[str]],
        usual: Callable[[str], float] = lambda term: 0.0,
    ) -> None:
        """Write the index of `texts` (the terms of each document) under `folder` and into `terms`.

        `usual` tells what share of all words a term is in the language at large. In eight paragraphs every
        word looks rare; the language knows better, and its say fades as the articles become many.
        """
        numbers: dict[str, int] = {}
        of_term, of_document, counts, lengths = array("i"), array("i"), array("H"), array("i")
        for document, text in enumerate(texts):
            lengths.append(len(text))
            for term, count in Counter(text).items():
                of_term.append(numbers.setdefault(term, len(numbers)))
                of_document.append(document)
                counts.append(min(count, 65535))
        term_numbers = np.asarray(of_term, np.int32)
        order = np.argsort(term_numbers, kind="stable")  # by term, and within a term by document
        offsets = np.zeros(len(numbers) + 1, np.int64)
        np.cumsum(np.bincount(term_numbers, minlength=len(numbers)), out=offsets[1:])
        np.save(folder / f"{field}.offsets.npy", offsets)
        np.save(folder / f"{field}.documents.npy", np.asarray(of_document, np.int32)[order])
        np.save(folder / f"{field}.counts.npy", np.asarray(counts, np.uint16)[order])
        np.save(folder / f"{field}.lengths.npy", np.asarray(lengths, np.int32))
        mean = sum(lengths) / max(len(lengths), 1)
        expected = 1 - np.exp(-mean * np.fromiter(map(usual, numbers), np.float32, len(numbers)))
        np.save(folder / f"{field}.usual.npy", expected.astype(np.float32))
        rows = ((field, term, number) for term, number in numbers.items())
        terms.executemany("INSERT INTO terms (field, term, number) VALUES (?, ?, ?)", rows)

    @classmethod
    def open(cls, folder: Path, terms: sqlite3.Connection, field: str) -> LexicalIndex:
        """Return the index that `write` left in `folder`, its postings memory-mapped."""
        parts = [
            np.asarray(np.load(folder / f"{field}.{part}.npy", mmap_mode="r"))
            for part in ("offsets", "documents", "counts", "lengths", "usual")
        ]
        return cls(terms, field, *parts)

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that occur in the index, each once, with their inverse document frequency."""
        return [
            Weighed(term, number, self._idf(number), 1.0) for term, number in self._numbers(terms).items()
        ]

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        return float(np.log1p((self.size + _PRIOR + 0.5) / 0.5))

    def documents(self, item: Weighed) -> npt.NDArray[np.int32]:
        """Return the documents that have a term, rising."""
        return self._documents[self._span(item.number)]

    def unknown_idf(self, share: float) -> float:
        """Return the weight of a term that no document has; `share` is its share of all words elsewhere."""
        return self._idf_of(_PRIOR * float(1 - np.exp(-self._mean * share)))

    def score(self, weighed: Sequence[Weighed]) -> Floats:
        """Return the BM25 score of every document for a disjunction of terms, float32 (size,)."""
        scores = np.zeros(self.size, np.float32)
        for item in weighed:
            documents, gains = self._posting(item.number)
            scores[documents] += np.float32(item.idf * item.weight) * gains
        return scores

    def score_best(self, group: Sequence[Weighed]) -> Floats:
        """Return for every document the weight of the best term of `group` that it has, float32 (size,).

        How often it has it and how long it is do not count: these are terms near to one another, or
        readings of one name, not what was asked word for word.
        """
        scores = np.zeros(self.size, np.float32)
        for item in group:
            documents = self.documents(item)
            scores[documents] = np.maximum(scores[documents], np.float32(item.idf * item.weight))
        return scores

    def _posting(self, number: int) -> tuple[npt.NDArray[np.int32], Floats]:
        span = self._span(number)
        documents = self._documents[span]
        counts = self._counts[span].astype(np.float32)
        return documents, counts * np.float32(_K1 + 1) / (counts + self._norm[documents])

    def _span(self, number: int) -> slice:
        return slice(int(self._offsets[number]), int(self._offsets[number + 1]))

    def _idf(self, number: int) -> float:
        frequency = int(self._offsets[number + 1] - self._offsets[number]) + _PRIOR * float(
            self._usual[number]
        )
        return self._idf_of(frequency)

    def _idf_of(self, frequency: float) -> float:
        return float(np.log1p((self.size + _PRIOR - frequency + 0.5) / (frequency + 0.5)))

    def _numbers(self, terms: Iterable[str]) -> dict[str, int]:
        find = "SELECT number FROM terms WHERE field = ? AND term = ?"
        found = {
            term: self._terms.execute(find, (self._field, term)).fetchone() for term in dict.fromkeys(terms)
        }
        return {term: row[0] for term, row in found.items() if row is not None}

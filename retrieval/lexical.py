"""A BM25 index over terms: built once, kept as flat arrays, opened as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.places import Places
from retrieval.postings import Hashes, Stored, open_postings, term_hashes
from retrieval.weights import Weighed, Weights, gains

Floats = npt.NDArray[np.float32]


class LexicalIndex:
    """Postings of one field, over the segments of a generation, in the numbers of its documents."""

    def __init__(self, parts: Sequence[Stored], lengths: npt.NDArray[np.int32], places: Places) -> None:
        """Take what `open` found; `lengths` (documents,) counts the terms of each document."""
        self._parts = parts
        self._places = places
        self.size = len(lengths)
        self._weights = Weights(self.size, float(lengths.mean()) if self.size else 1.0)
        self._norm = self._weights.norm(lengths)

    @classmethod
    def open(cls, folders: Sequence[Path], field: str, places: Places) -> LexicalIndex:
        """Return the index over what `write_postings` left in these folders, memory-mapped.

        `places` tells which of the documents there are.
        """
        parts = [open_postings(folder, field) for folder in folders]
        lengths = places.gather([part.lengths for part in parts]) if parts else np.zeros(0, np.int32)
        return cls(parts, lengths, places)

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that documents have, each once, with their inverse document frequency."""
        asked = list(dict.fromkeys(terms))
        found = zip(asked, self._numbers(asked), strict=True)
        weighed = ((term, numbers, self._frequency(numbers)) for term, numbers in found)
        return [
            Weighed(term, numbers, self._idf(numbers, frequency), 1.0)
            for term, numbers, frequency in weighed
            if frequency
        ]

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        return self._weights.missing()

    def documents(self, item: Weighed) -> npt.NDArray[np.int32]:
        """Return the documents that have a term."""
        found = [documents for documents, _ in self._postings(item.numbers)]
        return found[0] if len(found) == 1 else np.concatenate([np.zeros(0, np.int32), *found])

    def unknown_idf(self, share: float) -> float:
        """Return the weight of a term that no document has; `share` is its share of all words elsewhere."""
        return self._weights.unknown(share)

    def score(self, weighed: Sequence[Weighed]) -> Floats:
        """Return the BM25 score of every document for a disjunction of terms, float32 (size,)."""
        scores = np.zeros(self.size, np.float32)
        for item in weighed:
            for documents, counted in self._postings(item.numbers):
                counts = counted.astype(np.float32)
                gained = gains(counts, self._norm[documents])
                scores[documents] += np.float32(item.idf * item.weight) * gained
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

    def _postings(
        self, numbers: Sequence[int]
    ) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]]:
        """Yield the documents of each segment that have a term, and how often."""
        for segment, (part, number) in enumerate(zip(self._parts, numbers, strict=True)):
            if number < 0:
                continue
            span = slice(int(part.offsets[number]), int(part.offsets[number + 1]))
            documents = self._places.numbers[segment][part.documents[span]]
            counts = part.counts[span]
            if not self._places.complete[segment]:
                there = documents >= 0
                documents, counts = documents[there], counts[there]
            yield documents, counts

    def _frequency(self, numbers: Sequence[int]) -> int:
        """Return how many documents have a term."""
        frequency = 0
        for segment, (part, number) in enumerate(zip(self._parts, numbers, strict=True)):
            if number < 0:
                continue
            first, end = int(part.offsets[number]), int(part.offsets[number + 1])
            if self._places.complete[segment]:
                frequency += end - first
            else:
                frequency += int(
                    np.count_nonzero(self._places.numbers[segment][part.documents[first:end]] >= 0)
                )
        return frequency

    def _idf(self, numbers: Sequence[int], frequency: int) -> float:
        usual = next(
            float(part.usual[number])
            for part, number in zip(self._parts, numbers, strict=True)
            if number >= 0
        )
        return self._weights.idf(frequency, usual)

    def _numbers(self, terms: Sequence[str]) -> list[tuple[int, ...]]:
        """Return of each term its numbers in the segments, -1 where it is not."""
        hashes = term_hashes(terms)
        found = [_places_in(part.hashes, hashes) for part in self._parts]
        return list(zip(*found, strict=True)) if found else [() for _ in terms]


def _places_in(rising: Hashes, hashes: Hashes) -> list[int]:
    if not len(rising):
        return [-1] * len(hashes)
    places = np.searchsorted(rising, hashes)
    there = rising[np.minimum(places, len(rising) - 1)] == hashes
    found: list[int] = np.where(there, places, -1).tolist()
    return found

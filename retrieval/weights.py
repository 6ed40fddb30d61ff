"""What a term weighs: BM25 over one field, from what is known of all its documents together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Robertson et al., "Okapi at TREC-3", with Lucene's defaults.
K1 = 1.2
_B = 0.75
_PRIOR = 200  # documents that what is usual in the language counts for

Floats = npt.NDArray[np.float32]


class Weighed(NamedTuple):
    """A question's term that the index knows."""

    term: str
    numbers: tuple[int, ...]
    """Of the term in each segment of its index, -1 where it has none; empty where no segments are at hand."""
    idf: float
    weight: float
    """1 for a term that stands in the question, less for one that is only near to it."""


class Weights(NamedTuple):
    """Weighs the terms of a field."""

    size: int
    """Documents."""
    mean: float
    """Terms of a document."""

    def idf(self, frequency: int, share: float) -> float:
        """Return the weight of a term that so many documents have.

        `share` tells what share of all words it is in the language at large. In eight paragraphs every word
        looks rare; the language knows better, and its say fades as the articles become many.
        """
        return self._of(frequency + self._expected(share))

    def missing(self) -> float:
        """Return the weight of a term that no document has."""
        return float(np.log1p((self.size + _PRIOR + 0.5) / 0.5))

    def unknown(self, share: float) -> float:
        """Return the weight of a term that no document has; `share` is its share of all words elsewhere."""
        return self._of(self._expected(share))

    def norm(self, lengths: npt.NDArray[np.int32]) -> Floats:
        """Return what a count is divided by besides itself, for documents of so many terms, float32 (n,)."""
        return (K1 * (1 - _B + _B * lengths / max(self.mean, 1.0))).astype(np.float32)

    def _expected(self, share: float) -> float:
        """Return how many of `_PRIOR` texts of the language would have a term of that share of its words."""
        return _PRIOR * float(1 - np.exp(-self.mean * share))

    def _of(self, frequency: float) -> float:
        return float(np.log1p((self.size + _PRIOR - frequency + 0.5) / (frequency + 0.5)))


def gains(counts: Floats, norm: Floats) -> Floats:
    """Return what so many occurrences are worth against one in a text of usual length, float32 (n,)."""
    return counts * np.float32(K1 + 1) / (counts + norm)

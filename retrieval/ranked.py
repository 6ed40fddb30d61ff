"""Candidates in the order in which they answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.finder import Candidates
from retrieval.store import Floats, Numbers


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, the best first."""

    numbers: Numbers
    """Of the passages, (n,)."""
    owners: npt.NDArray[np.int32]
    """The number of each one's article, (n,)."""
    features: Floats
    """As of `Candidates`, (n, len(FEATURES))."""
    fusion: Floats
    """What the fusion gives each, (n,)."""
    scores: Floats
    """By which they stand, (n,), never rising: the fusion's, or a reranker's and then the rest below it."""
    places: Numbers
    """Where each stood by the fusion, from 0, (n,)."""
    reranked: int = 0
    """How many of the first a reranker has ordered."""

    @classmethod
    def by_fusion(cls, found: Candidates, scores: Floats) -> Ranked:
        """Return candidates in the order of their `scores` (n,); of equals, the earlier passage first."""
        order = np.argsort(-scores, kind="stable")
        fusion = scores[order]
        places = np.arange(len(order), dtype=np.int64)
        return cls(found.numbers[order], found.owners[order], found.features[order], fusion, fusion, places)

    def __len__(self) -> int:
        return len(self.numbers)

"""Documents spread over segments in any way, some rows of which are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from retrieval.places import Places

SEGMENTS = 3


@dataclass(frozen=True)
class Spread:
    """Where documents are, and what else the segments hold."""

    held: tuple[tuple[int, ...], ...]
    """Of each segment the document in each row; what is gone has numbers from `size` on."""
    size: int

    @property
    def everything(self) -> int:
        """How many documents there are with those that are gone."""
        return sum(map(len, self.held))

    @property
    def places(self) -> Places:
        segments, rows = np.zeros(self.size, np.int32), np.zeros(self.size, np.int32)
        for segment, held in enumerate(self.held):
            for row, number in enumerate(held):
                if number < self.size:
                    segments[number], rows[number] = segment, row
        return Places(segments, rows, [len(held) for held in self.held])


@st.composite
def spreads(draw: st.DrawFn, most: int = 12) -> Spread:
    size = draw(st.integers(1, most))
    everything = size + draw(st.integers(0, most // 2))
    segments = draw(st.lists(st.integers(0, SEGMENTS - 1), min_size=everything, max_size=everything))
    order: Sequence[int] = draw(st.permutations(range(everything)))
    held = tuple(
        tuple(number for number in order if segments[number] == segment) for segment in range(SEGMENTS)
    )
    return Spread(held, size)

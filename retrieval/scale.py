"""How near things are by one model, told on the scale of another: their similarities differ widely.

The fusion was fitted for the embedded model, by which what has nothing to do with a question is at about 0
and seldom beyond 0.15; by others that is 0.7 or 0.8. Where chance lies, and how far it scatters, is measured
on questions that anyone might ask, once for each index.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_LEAST_DEVIATION = 1e-4  # of an index of one passage

Floats = npt.NDArray[np.float32]


class Scale(NamedTuple):
    """Mean and standard deviation of the similarity of questions to passages that do not answer them."""

    mean: float
    deviation: float

    @classmethod
    def measure(cls, questions: Floats, passages: Floats) -> Scale:
        """Return the scale of these unit vectors, (n, dim) and (m, dim)."""
        similarities = questions @ passages.T
        if not similarities.size:
            return cls(0.0, 1.0)
        return cls(float(similarities.mean()), max(float(similarities.std()), _LEAST_DEVIATION))

    def told_on(self, other: Scale, similarities: Floats) -> Floats:
        """Return similarities of this scale as they would be on another."""
        if self == other:
            return similarities
        steps = (similarities - np.float32(self.mean)) / np.float32(self.deviation)
        return np.asarray(steps * np.float32(other.deviation) + np.float32(other.mean), np.float32)

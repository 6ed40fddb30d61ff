"""How far a figure would move had other questions been asked (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Interval = tuple[float, float]
Floats = npt.NDArray[np.float64]

_DRAWS = 1000
_AT_ONCE = 2_000_000  # numbers held, so that a set of any size fits
_SEED = 0
_BOUNDS = (2.5, 97.5)  # 95% of the draws lie between


def intervals(questions: int, measure: Callable[[Floats], Floats]) -> list[Interval]:
    """Return the 95% interval of each figure of a set of questions; NaN where it has none.

    `measure` takes weights (b, questions), how often each question was drawn, and returns figures (b, m).
    """
    rng = np.random.default_rng(_SEED)
    even = np.full(questions, 1 / questions)
    size = max(1, _AT_ONCE // questions)
    figures = np.concatenate(
        [
            measure(rng.multinomial(questions, even, min(size, _DRAWS - start)).astype(np.float64))
            for start in range(0, _DRAWS, size)
        ]
    )
    return [_interval(column) for column in figures.T]


def _interval(drawn: Floats) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, _BOUNDS)
    return float(low), float(high)

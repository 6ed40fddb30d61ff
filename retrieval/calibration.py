"""Whether confidence is the probability that it claims to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BINS = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence."""

    low: float
    high: float
    """The least and the greatest confidence among them."""
    answers: int
    confidence: float
    """Mean of what was claimed."""
    right: float
    """Share whose first hit was right."""


def reliability(confidence: Floats, right: npt.NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return at most ten bins of as many answers each, from (n,) confidences and whether each was right.

    Of equal mass, for most confidences are near 0 or near 1, and bins of equal width would be empty between
    (Nixon et al. 2019). Answers of the same confidence are never parted, so bins may be fewer or uneven.
    """
    order = np.argsort(confidence, kind="stable")
    confidence, right = confidence[order], right[order]
    if not len(confidence):
        return ()
    cuts = np.arange(_BINS) * len(confidence) // _BINS
    starts = np.unique(np.searchsorted(confidence, confidence[cuts]))
    return tuple(
        Bin(
            low=float(said[0]),
            high=float(said[-1]),
            answers=len(said),
            confidence=float(said.mean()),
            right=float(was.mean()),
        )
        for said, was in zip(np.split(confidence, starts)[1:], np.split(right, starts)[1:], strict=True)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: by how much what is claimed differs from what is right."""
    answers = sum(part.answers for part in bins)
    if not answers:
        return math.nan
    return sum(part.answers * abs(part.confidence - part.right) for part in bins) / answers

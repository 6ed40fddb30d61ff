"""Bins that hold everything once, and an error that is nought for what is honest."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.calibration import calibration_error, reliability

_ANSWERS = st.lists(
    st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 0.3, 1.0]), st.booleans()), min_size=1, max_size=80
)


@given(_ANSWERS)
def test_every_answer_is_in_one_bin(answers: list[tuple[float, bool]]) -> None:
    confidence, right = np.asarray([c for c, _ in answers]), np.asarray([r for _, r in answers])
    bins = reliability(confidence, right)
    assert 1 <= len(bins) <= 10
    assert sum(part.answers for part in bins) == len(answers)
    assert all(before.high < after.low for before, after in pairwise(bins))
    for part in bins:
        own = (confidence >= part.low) & (confidence <= part.high)
        assert part.answers == own.sum()
        assert part.confidence == pytest.approx(confidence[own].mean())
        assert part.right == pytest.approx(right[own].mean())
    assert 0 <= calibration_error(bins) <= 1
    whole = abs(confidence.mean() - right.mean())
    assert calibration_error(bins) >= whole - 1e-9


def test_different_confidences_fill_bins_of_as_many() -> None:
    bins = reliability(np.linspace(0, 1, 100), np.zeros(100, np.bool_))
    assert [part.answers for part in bins] == [10] * 10


def test_the_order_of_the_answers_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    confidence, right = rng.choice([0.1, 0.5, 0.7, 0.9], 60), rng.random(60) < 0.5
    other = rng.permutation(60)
    assert calibration_error(reliability(confidence, right)) == pytest.approx(
        calibration_error(reliability(confidence[other], right[other]))
    )


def test_what_claims_its_share_has_no_error_and_what_boasts_has_its_boast() -> None:
    right = np.asarray([True] * 3 + [False])
    assert calibration_error(reliability(np.full(4, 0.75), right)) == pytest.approx(0)
    assert calibration_error(reliability(np.full(4, 1.0), right)) == pytest.approx(0.25)
    assert reliability(np.asarray([]), np.asarray([], np.bool_)) == ()
    assert math.isnan(calibration_error(()))

"""Intervals hold the figure, narrow with more questions, and are the same every time."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from retrieval import bootstrap
from retrieval.bootstrap import intervals
from retrieval.measures import means


def _mean_interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    return intervals(len(values), lambda weights: means(values[:, None], weights))[0]


@pytest.mark.parametrize("questions", [100, 400, 1600])
def test_the_interval_of_a_mean_is_that_of_the_normal_law(questions: int) -> None:
    values = np.random.default_rng(questions).random(questions)
    low, high = _mean_interval(values)
    half = 1.96 * values.std() / math.sqrt(questions)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.15 * half)


def test_what_never_differs_has_no_width() -> None:
    assert _mean_interval(np.ones(7)) == pytest.approx((1, 1))
    assert _mean_interval(np.ones(1)) == pytest.approx((1, 1))


def test_what_is_not_known_has_no_interval() -> None:
    assert all(map(math.isnan, _mean_interval(np.full(3, np.nan))))


def test_a_large_set_is_drawn_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).random(50)
    at_once = _mean_interval(values)
    sizes: list[int] = []

    def measure(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        sizes.append(len(weights))
        assert (weights.sum(axis=1) == 50).all()
        return means(values[:, None], weights)

    monkeypatch.setattr(bootstrap, "_AT_ONCE", 50 * 300)
    assert intervals(50, measure)[0] == at_once
    assert sizes == [300, 300, 300, 100]

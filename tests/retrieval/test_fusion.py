"""The fusion is a sum, the confidence a curve that rises with what speaks for the best passage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import CHINESE, FEATURES, FITTED, FOREIGN, Fusion, evidence

_FEATURES = st.lists(st.floats(-3, 3, width=32), min_size=len(FEATURES), max_size=len(FEATURES)).map(
    lambda row: np.asarray(row, np.float32)
)
_LEADS = st.none() | st.floats(0, 3)


@given(_FEATURES, _LEADS, st.sampled_from([CHINESE, FOREIGN]))
def test_confidence_is_a_probability(features: np.ndarray, lead: float | None, fusion: Fusion) -> None:
    assert 0 <= fusion.sureness(features, lead) <= 1


@given(_FEATURES, st.floats(0, 2), st.floats(0, 1), st.sampled_from([CHINESE, FOREIGN]))
def test_a_greater_lead_never_makes_less_sure(
    features: np.ndarray, lead: float, more: float, fusion: Fusion
) -> None:
    assert fusion.sureness(features, lead + more) >= fusion.sureness(features, lead)


@given(_FEATURES, st.sampled_from(sorted(set(FEATURES) - {"length"})), st.booleans())
def test_no_score_speaks_against_a_passage(features: np.ndarray, name: str, chinese: bool) -> None:
    better = features.copy()
    better[FEATURES.index(name)] += 1
    worse, best = FITTED.of(chinese).score(np.stack([features, better]))
    assert best >= worse


def test_there_is_a_coefficient_for_every_piece_of_evidence() -> None:
    features = np.zeros(len(FEATURES), np.float32)
    for fusion in (CHINESE, FOREIGN):
        assert len(fusion.weights) == len(FEATURES)
        assert len(fusion.confidence) == len(evidence(features, None)) == len(evidence(features, 0.5))


def test_no_other_article_is_told_from_one_that_is_as_good() -> None:
    features = np.zeros(len(FEATURES), np.float32)
    assert evidence(features, None)[-2:] == [0.0, 1.0]
    assert evidence(features, 0.0)[-2:] == [0.0, 0.0]
    assert evidence(features, 0.5)[-2:] == pytest.approx([0.5, 0.0])

"""The fusion is a sum, the confidence a curve that rises with what speaks for the best passage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import CHINESE, FEATURES, FITTED, FOREIGN, Fusion, Margin, evidence

_FEATURES = st.lists(st.floats(-3, 3, width=32), min_size=len(FEATURES), max_size=len(FEATURES)).map(
    lambda row: np.asarray(row, np.float32)
)
_MARGINS = st.builds(Margin, st.floats(0, 3), st.floats(0, 3), st.booleans())


@given(_FEATURES, _MARGINS, st.sampled_from([CHINESE, FOREIGN]))
def test_confidence_is_a_probability(features: np.ndarray, margin: Margin, fusion: Fusion) -> None:
    assert 0 <= fusion.sureness(features, margin) <= 1


@given(_FEATURES, st.floats(0, 2), st.floats(0, 1), st.sampled_from([CHINESE, FOREIGN]))
def test_a_greater_lead_never_makes_less_sure(
    features: np.ndarray, lead: float, more: float, fusion: Fusion
) -> None:
    near, far = Margin(lead, lead, False), Margin(lead + more, lead + more, False)
    assert fusion.sureness(features, far) >= fusion.sureness(features, near)


@given(_FEATURES, st.sampled_from(sorted(set(FEATURES) - {"length", "lacks"})), st.booleans())
def test_no_score_speaks_against_a_passage(features: np.ndarray, name: str, chinese: bool) -> None:
    better = features.copy()
    better[FEATURES.index(name)] += 1
    worse, best = FITTED.of(chinese).score(np.stack([features, better]))
    assert best >= worse


def test_there_is_a_coefficient_for_every_piece_of_evidence() -> None:
    features = np.zeros(len(FEATURES), np.float32)
    for fusion in (CHINESE, FOREIGN):
        assert len(fusion.weights) == len(FEATURES)
        assert len(fusion.confidence) == len(evidence(features, Margin(0, 0, True)))


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.data())
def test_the_margin_is_against_other_articles(scores: list[float], data: st.DataObject) -> None:
    owners = np.asarray(data.draw(st.lists(st.integers(0, 4), min_size=len(scores), max_size=len(scores))))
    margin = Margin.of(np.asarray(scores), owners.astype(np.int32))
    best = int(np.argmax(scores))
    others = [score for score, owner in zip(scores, owners, strict=True) if owner != owners[best]]
    assert margin.alone is not bool(others)
    if others:
        assert margin.lead == pytest.approx(scores[best] - max(others))
        assert margin.spread >= margin.lead - 1e-9 >= -1e-9
    else:
        assert margin == Margin(0.0, 0.0, True)

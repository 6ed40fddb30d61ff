"""The measures against what they are defined as, and against the field's library where it is there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.measures import DEPTH, auroc, best_threshold, gains, marked, means
from retrieval.model import ArticleRef, Hit

_FOUND = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16)
_RELEVANT = st.frozensets(st.sampled_from("abcdxyz"), min_size=1)
_CONFIDENCES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("found", "relevant", "expected"),
    [
        ("ab", "a", (1, 1, 1, 1)),
        ("ba", "a", (0, 1, 0.5, 1 / math.log2(3))),
        ("bcdefa", "a", (0, 0, 1 / 6, 1 / math.log2(7))),
        ("bcdefghijka", "a", (0, 0, 0, 0)),  # eleventh
        ("ab", "ab", (1, 1, 1, 1)),
        ("acb", "ab", (1, 1, 1, 1.5 / (1 + 1 / math.log2(3)))),
        ("", "a", (0, 0, 0, 0)),
    ],
)
def test_known_gains(found: str, relevant: str, expected: tuple[float, ...]) -> None:
    assert gains(list(found), frozenset(relevant)) == pytest.approx(expected)


@given(_FOUND)
def test_where_nothing_is_relevant_there_is_nothing_to_find(found: list[str]) -> None:
    assert all(map(math.isnan, gains(found, frozenset())))


@given(_FOUND, _RELEVANT)
def test_gains_are_shares_in_order(found: list[str], relevant: frozenset[str]) -> None:
    first, fifth, mrr, ndcg = gains(found, relevant)
    assert 0 <= first <= mrr <= 1
    assert first <= fifth <= 1
    assert 0 <= ndcg <= 1.0001
    assert (mrr > 0) == (ndcg > 0)


@given(st.lists(st.tuples(_FOUND, _RELEVANT), min_size=1, max_size=8))
def test_gains_are_those_of_trec_eval(asked: list[tuple[list[str], frozenset[str]]]) -> None:
    library = pytest.importorskip("ir_measures")
    wanted = [library.Success @ 1, library.Success @ 5, library.RR @ 10, library.nDCG @ 10]
    right = {str(n): dict.fromkeys(relevant, 1) for n, (_, relevant) in enumerate(asked)}
    run = {
        str(n): {article: -float(rank) for rank, article in enumerate(found)}
        for n, (found, _) in enumerate(asked)
    }
    theirs = library.calc_aggregate(wanted, right, run)
    ours = np.mean([gains(found, relevant) for found, relevant in asked], axis=0)
    assert ours == pytest.approx([theirs[measure] for measure in wanted])
    assert DEPTH == 10


@given(_CONFIDENCES, _CONFIDENCES, st.data())
def test_auroc_is_the_share_of_pairs_in_the_right_order(
    inside: list[float], outside: list[float], data: st.DataObject
) -> None:
    size = max(len(inside), len(outside))
    pad = [math.nan] * size
    both = [np.asarray((side + pad)[:size]) for side in (inside, outside)]
    weights = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    drawn = np.asarray([[1] * size, weights], np.float64)
    for area, row in zip(auroc(both[0], both[1], drawn), drawn, strict=True):
        pairs = [
            (row[i] * row[j], 1.0 if yes > no else 0.5 if yes == no else 0.0)
            for i, yes in enumerate(inside)
            for j, no in enumerate(outside)
        ]
        whole = sum(weight for weight, _ in pairs)
        if whole:
            assert area == pytest.approx(sum(weight * won for weight, won in pairs) / whole)
        else:
            assert math.isnan(area)


@given(_CONFIDENCES, _CONFIDENCES)
def test_no_other_threshold_makes_fewer_mistakes(inside: list[float], outside: list[float]) -> None:
    def gain(threshold: float) -> float:
        return float(np.mean(np.asarray(inside) >= threshold) - np.mean(np.asarray(outside) >= threshold))

    best = best_threshold(np.asarray([*inside, math.nan]), np.asarray(outside))
    assert gain(best) == pytest.approx(max(map(gain, [*inside, *outside])))


def test_without_one_side_there_is_no_threshold() -> None:
    assert math.isnan(best_threshold(np.asarray([0.3]), np.asarray([math.nan])))
    assert math.isnan(best_threshold(np.asarray([]), np.asarray([0.3])))


def test_means_leave_out_what_is_not_known() -> None:
    values = np.asarray([[1.0, math.nan, math.nan], [0.0, 1.0, math.nan], [0.0, 0.0, math.nan]])
    weights = np.asarray([[1.0, 1, 1], [2, 0, 1]])
    assert means(values, weights) == pytest.approx(
        np.asarray([[1 / 3, 1 / 2, math.nan], [2 / 3, 0, math.nan]]), nan_ok=True
    )


_TEXT = "大会于十一月举行。共有３．６万人参加（其中基层12,000人）。書記沈懷瑾主持。"


@pytest.mark.parametrize(
    ("highlight", "answers", "expected"),
    [
        ("共有３．６万人参加（其中基层12,000人）。", ["3.6 万人"], 1),
        ("共有３．６万人参加（其中基层12,000人）。", ["12000人"], 1),
        ("書記沈懷瑾主持。", ["沈怀瑾"], 1),
        ("書記沈懷瑾主持。", ["十二月", "“沈怀瑾”"], 1),
        ("大会于十一月举行。", ["沈怀瑾"], 0),
        ("大会于十一月举行。", ["何松年"], math.nan),
        ("大会于十一月举行。", [], math.nan),
        ("大会于十一月举行。", ["……"], math.nan),
    ],
)
def test_a_mark_is_right_if_it_has_the_answer(highlight: str, answers: list[str], expected: float) -> None:
    start = _TEXT.index(highlight)
    hit = Hit(1, 1.0, ArticleRef("a", "", "", ""), 1, _TEXT, (start, start + len(highlight)))
    assert marked(hit, answers) == pytest.approx(expected, nan_ok=True)

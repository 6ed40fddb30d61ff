"""Scores of answers made by hand: what is asked, and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation import Scores, evaluate
from retrieval.model import Answer, ArticleRef, Hit
from retrieval.queries import Query

_TEXT = "大会于三月举行。沈怀瑾主持会议。"


class _Asker:
    """Finds the articles listed for a question, but those that are left out; remembers what was asked."""

    def __init__(self, found: dict[str, Sequence[str]], threshold: float = 0.5) -> None:
        self._found = found
        self._threshold = threshold
        self.asked: list[tuple[str, int, frozenset[str]]] = []

    def __call__(self, question: str, k: int = 5, *, without: frozenset[str] = frozenset()) -> Answer:
        self.asked.append((question, k, without))
        found = [article for article in self._found[question] if article not in without][:k]
        hits = tuple(
            Hit(rank, 1.0, ArticleRef(article, "", "", ""), 1, _TEXT, (8, 16))
            for rank, article in enumerate(found, start=1)
        )
        confidence = 0.9 if found[:1] == ["a"] else 0.2
        return Answer(question, confidence >= self._threshold, confidence, 1, 0.1, hits)


def _query(
    text: str = "?", relevant: str = "a", lang: str = "zh", about: str = "", answer: str = "", **more: bool
) -> Query:
    answers = (answer,) if answer else ()
    return Query("1", lang, text, frozenset(relevant), answers, about=frozenset(relevant + about), **more)


def _scores(query: Query, found: Sequence[str]) -> Scores:
    return evaluate([query], _Asker({query.text: found}))[query.lang]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("ab", (1, 1, 1, 1)),
        ("bbba", (0, 1, 0.5, 1 / math.log2(3))),  # passages of one article count once
        ("bbbbbbbbbba", (0, 1, 0.5, 1 / math.log2(3))),  # and are looked behind
        ("bcdefghijka", (0, 0, 0, 0)),  # eleventh
        ("b" * 30 + "a", (0, 0, 0, 0)),
        ("", (0, 0, 0, 0)),
    ],
)
def test_articles_are_ranked_by_their_first_passage(found: str, expected: tuple[float, ...]) -> None:
    scores = _scores(_query(), found)
    got = scores.recall_at_1, scores.recall_at_5, scores.mrr_at_10, scores.ndcg_at_10
    assert got == pytest.approx(expected)


def test_scores_are_means_by_group_and_over_all() -> None:
    queries = [
        _query("hit", anchored=True),
        _query("miss"),
        _query("hit", lang="en"),
        _query("miss", lang="en"),
        _query("miss", lang="en"),
    ]
    done: list[int] = []
    scores = evaluate(queries, _Asker({"hit": "ab", "miss": "b"}), done.append)
    assert list(scores) == ["zh", "zh anchored", "en", "all"]
    assert [row.questions for row in scores.values()] == [2, 1, 3, 5]
    assert [row.recall_at_1 for row in scores.values()] == pytest.approx([1 / 2, 1, 1 / 3, 2 / 5])
    assert [row.answered for row in scores.values()] == pytest.approx([1 / 2, 1, 1 / 3, 2 / 5])
    assert done == [1, 2, 3, 4, 5]


@given(st.lists(st.sampled_from(["hit", "miss", "second"]), min_size=1, max_size=12))
def test_intervals_hold_their_figures(asked: list[str]) -> None:
    row = evaluate([_query(text) for text in asked], _Asker({"hit": "ab", "miss": "b", "second": "ba"}))["zh"]
    for name, (low, high) in row.intervals.items():
        assert low - 1e-9 <= getattr(row, name) <= high + 1e-9
    assert {"recall_at_1", "ndcg_at_10", "answered", "wrongly_answered", "auroc"} <= set(row.intervals)
    assert "marked" not in row.intervals  # no question came with an answer
    assert 0 <= row.p50_ms <= row.p95_ms
    assert sum(part.answers for part in row.reliability) == 2 * len(asked)


def test_every_question_is_asked_again_without_what_is_about_it() -> None:
    asker = _Asker({"?": "abc"})
    row = evaluate([_query(about="c")], asker)["zh"]
    assert [without for _, _, without in asker.asked] == [frozenset(), frozenset("ac")]
    assert row.answered == 1
    assert row.wrongly_answered == 0
    assert row.auroc == 1
    assert row.best_threshold == pytest.approx(0.9)
    assert row.calibration_error == pytest.approx((0.1 + 0.2) / 2)  # .9 was right, .2 was wrong
    assert [(part.confidence, part.right) for part in row.reliability] == [(0.2, 0), (0.9, 1)]


def test_who_answers_whatever_is_asked_answers_wrongly() -> None:
    row = evaluate([_query(relevant="b")], _Asker({"?": "abc"}))["zh"]
    assert (row.answered, row.wrongly_answered, row.auroc) == (1, 1, 0.5)
    assert row.calibration_error == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("found", "answer", "marked", "of"),
    [
        ("ab", "沈怀瑾", 1, 1),
        ("ab", "沈懷瑾 ", 1, 1),
        ("ab", "三月", 0, 1),
        ("ab", "四月", math.nan, 0),
        ("ab", "", math.nan, 0),
        ("ba", "沈怀瑾", math.nan, 0),  # the first passage is wrong
        ("", "沈怀瑾", math.nan, 0),
    ],
)
def test_marks_are_judged_where_the_passage_is_right(found: str, answer: str, marked: float, of: int) -> None:
    row = _scores(_query(answer=answer), found)
    assert row.marked == pytest.approx(marked, nan_ok=True)
    assert row.marked_of == of


@pytest.mark.parametrize("found", ["ab", "b", ""])
def test_a_question_that_no_article_answers_is_asked_once_and_only_to_be_declined(found: str) -> None:
    asker = _Asker({"?": "ab", "none": found})
    row = evaluate([_query(), _query("none", relevant="")], asker)["zh"]
    assert [text for text, _, _ in asker.asked] == ["?", "?", "none"]
    assert row.questions == 2
    assert (row.recall_at_1, row.ndcg_at_10, row.answered) == (1, 1, 1)
    assert row.wrongly_answered == (0.5 if found == "ab" else 0)
    alone = evaluate([_query("none", relevant="")], asker)["zh"]
    for figure in (alone.recall_at_1, alone.mrr_at_10, alone.answered, alone.auroc, alone.best_threshold):
        assert math.isnan(figure)
    assert set(alone.intervals) == {"wrongly_answered"}


def test_no_questions_have_no_scores() -> None:
    progress: Callable[[int], None] = print
    assert evaluate([], _Asker({}), progress) == {}

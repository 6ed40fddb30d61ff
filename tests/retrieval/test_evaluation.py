"""Metrics on answers made by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import BadQueryError
from retrieval.evaluation import Query, evaluate, read_queries
from retrieval.model import Answer, ArticleRef, Hit


def _answer(articles: list[str], answered: bool = True) -> Answer:
    hits = tuple(
        Hit(rank, 1.0, ArticleRef(article, "", "", ""), 1, f"{rank}", (0, 1))
        for rank, article in enumerate(articles, start=1)
    )
    return Answer("?", answered, 0.5, 1, 0.1, hits)


def _query(relevant: list[str], lang: str = "zh", text: str = "?") -> Query:
    return Query("1", lang, text, frozenset(relevant))


def _gains(found: list[str], relevant: list[str]) -> tuple[float, float, float, float]:
    scores = evaluate([_query(relevant)], lambda text, k: _answer(found))["zh"]
    return scores.recall_at_1, scores.recall_at_5, scores.mrr_at_10, scores.ndcg_at_10


@pytest.mark.parametrize(
    ("found", "relevant", "expected"),
    [
        (["a", "b"], ["a"], (1, 1, 1, 1)),
        (["b", "a"], ["a"], (0, 1, 0.5, 0.6309)),
        (["b", "b", "b", "a"], ["a"], (0, 1, 0.5, 0.6309)),  # passages of one article count once
        (list("bcdefa"), ["a"], (0, 0, 0.1667, 0.3562)),
        (list("bcdefghijka"), ["a"], (0, 0, 0, 0)),  # eleventh
        (["a", "b"], ["a", "b"], (1, 1, 1, 1)),
        (["a", "c", "b"], ["a", "b"], (1, 1, 1, round(1.5 / (1 + 1 / math.log2(3)), 4))),
        ([], ["a"], (0, 0, 0, 0)),
        (["a"], [], (0, 0, 0, 0)),
    ],
)
def test_known_gains(
    found: list[str], relevant: list[str], expected: tuple[float, float, float, float]
) -> None:
    assert _gains(found, relevant) == pytest.approx(expected)


@given(
    st.lists(st.sampled_from("abcdefghijklmnop"), max_size=30),
    st.sets(st.sampled_from("abcdxyz"), min_size=1),
)
def test_gains_are_shares_in_order(found: list[str], relevant: set[str]) -> None:
    first, fifth, mrr, ndcg = _gains(found, sorted(relevant))
    assert 0 <= first <= mrr <= 1
    assert first <= fifth <= 1
    assert 0 <= ndcg <= 1.0001
    assert (mrr > 0) == (ndcg > 0)


def test_scores_are_means_by_language_and_over_all() -> None:
    queries = [_query(["a"], "zh"), _query(["a"], "en", "miss"), _query(["a"], "en")]
    asked: list[tuple[str, int]] = []
    done: list[int] = []

    def ask(text: str, k: int) -> Answer:
        asked.append((text, k))
        return _answer(["b"], answered=False) if text == "miss" else _answer(["a"])

    scores = evaluate(queries, ask, done.append)
    assert list(scores) == ["zh", "en", "all"]
    assert [row.questions for row in scores.values()] == [1, 2, 3]
    assert [row.recall_at_1 for row in scores.values()] == [1, 0.5, 0.6667]
    assert [row.answered for row in scores.values()] == [1, 0.5, 0.6667]
    assert all(row.ms >= 0 for row in scores.values())
    assert [text for text, _ in asked] == ["?", "miss", "?"]
    assert all(k >= 10 for _, k in asked)
    assert done == [1, 2, 3]


def test_one_language_needs_no_row_for_all() -> None:
    assert list(evaluate([_query(["a"])], lambda text, k: _answer(["a"]))) == ["zh"]


def test_questions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '\ufeff{"id": 7, "lang": "en", "text": "Who?", "relevant": ["a", 2]}\n\n'
        '{"text": "谁\u2028？", "relevant": []}\r\n',
        encoding="utf-8",
    )
    assert read_queries(path) == [
        Query("7", "en", "Who?", frozenset({"a", "2"})),
        Query("3", "?", "谁\u2028？", frozenset()),
    ]


@pytest.mark.parametrize(
    "line",
    [
        *("{", "[]", "3", '{"text": "x"}', '{"relevant": []}', '{"text": "x", "relevant": 3}'),
        *('{"text": 3, "relevant": []}', '{"text": " ", "relevant": []}', '{"text": "x", "relevant": "abc"}'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f'{{"text": "x", "relevant": ["a"]}}\n{line}\n', encoding="utf-8")
    with pytest.raises(BadQueryError, match="line 2: needs"):
        read_queries(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQueryError, match=r"queries\.jsonl: cannot be read"):
        read_queries(tmp_path / "queries.jsonl")
    (tmp_path / "queries.jsonl").write_bytes('{"text": "谁主持会议"}'.encode("gb18030"))
    with pytest.raises(BadQueryError, match="not UTF-8"):
        read_queries(tmp_path / "queries.jsonl")

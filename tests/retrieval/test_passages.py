"""Passages cover their paragraphs, within the limit, at true offsets."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.model import Article
from retrieval.passages import split_passages

_PIECES = st.sampled_from(
    [
        "会议强调",
        "，",
        "。",
        "！”",
        "“",
        "安全生产",
        " ",
        "　",
        "；",
        "3.21",
        "e\u0301",
        "👩‍👩‍👧",
        "Latin words",
        "\u0301",
        "、",
    ]
)
_TEXTS = st.lists(_PIECES, max_size=80).map("".join)


def _article(*paragraphs: str) -> Article:
    return Article("a", "标题", "", paragraphs, None, "file.txt")


@given(st.lists(_TEXTS, max_size=4), st.integers(1, 80))
def test_passages_cover_their_paragraphs(paragraphs: list[str], limit: int) -> None:
    passages = split_passages(_article(*paragraphs), limit)
    for number, paragraph in enumerate(paragraphs, start=1):
        own = [passage for passage in passages if passage.paragraph == number]
        assert "".join("".join(passage.text for passage in own).split()) == "".join(paragraph.split())
        end = 0
        for passage in own:
            assert passage.start >= end
            assert not paragraph[end : passage.start].strip()
            end = passage.start + len(passage.text)
            assert paragraph[passage.start : end] == passage.text
            assert passage.text == passage.text.strip() != ""
    assert [passage.paragraph for passage in passages] == sorted(passage.paragraph for passage in passages)


@given(
    st.lists(st.sampled_from(["会议强调", "，", "。", "；", "安全"]), max_size=200).map("".join),
    st.integers(5, 80),
)
def test_no_passage_is_over_the_limit(text: str, limit: int) -> None:
    assert all(len(passage.text) <= limit for passage in split_passages(_article(text), limit))


@given(st.integers(1, 7))
def test_no_visible_character_is_cut(limit: int) -> None:
    text = "e\u0301👩‍👩‍👧a\u0323\u0302" * 5
    for passage in split_passages(_article(text), limit + 7):
        assert not unicodedata.combining(passage.text[0])
        assert passage.text[0] != "\u200d" and passage.text[-1] != "\u200d"


def test_cuts_fall_at_sentence_ends() -> None:
    sentences = [f"第{number}句话说的是会议部署的第{number}项工作。" for number in range(1, 60)]
    passages = split_passages(_article("".join(sentences)), 200)
    assert len(passages) > 1
    assert all(passage.text.endswith("。") for passage in passages)
    assert min(len(passage.text) for passage in passages) > 100


def test_a_long_sentence_is_cut_at_clauses_and_a_long_clause_anywhere() -> None:
    clauses = split_passages(_article("要抓好安全生产工作，" * 50 + "确保平安。"), 100)
    assert all(passage.text.endswith(("，", "。")) for passage in clauses)
    assert len(split_passages(_article("会" * 1000), 100)) == 10


def test_most_paragraphs_are_one_passage() -> None:
    (passage,) = split_passages(_article("会议以视频会议形式召开。"))
    assert (passage.article_id, passage.paragraph, passage.start) == ("a", 1, 0)


def test_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="limit"):
        split_passages(_article("会"), 0)

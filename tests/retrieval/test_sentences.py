"""Sentences and clauses cover a text, in order, and end where a reader would end them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import Span, clause_spans, sentence_spans

_PIECES = st.sampled_from(
    [
        *"。！“；，：A（）a. \n\u3000\ud800",
        "会议强调",
        "？”",
        "3.21",
        "14:30",
        "1,000",
        "U.S. ",
        "trade. ",
        "……",
    ]
)
_TEXTS = st.lists(_PIECES, max_size=60).map("".join) | st.text(max_size=60)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _clauses(text: str) -> list[str]:
    return [text[start:end] for start, end in clause_spans(text)]


@given(_TEXTS)
def test_sentences_and_clauses_cover_what_is_written(text: str) -> None:
    for spans in (sentence_spans(text), clause_spans(text)):
        _check_order(text, spans)
        left_out = _without(text, spans)
        assert not any(char.isalnum() for char in left_out)
        if spans:  # only what precedes the first word may be left out, white space apart
            assert not _without(
                text[spans[0][0] :], [(a - spans[0][0], b - spans[0][0]) for a, b in spans]
            ).strip()
        for start, end in spans:
            assert text[start:end] == text[start:end].strip()
            assert any(char.isalnum() for char in text[start:end])


@given(_TEXTS)
def test_a_clause_is_part_of_one_sentence(text: str) -> None:
    sentences = sentence_spans(text)
    for start, end in clause_spans(text):
        touched = [s for s in sentences if s[0] < end and start < s[1]]
        assert len(touched) >= 1
    assert len(clause_spans(text)) >= len(sentences) or not text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议强调安全。大会要求落实！为什么？", ["会议强调安全。", "大会要求落实！", "为什么？"]),
        ("他说：“要抓紧。”会议结束。", ["他说：“要抓紧。”", "会议结束。"]),
        ("共3.6万人参加。3.21特别重大事故。", ["共3.6万人参加。", "3.21特别重大事故。"]),
        ("The U.S. trade deal is near. It was late.", ["The U.S. trade deal is near.", "It was late."]),
        ("At 14:30 it began. We left", ["At 14:30 it began.", "We left"]),
        ("他走了……会议继续。", ["他走了……", "会议继续。"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("　　会议开始。　", ["会议开始。"]),
        ("没有标点", ["没有标点"]),
        ("。。。", []),
        ("", []),
        (" \n\t", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert _sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议强调，要抓落实；要严查：一律停用。", ["会议强调，", "要抓落实；", "要严查：", "一律停用。"]),
        ("1,000人于14:30到场，会议开始", ["1,000人于14:30到场，", "会议开始"]),
        ("他说：“抓紧，再抓紧。”散会", ["他说：", "“抓紧，", "再抓紧。”", "散会"]),
    ],
)
def test_where_clauses_end(text: str, expected: list[str]) -> None:
    assert _clauses(text) == expected


def _check_order(text: str, spans: list[Span]) -> None:
    end = 0
    for start, stop in spans:
        assert end <= start < stop <= len(text)
        end = stop


def _without(text: str, spans: list[Span]) -> str:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))

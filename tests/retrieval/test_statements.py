"""Whose words are asked for, and which paragraphs give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.statements import wanted_statement

_LEAD = "7月2日，省委、省政府召开防汛工作会议。省委书记程远山、省长顾清野出席会议并讲话。"
_PARAGRAPHS = (
    _LEAD,
    "程远山指出，要把水库安全放在首位，逐坝落实责任人。",
    "顾清野强调，要备足抢险物资，加密会商。",
    "会议以视频形式召开，各市设分会场。",
)


@pytest.mark.parametrize(
    ("question", "written", "place"),
    [
        ("程远山强调了什么？", [], 1),
        ("程遠山強調了什麼？", [], 1),
        ("顾清野在会上提出什么要求？", [], 2),
        ("省长提出了哪些要求？", [], 2),
        ("省委书记怎么说？", [], 1),
        ("What did Gu Qingye stress?", ["顾清野"], 2),
        ("Что сказал Чэн Юаньшань? (Cheng Yuanshan)", ["程远山"], 1),
    ],
)
def test_the_paragraph_of_the_speaker_stands_out(question: str, written: list[str], place: int) -> None:
    statement = wanted_statement(question, written)
    assert statement is not None
    shares = [statement.found_in(paragraph, _LEAD) for paragraph in _PARAGRAPHS]
    assert shares.index(max(shares)) == place
    assert shares.count(max(shares)) == 1
    assert shares[3] == 0


@pytest.mark.parametrize("question", ["会议在哪里召开？", "Who chaired the meeting?", "多少人参加？", ""])
def test_other_questions_want_nobodys_words(question: str) -> None:
    assert wanted_statement(question, []) is None


@given(st.text(max_size=80), st.text(max_size=80), st.lists(st.text(max_size=4), max_size=3))
def test_any_text_is_weighed(question: str, text: str, written: list[str]) -> None:
    statement = wanted_statement(f"{question}强调了什么", written)
    assert statement is not None
    assert 0 <= statement.found_in(text, text) <= 1

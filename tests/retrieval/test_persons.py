from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.persons import bearer, speaker, titles


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("陆知秋强调，要为独居老人建食堂。", "陆知秋"),
        ("县委副书记、县长陆知秋主持会议。", "陆知秋"),
        ("语文教师鲍春泥说，学校变了。", "鲍春泥"),
        ("远帆航运公司总经理薛南星提出，窗口偏少。", "薛南星"),
        ("欧阳明日指出，要抓落实。", "欧阳明日"),
        ("李希强调，要从严。", "李希"),
        ("会议强调，要抓落实。", None),
        ("同时还强调了安全。", None),
        ("", None),
    ],
)
def test_who_speaks(sentence: str, name: str | None) -> None:
    assert speaker(sentence) == name


def test_who_bears_a_title() -> None:
    text = "省委书记程远山、省长顾清野出席会议。副省长简书禾主持会议。市长来了。"
    assert bearer("省长", text) == "顾清野"
    assert bearer("副省长", text) == "简书禾"
    assert bearer("省委书记", text) == "程远山"
    assert bearer("市长", text) is None
    assert bearer("县长", text) is None


def test_titles_of_a_question() -> None:
    assert titles("那副省长和县委书记呢？") == ["副省长", "县委书记"]
    assert titles("谁？") == []


@given(st.text(st.sampled_from("省长市书记王李强调说，。、ab"), max_size=30))
def test_a_name_stands_in_the_text(text: str) -> None:
    name = speaker(text)
    assert name is None or name in text
    for title in titles(text):
        held = bearer(title, text)
        assert held is None or title + held in text

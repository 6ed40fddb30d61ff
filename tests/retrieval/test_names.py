"""Chinese names meet their spellings in Latin letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from retrieval.folding import fold
from retrieval.names import name_groups, name_readings, reading
from retrieval.terms import words


def _found(question: str, text: str) -> bool:
    known = {term for _, term in name_readings(text, words(text))}
    return any(term in known for group in name_groups(question) for term in group)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Wu Zhenglong say?", "吴政隆"),
        ("Zhenglong Wu", "吴政隆"),
        ("WU Zheng-long", "吴政隆"),
        ("WU ZHENGLONG", "吴政隆"),
        ("Wu Zheng‑long", "吴政隆"),
        ("¿Qué dijo Wú Zhènglóng?", "吴政隆"),
        ("Lou Qin Jian", "娄勤俭"),
        ("Что сказал Lou Qinjian?", "娄勤俭"),
        ("Lü Xiaodong", "吕晓东"),
        ("Lv Xiaodong", "吕晓东"),
        ("LYU Xiaodong", "吕晓东"),
        ("Lǚ Xiǎodōng", "吕晓东"),
        ("Lu Xiaodong", "吕晓东"),
        ("Chen Yu", "陈宇"),
        ("Yu Chen", "陈宇"),
        ("Chenyu", "陈宇"),
        ("Nie Weiping", "聂卫平"),
        ("Ouyang Xiu", "欧阳修"),
        ("Yuchi Gong", "尉迟恭"),
        ("What happened in Xi'an?", "西安"),
        ("Nanjing", "南京"),
        ("Yan’an", "延安"),
        ("Jiefangjun", "解放军"),
        ("Zeng Qinghong", "曾庆红"),
        ("Shan Xiongxin", "单雄信"),
        ("Qiu He", "仇和"),
        ("Xie Zhenhua", "解振华"),
        ("Zha Liangyong", "查良镛"),
        ("Ren Zhengfei", "任正非"),
        ("Zhai Zhigang", "翟志刚"),
        ("Qin Zhigang", "覃志刚"),
    ],
)
def test_a_name_is_found(question: str, name: str) -> None:
    assert _found(question, f"会议由{name}主持召开。")
    assert not _found(question, "会议强调要坚持依法治理。")


def test_the_traditional_form_of_a_name_is_found() -> None:
    assert _found("Lou Qinjian", "婁勤儉主持大會。")


@pytest.mark.parametrize(
    "question",
    ["", "Wu", "吴政隆", "Who chaired it?", "Smith", "the U.S. trade", "3.21", "Кто вёл?", "it's", "x'y-z"],
)
def test_what_is_no_name_gives_none(question: str) -> None:
    assert name_groups(question) == []


def test_names_side_by_side_are_told_apart_by_what_stands_between() -> None:
    assert name_groups("Wu Zhenglong, Lou Qinjian") == [
        *name_groups("Wu Zhenglong"),
        *name_groups("Lou Qinjian"),
    ]


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_readings_are_plain_letters(text: str) -> None:
    for group in name_groups(text):
        assert group
        assert len(group) == len(set(group))
        assert all(term.isascii() and term.isalpha() and term.islower() for term in group)


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_readings_are_of_what_is_written(text: str) -> None:
    named = name_readings(text, words(text))
    assert len(named) == len(set(named))
    assert all(name in fold(text).casefold() for name, _ in named)


_SURNAME = st.sampled_from(
    "吴王李张刘陈杨赵黄周徐孙马朱胡郭何林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋吕聂"
)
_GIVEN = st.text(st.sampled_from("政隆勤俭晓东海峰伟民国强文军丽娟玉龙宇"), min_size=1, max_size=2)


@given(_SURNAME, _GIVEN)
def test_any_name_is_found_in_either_order_and_case(surname: str, given_name: str) -> None:
    first, last = reading(surname), reading(given_name)
    for question in (f"{first} {last}", f"{last} {first}", f"{first.upper()} {last.title()}"):
        assert _found(question, f"会议由{surname}{given_name}主持。"), question


def test_words_that_are_pinyin_by_chance_are_no_names() -> None:
    assert name_groups("¿Cuándo ganó la final de 2015 en la ciudad?") == []
    assert name_groups("Can women join the meeting in Wuxi?") == [["wuxi"]]
    assert name_groups("what did lou qinjian say")  # nothing has capitals here


_PIECES = st.sampled_from(
    ["银行", "重庆", "长安街", "行长", "会计", "的", "重", "还", "了", "都", "银", "单于", "龘", "〇"]
)


@given(st.lists(_PIECES, min_size=1, max_size=5).map("".join))
def test_words_are_read_as_the_library_reads_them(word: str) -> None:
    whole = f"们{word}"  # no surname, so that nothing is read otherwise than in a word
    syllables = lazy_pinyin(whole, style=Style.NORMAL)
    plain = "".join(syllables).replace("ü", "u").replace("lv", "lu").replace("nv", "nu")
    assert reading(whole) == "".join(char for char in plain if char.isascii())

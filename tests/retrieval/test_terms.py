"""The terms that texts and questions are compared by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import Folded, bigrams, bridge_terms, foreign_words, is_chinese, usual_share, words

_ANY = st.text(st.characters(exclude_categories=[]), max_size=60)
_CHINESE = st.text(st.sampled_from("全省安全生产警示教育大会召开强调要求省委书记"), min_size=1, max_size=30)


@given(_ANY)
def test_terms_are_never_blank(text: str) -> None:
    for term in (*words(text), *bigrams(text), *foreign_words(text)):
        assert term.strip()
        term.encode("utf-8")


@given(_CHINESE)
def test_pairs_are_all_neighbours(text: str) -> None:
    expected = [text[i : i + 2] for i in range(len(text) - 1)] or [text]
    assert bigrams(text) == expected
    assert bigrams(f"{text}，{text}") == expected * 2  # no pair across a comma


@given(_CHINESE)
def test_words_are_parts_of_the_text_and_cover_it(text: str) -> None:
    assert all(word in text for word in words(text))
    assert set(text) == {char for word in words(text) for char in word}


@given(_ANY)
def test_a_text_has_its_own_terms(text: str) -> None:
    folded = Folded(text)
    assert all(folded.has(term) for term in (*words(text), *bigrams(text)))


def test_a_number_or_foreign_word_is_had_as_a_whole() -> None:
    folded = Folded("共13万人参加ＡＰＰ推介，1,200人获奖")
    assert all(map(folded.has, ("13", "app", "1200", "参加", "人参")))
    assert not any(map(folded.has, ("3", "ap", "200", "会议")))


def test_latin_letters_and_chinese_that_touch_are_parted() -> None:
    assert words("APP推介会用AI技术") == ["app", *words("推介会用"), "ai", *words("技术")]
    assert bigrams("5G网络") == ["5", "g", "网络"]


def test_script_width_and_case_do_not_matter() -> None:
    assert words("全省警示教育大會") == words("全省警示教育大会")
    assert words("ＡＰＰ") == words("app") == ["app"]
    assert bigrams("會議") == ["会议"]


def test_long_words_bring_their_parts() -> None:
    assert {"中华", "人民", "共和国", "中华人民共和国"} <= set(words("中华人民共和国"))


def test_numbers_stay_whole_and_lose_their_commas() -> None:
    assert words("3.21事故损失1,000元，14:30") == ["3.21", "事故", "损失", "1000", "元", "14:30"]
    assert bigrams("3.21事故") == ["3.21", "事故"]


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("谁主持了大会？", True),
        ("誰主持了大會", True),
        ("APP在哪里下载", True),
        ("Who chaired the meeting?", False),
        ("What did 娄勤俭 stress at the meeting?", False),
        ("Кто вёл совещание?", False),
        ("誰が会議を主宰しましたか", False),
        ("2019-11-20", False),
        ("？！", False),
        ("", False),
    ],
)
def test_which_questions_are_chinese(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese


def test_foreign_words_are_each_once_and_mean_something() -> None:
    found = foreign_words("What did the Governor say about the governor's SAFETY campaign, and safety?")
    assert "SAFETY" in found
    assert "campaign" in found
    assert not {"the", "What", "did", "and"} & set(found)
    assert len(found) == len(set(found))


def test_bridge_terms_carry_a_meaning() -> None:
    assert list(bridge_terms(["会议", "会", "3.21", "app", "of", "1000", "安全生产"])) == [
        "会议",
        "app",
        "安全生产",
    ]


def test_the_language_knows_how_usual_a_word_is() -> None:
    assert usual_share("的") > usual_share("安全") > usual_share("警示片") >= 0
    assert usual_share("大会") == usual_share("会议")  # every report of a meeting has them
    assert all(0 <= usual_share(term) <= 1 for term in ("的", "zzz", "会", "𠮷", "3.21"))


def test_languages_without_spaces_are_read_in_words() -> None:
    assert {"ทีม", "แพ้", "แข่งขัน"} <= set(foreign_words("ทีมใดแพ้ในการแข่งขันครั้งนี้"))
    assert "キャンペーン" in foreign_words("このキャンペーンはいつまで続きますか")
    assert words("会議のテーマは防災です") == ["会议", "の", "テーマ", "は", "防灾", "です"]

"""One form for what means the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.folding import fold, fold_case

_ANY = st.text(st.characters(exclude_categories=[]), max_size=50)  # lone surrogates too


@given(_ANY)
def test_folding_gives_clean_text(text: str) -> None:
    folded = fold(text)
    folded.encode("utf-8")
    assert unicodedata.is_normalized("NFKC", folded) or not text.isascii()
    assert fold_case(text) == folded.casefold()


@given(st.text(st.characters(codec="ascii"), max_size=50))
def test_plain_latin_text_stays(text: str) -> None:
    assert fold(text) == text


@given(
    st.lists(st.sampled_from(["会议", "强调", "安全", "2019年", "3.21", "，", "。", " ", "Wu"])).map("".join)
)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_case(fold_case(text)) == fold_case(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("會議強調安全生產", "会议强调安全生产"),
        ("婁勤儉主持大會", "娄勤俭主持大会"),
        ("頭髮與發展", "头发与发展"),
        ("２０１９年１１月", "2019年11月"),
        ("ＡＰＰ", "APP"),
        ("ﾃﾚﾋﾞ", "テレビ"),
        ("安\u200b全\ufeff生\u00ad产", "安全生产"),
        ("\ud800会议\udfff", " 会议 "),
        ("Über", "Über"),
        ("", ""),
    ],
)
def test_what_is_one(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_japanese_new_forms_are_told_by_kana() -> None:
    assert fold("労働は大切") == "劳働は大切"
    assert fold("労働") == "労働"
    assert fold("会議の議長") == "会议の议长"


def test_case_is_folded_for_words_only() -> None:
    assert fold("Wu Zhenglong") == "Wu Zhenglong"
    assert fold_case("STRASSE Straße") == "strasse strasse"

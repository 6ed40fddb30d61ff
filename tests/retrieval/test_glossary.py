"""Words whose meaning in a report is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.glossary import known_meanings


@pytest.mark.parametrize("word", ["chaired", "presided", "presidió", "Провёл", "leitete", "司会", "présidé"])
def test_who_chairs_is_known(word: str) -> None:
    assert "主持" in known_meanings(word)


@pytest.mark.parametrize("word", ["film", "película", "фильм", "映像"])
def test_what_was_shown_is_known(word: str) -> None:
    assert "专题片" in known_meanings(word)


@pytest.mark.parametrize("word", ["chairperson's", "filmy", "meeting", "会议", "", "резвился"])
def test_other_words_are_left_to_their_neighbours(word: str) -> None:
    assert known_meanings(word) == ()


@given(st.text(max_size=40))
def test_any_word_can_be_looked_up(word: str) -> None:
    assert isinstance(known_meanings(word), tuple)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.utf16 import head, piece, tail, utf16_len, without

_TEXT = st.text(alphabet=st.sampled_from("a好😀é𠮷\n "))


@given(_TEXT)
def test_length_is_that_of_the_encoding(text: str) -> None:
    assert utf16_len(text) == len(text.encode("utf-16-le")) // 2


@given(_TEXT, st.integers(0, 20))
def test_ends_are_the_longest_that_fit(text: str, units: int) -> None:
    for end, next_character in ((head(text, units), text[len(head(text, units)) :][:1]),):
        assert text.startswith(end) and utf16_len(end) <= units
        assert not next_character or utf16_len(end + next_character) > units
    assert text.endswith(tail(text, units)) and utf16_len(tail(text, units)) <= units
    assert head(text[::-1], units)[::-1] == tail(text, units)


@given(_TEXT, _TEXT, _TEXT)
def test_pieces_are_found_and_taken_out(before: str, middle: str, after: str) -> None:
    span = (utf16_len(before), utf16_len(middle))
    assert piece(before + middle + after, *span) == middle
    assert without(before + middle + after, [span]) == f"{before} {after}"

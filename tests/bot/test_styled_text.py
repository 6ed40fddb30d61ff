"""Styled text: its parts make up the whole, and nothing in it moves what stands before it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from bot.styled_text import StyledText

_PARTS = st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.sampled_from(["", "bold", "dim"])))


@given(_PARTS, _PARTS)
def test_it_is_what_rich_makes_of_the_same_parts(
    parts: list[tuple[str, str]], more: list[tuple[str, str]]
) -> None:
    text, other = StyledText(), StyledText()
    for part, style in parts:
        text.append(part, style)
    for part, style in more:
        other.append(part, style)
    text.append_text(other)
    assert text.plain == Text.assemble(*parts, *more).plain
    assert Text.assemble(*text.parts) == Text.assemble(*parts, *more)

"""Text whose parts have a style where it is shown on a terminal. Pure."""

from __future__ import annotations

from typing import Self

# Bell, backspace, tabulators and returns of the carriage: they would move what stands before them.
_MOVING = dict.fromkeys((7, 8, 11, 12, 13))


class StyledText:
    """A text in parts; the styles are named as rich has them, "" for none."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self.parts: list[tuple[str, str]] = []
        self.append(text, style)

    def append(self, text: str, style: str = "") -> Self:
        """Add a part."""
        if text:
            self.parts.append((text.translate(_MOVING), style))
        return self

    def append_text(self, text: StyledText) -> Self:
        """Add the parts of another text."""
        self.parts += text.parts
        return self

    @property
    def plain(self) -> str:
        """Return the text without its styles."""
        return "".join(text for text, _ in self.parts)

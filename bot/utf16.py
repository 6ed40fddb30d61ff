"""Lengths and offsets as Telegram counts them: in UTF-16 code units."""

from __future__ import annotations

from collections.abc import Iterable


def utf16_len(text: str) -> int:
    """Return the number of UTF-16 code units of `text`."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def head(text: str, units: int) -> str:
    """Return the longest beginning of `text` that has at most `units` code units."""
    for position, character in enumerate(text):
        units -= 2 if character > "\uffff" else 1
        if units < 0:
            return text[:position]
    return text


def tail(text: str, units: int) -> str:
    """Return the longest end of `text` that has at most `units` code units."""
    return head(text[::-1], units)[::-1]


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` with a space in place of each span (offset and length in code units)."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    for offset, length in sorted(spans, reverse=True):
        encoded = encoded[: 2 * offset] + " ".encode("utf-16-le") + encoded[2 * (offset + length) :]
    return encoded.decode("utf-16-le", "replace")


def piece(text: str, offset: int, length: int) -> str:
    """Return the part of `text` at an offset and of a length that are given in code units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")

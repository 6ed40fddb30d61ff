"""What a button carries: all that its press needs, in 64 bytes, so that it works after a restart. Pure.

h0.2s.1.4.0.a1b2c3d4e5f6
││ │  │ │ │ └ the article: its id, or what a long one is recognised by
││ │  │ │ └ how many paragraphs around, or which page
││ │  │ └ the paragraph
││ │  └ the place of the hit in its answer
││ └ the generation (numbers are to base 36)
│└ flags
└ the action
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

DATA_BYTES = 64  # Telegram's limit

_GENERATION_DIGITS, _POSITION_DIGITS, _PARAGRAPH_DIGITS, _NUMBER_DIGITS = 6, 2, 4, 3
_KEY_BYTES = 42  # what the rest leaves
_DIGEST_MARK = "~"
_DIGEST_BYTES, _DIGEST_CHARS = 8, 11  # in base 64
_LISTED, _FOLLOWS, _ALONE = 1, 2, 4

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DATA = re.compile(
    rf"([hmwfo])([0-7])\.([0-9a-z]{{1,{_GENERATION_DIGITS}}})\.([0-9a-z]{{1,{_POSITION_DIGITS}}})"
    rf"\.([0-9a-z]{{1,{_PARAGRAPH_DIGITS}}})\.([0-9a-z]{{1,{_NUMBER_DIGITS}}})\.(.+)"
)


class Action(StrEnum):
    """What a press asks for."""

    HIT = "h"
    """A hit of the answer."""
    MORE = "m"
    """A paragraph with those around it."""
    WHOLE = "w"
    """A page of the whole article."""
    FILE = "f"
    """The whole article as a file."""
    OTHERS = "o"
    """The other articles that the question finds."""


@dataclass(frozen=True, slots=True)
class Press:
    """One button, pressed."""

    action: Action
    generation: int
    """The one that the answer came from."""
    article: str
    """Its key; see `article_key`."""
    position: int = 1
    """1-based place of the hit in its answer."""
    paragraph: int = 1
    """1-based."""
    number: int = 0
    """MORE: paragraphs before and after; WHOLE: the page, from 0."""
    listed: bool = False
    """Whether the article was chosen from a list, to which "back" leads."""
    follows: bool = False
    """Whether the question was read as going on about the article."""
    alone: bool = False
    """Whether the article was opened by itself, and there is no answer to go back to."""


def encode(press: Press) -> str:
    """Return the callback data of a button: at most 64 bytes. Numbers beyond their digits are cut to them."""
    numbers = (
        _number(press.generation, _GENERATION_DIGITS),
        _number(press.position, _POSITION_DIGITS),
        _number(press.paragraph, _PARAGRAPH_DIGITS),
        _number(press.number, _NUMBER_DIGITS),
    )
    flags = _LISTED * press.listed + _FOLLOWS * press.follows + _ALONE * press.alone
    return f"{press.action.value}{flags}.{'.'.join(numbers)}.{press.article}"


def decode(data: str) -> Press | None:
    """Return what `encode` made `data` of, None for data of other origin."""
    match = _DATA.fullmatch(data)
    if not match:
        return None
    generation, position, paragraph, number = (int(match[group], 36) for group in range(3, 7))
    flags = int(match[2])
    return Press(
        Action(match[1]),
        generation,
        match[7],
        position,
        paragraph,
        number,
        listed=bool(flags & _LISTED),
        follows=bool(flags & _FOLLOWS),
        alone=bool(flags & _ALONE),
    )


def article_key(article_id: str) -> str:
    """Return what stands for an article's id in a button: the id, or how a long one begins and its digest."""
    if (
        article_id.isprintable()
        and article_id == article_id.strip()
        and not article_id.startswith(_DIGEST_MARK)
        and 0 < len(article_id.encode()) <= _KEY_BYTES
    ):
        return article_id
    raw = article_id.encode("utf-8", "surrogatepass")
    digest = urlsafe_b64encode(blake2b(raw, digest_size=_DIGEST_BYTES).digest()).decode().rstrip("=")
    return f"{_DIGEST_MARK}{digest}{_beginning(article_id, _KEY_BYTES - 1 - _DIGEST_CHARS)}"


def key_beginning(key: str) -> str | None:
    """Return how the id begins of which `article_key` made a digest, None where the key is the id."""
    return key[1 + _DIGEST_CHARS :] if key.startswith(_DIGEST_MARK) else None


def _beginning(text: str, size: int) -> str:
    """Return the longest beginning of at most `size` bytes that can be sent and comes back as it was."""
    kept = ""
    for character in text:
        if not character.isprintable() or character.isspace():
            break
        size -= len(character.encode())
        if size < 0:
            break
        kept += character
    return kept


def _number(value: int, digits: int) -> str:
    value = min(max(value, 0), len(_DIGITS) ** digits - 1)
    written = ""
    while value or not written:
        value, digit = divmod(value, len(_DIGITS))
        written = _DIGITS[digit] + written
    return written

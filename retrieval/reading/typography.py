"""How wide newspaper lines are, and how their pieces join: the measuring half of reflow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# Widths are in full-width units (one Chinese character = 1). Punctuation may be squeezed to half a unit.
_HALF, _FULL = 0.5, 1.0
_AMBIGUOUS_FULL = "“”‘’—…·•‥－―–"
_SQUEEZABLE = "，。、；：？！“”‘’（）《》〈〉「」『』【】〔〕·•．"
# Characters that may not begin a line (they stay with what precedes) or end one (they go with what follows).
_NO_LINE_START = "，。、；：？！”’）》〉」』】〕…—·•％%‰℃,.;:?!)]}～~"
_NO_LINE_END = "“‘（《〈「『【〔([{"
_OPEN = dict(zip("“‘《〈「『（【〔(", "”’》〉」』）】〕)", strict=True))
_PAIRED = re.compile(f"[{re.escape(''.join(_OPEN) + ''.join(_OPEN.values()))}]")
_CLOSE = {close: open_ for open_, close in _OPEN.items()}

_PRINTED_INDENT = 1.0  # units; from here on white space before a line is an indent, not a stray space

_FINAL = re.compile(r"(?:[。！？!?…]|(?<=[A-Za-z0-9%)])\.)[”’」』）》】\"')\]]*$")
_MAY_END = "。！？!?…”’」』）》】\"')]."
_SQUEEZED = re.compile(rf"[{re.escape(_SQUEEZABLE)} \u00a0]")
_BLANK = re.compile(r"\s+")
_FIRST_TOKEN = re.compile(
    rf"[{re.escape(_NO_LINE_END)}]*(?:[A-Za-zÀ-ɏЀ-ӿ]+|\d+|.)[{re.escape(_NO_LINE_START)}]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: stripped text, how it sits on the page, and how wide it can be."""

    text: str
    gap: int
    """Blank lines above it."""
    indent: float
    """White space before it, full-width units."""
    low: float
    """Width with every punctuation mark squeezed, indent left out."""
    high: float
    """Width with nothing squeezed, indent left out."""
    first: float
    """Width of what must stay together at its start: the least that a line before it has left."""
    ends: bool
    """Whether it ends as a sentence does."""
    space: float
    """Printed indent, full-width units: a stray space is none."""
    scale: float
    """Size of its letters against those of the body, 0 where it is not known."""

    @classmethod
    def of(cls, text: str, gap: int, indent: float, scale: float = 0.0) -> Line:
        """Return a line, measured."""
        low, high = measure(text)
        space = indent if indent >= _PRINTED_INDENT else 0.0
        return cls(text, gap, indent, low, high, first_token_width(text), ends_sentence(text), space, scale)


def char_width(char: str) -> float:
    """Return the width of one character: 1 for Chinese and its punctuation, 0.5 for Latin, 0 for marks."""
    return _char_width(char)


def measure(text: str) -> tuple[float, float]:
    """Return the least and the greatest width of `text`, in full-width units.

    Spaces inside a line come from justification: they may be as narrow as nothing.
    """
    high = _width(text)
    return high - _HALF * len(_SQUEEZED.findall(text)), high


def ends_sentence(text: str) -> bool:
    """Return whether `text` ends as a sentence does, closing quotes and brackets included."""
    return text[-1:] in _MAY_END and _FINAL.search(text) is not None


def first_token_width(text: str) -> float:
    """Return the width of what must stay together at the start of `text`: the least a line must have left."""
    match = _FIRST_TOKEN.match(text)
    if match is None:
        return 0.0
    token = match.group()
    # trailing punctuation can be squeezed or hang, so it asks for half a unit at most
    core = token.rstrip(_NO_LINE_START) or token[:1]
    return _width(core) + (_HALF if len(core) < len(token) else 0.0)


def open_pairs(text: str, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the quotes and brackets still open after `text`, given those open `before` it."""
    stack = list(before)
    for char in _PAIRED.findall(text):
        if char in _OPEN:
            stack.append(char)
        elif _CLOSE[char] in stack:
            while stack.pop() != _CLOSE[char]:
                pass
    return tuple(stack)


def is_cjk(char: str) -> bool:
    """Return whether a character is set without spaces around it: Chinese, kana and their punctuation."""
    return _is_cjk(char)


def squeeze_spaces(text: str) -> str:
    """Return `text` without white space next to Chinese characters; Latin words keep single spaces."""
    if _BLANK.search(text) is None:
        return text
    pieces: list[str] = []
    for piece in text.split():
        if pieces and _needs_space(pieces[-1], piece):
            pieces.append(" ")
        pieces.append(piece)
    return "".join(pieces)


def join_lines(lines: Iterable[Line], width: float) -> str:
    """Return the running text of a paragraph from its lines, set in a column of `width` units."""
    pieces: list[str] = []
    previous: Line | None = None
    for line in lines:
        text = squeeze_spaces(line.text)
        if previous is not None and pieces:
            _append_joined(pieces, text, previous, width)
        else:
            pieces.append(text)
        previous = line
    return "".join(pieces)


def _append_joined(pieces: list[str], text: str, previous: Line, width: float) -> None:
    last, first = pieces[-1][-1:], text[:1]
    if (
        last in "-‐\u00ad"
        and len(pieces[-1]) > 1
        and pieces[-1][-2].isalpha()
        and not _is_cjk(pieces[-1][-2])
    ):
        # a Latin word divided at the line end: a hyphen before a small letter was the printer's
        if first.islower() or last == "\u00ad":
            pieces[-1] = pieces[-1][:-1]
    elif _is_word(last) and _is_word(first):
        if not _cut_inside_word(pieces[-1], text, previous, width):
            pieces.append(" ")
    elif _needs_space(pieces[-1], text) and not (last in ".-/:" and first.isdigit()):
        pieces.append(" ")
    pieces.append(text)


def _cut_inside_word(left: str, right: str, previous: Line, width: float) -> bool:
    if left[-1].isdigit() or right[0].isdigit():
        # numbers and names such as C919 are cut hard in Chinese columns; English prose is never cut there
        return not _mostly_latin(left)
    # a column that breaks words without a hyphen fills its lines to the last half unit
    same_word = right[0].islower() or left[-1].isupper()
    return same_word and not _mostly_latin(left) and previous.high + previous.indent > width - _HALF


def _mostly_latin(text: str) -> bool:
    return sum(map(str.isascii, text)) > 0.7 * len(text)


def _needs_space(left: str, right: str) -> bool:
    last, first = left[-1:], right[:1]
    return not (_is_cjk(last) or _is_cjk(first) or first in _NO_LINE_START or last in _NO_LINE_END)


def _is_word(char: str) -> bool:
    return char.isalnum() and not _is_cjk(char)


def _width(text: str) -> float:
    try:
        # the Chinese character set gives two bytes to what is set full width, one to what is set half
        return len(text.encode("gbk")) / 2
    except UnicodeEncodeError:
        return sum(map(_char_width, text))


@lru_cache(maxsize=65536)
def _char_width(char: str) -> float:
    if char in _AMBIGUOUS_FULL:
        return _FULL
    if char.isascii():
        return _HALF
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0.0
    return _FULL if unicodedata.east_asian_width(char) in "WFA" else _HALF


@lru_cache(maxsize=65536)
def _is_cjk(char: str) -> bool:
    return bool(char) and (char in _AMBIGUOUS_FULL or unicodedata.east_asian_width(char) in "WF")

"""One form for texts that mean the same: width, script and case, on both sides of every comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

# Japanese new forms (労, 仏) are neither simplified nor traditional; they are told by kana nearby.
_KANA = re.compile(r"[\u3041-\u30fa]")
_FORMAT = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def fold(text: str) -> str:
    """Return `text` in NFKC, simplified script, without invisible characters; case and words stay.

    This is the form that is encoded; see `fold_case` for the one that is matched letter by letter.
    """
    text = unicodedata.normalize("NFKC", _FORMAT.sub("", _SURROGATE.sub(" ", text)))
    if text.isascii():
        return text
    if _KANA.search(text):
        text = _convert("jp2t", text)
    return _convert("t2s", text)


def fold_case(text: str) -> str:
    """Return `fold(text)` in lower case: the form whose words and bigrams are matched."""
    return fold(text).casefold()


def _convert(name: str, text: str) -> str:
    converted: str = _converter(name).convert(text)
    return converted


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)

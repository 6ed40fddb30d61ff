"""The buttons 👍 and 👎 beneath an answer. Pure.

Their data begins with "f:" and carries the passage that they are about, so that they work after a restart:

f:1.2s.4.a1b2c3d4e5f6
  │ │  │ └ the article, as `telegram_callbacks.article_key` writes it
  │ │  └ the paragraph
  │ └ the generation (both to base 36)
  └ 1 for good, 0 for not

The question is not in it: it is that of the message which the answer replies to.
"""

from __future__ import annotations

import re

from bot.telegram_callbacks import Action, Press, decode, encode
from bot.telegram_screens import Button, Row

RATING_PREFIX = "f:"
_DATA = re.compile(r"f:([01])\.([0-9a-z]+)\.([0-9a-z]+)\.(.+)")


def rating_row(shown: Press) -> Row:
    """Return the buttons for the passage that is shown."""
    # The numbers as `encode` writes them, which cuts those that would not fit.
    _, generation, _, paragraph, _, key = encode(shown).split(".", 5)
    return tuple(
        Button(label, f"{RATING_PREFIX}{good}.{generation}.{paragraph}.{key}")
        for good, label in ((1, "👍"), (0, "👎"))
    )


def read_rating(data: str) -> tuple[bool, Press] | None:
    """Return whether the passage is thought good, and which it is; None for another button."""
    match = _DATA.fullmatch(data)
    press = decode(f"{Action.HIT}0.{match[2]}.1.{match[3]}.0.{match[4]}") if match else None
    return (match[1] == "1", press) if match and press else None

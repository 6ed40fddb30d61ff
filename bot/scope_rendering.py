"""What time an answer was searched in, in words. Pure: an `Answer` in, one line of plain text out."""

from __future__ import annotations

import re

from bot.texts import Texts
from retrieval.model import Answer

_OF_ANY_YEAR = re.compile(r"--(?P<month>\d\d)(?:-(?P<day>\d\d))?")


def render_scope(answer: Answer, texts: Texts) -> str:
    """Return what `answer` was limited to, or why there was nothing to search; empty where all was."""
    if answer.impossible:
        return texts.impossible.format(date=answer.impossible)
    if not answer.searched:
        return ""
    time = _OF_ANY_YEAR.sub(lambda found: _of_any_year(found, texts), answer.searched)
    if answer.undated:
        return texts.undated.format(time=time)
    return (texts.searched if answer.hits else texts.nothing_of).format(time=time)


def _of_any_year(found: re.Match[str], texts: Texts) -> str:
    month = texts.months[int(found["month"]) - 1]
    if found["day"] is None:
        return texts.month_only.format(month=month)
    return texts.month_and_day.format(month=month, day=int(found["day"]))

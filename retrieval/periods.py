"""The time that a question asks about: 11月20日, 上周, last November, 2023年以来."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from retrieval.date_phrases import phrases
from retrieval.days import EVER, Named, number, shifted, whole
from retrieval.folding import fold

_MOST_CHARS = 2000  # of a question


class Span(NamedTuple):
    """Days from `first` to `last`, both included, as yyyymmdd; year 0 is any year, and may pass New Year."""

    first: int
    last: int
    named: tuple[int, int]
    """What the question says: of before 2019 a text may tell by saying "until 2019", which is not in it."""

    @property
    def yearly(self) -> bool:
        """Tell whether it means these days of any year."""
        return self.last < 1_0000

    def __str__(self) -> str:
        """Return 2019-11-20, 2019-11, 2019..2021, 2023-01-01.., ..2022-12-31 or, of any year, --11-20."""
        if self.last == EVER:
            return f"{_iso(self.first)}.."
        if not self.first and not self.yearly:
            return f"..{_iso(self.last)}"
        return days_as_text(self.first, self.last)


class Period(NamedTuple):
    """The time that a question names."""

    spans: tuple[Span, ...]
    """Any of them is meant."""
    limits: bool = True
    """Whether only articles of that time are wanted; else they are preferred."""
    impossible: str = ""
    """What was written like a date and is none; there are no spans then."""

    def __str__(self) -> str:
        """Return its spans: 2019-11-20, 2025-11, 2023-01-01.., several with commas."""
        return ", ".join(map(str, self.spans))


def period_in(question: str, today: date) -> Period | None:
    """Return the time that `question` names, None where it names none.

    A day or month without a year is that of any year, unless a year is named before it. Reads the first 2000
    characters, in time linear in their number.
    """
    text = _TITLE.sub(lambda title: " " * len(title[0]), fold(question[:_MOST_CHARS]))
    named: list[Named] = []
    # Here and below: what few questions need takes longer to compile than a search.
    if _CHINESE.search(text):
        from retrieval.chinese_dates import chinese_dates

        named += chinese_dates(text, today)
    if _FOREIGN.search(text):
        from retrieval.foreign_dates import foreign_dates

        named += foreign_dates(text, today)
    if not named:
        return None
    from retrieval.period_words import is_compared

    found = phrases(text, named)
    for item in found:
        backwards = item.first > item.last and not item.yearless
        if not item.possible or backwards:
            return Period((), impossible=text[item.start : item.end].strip())
    read = [_read(text, item, today) for item in found if not is_compared(text, item)]
    # 截至 and "by" say as of when something was so; an article of that time may be printed later
    limiting = dict.fromkeys(span for span, limits in read if limits)
    spans = limiting or dict.fromkeys(span for span, _ in read)
    return Period(tuple(spans), limits=bool(limiting)) if spans else None


def days_as_text(first: int, last: int) -> str:
    """Return two days as one stretch, as short as it goes: 2019, 2019-11, 2019-11-20..2019-11-22."""
    yearly = last < 1_0000
    if not yearly and (first % 1_0000, last % 1_0000) == (101, 1231):
        parts = _iso(first)[:4], _iso(last)[:4]
    elif first % 100 == 1 and last == whole(last // 1_0000, last // 100 % 100)[1]:
        parts = _iso(first)[:-3], _iso(last)[:-3]
    else:
        parts = _iso(first), _iso(last)
    return "..".join(dict.fromkeys(parts))


# Every wording has a numeral or one of these: 11月20日, 上周, 前三季度, 今早, 오늘.
_CHINESE = re.compile("[0-9年月日天周星礼季晚早晨주달년월일어오작올지]")
# Letters that are not Chinese, Japanese or Korean, 20.11.2019, or digits alone.
_FOREIGN = re.compile(r"[^\W\d_\u2e80-\u9fff\uac00-\ud7af]|[0-9][./–-][0-9]|^[\s0-9]*$")
# What stands in the name of a book, a law or a programme is no time that is asked for: 《纲要（2023年版）》.
_TITLE = re.compile("《[^《》]{1,100}》")


def _read(text: str, item: Named, today: date) -> tuple[Span, bool]:
    """Return the days that are asked for, and whether articles of other days are to be left out."""
    from retrieval.period_words import relations_of

    first, last = item.first, item.last
    named = first, last
    if item.ranged:
        return Span(first, last, named), True
    said = relations_of(text, item)
    if said.as_of:
        return Span(first, last, named), False
    if not (said.since or said.after or said.before or said.until):
        return Span(first, last, named), True
    if item.yearless:
        first, last = named = _latest(first, last, today)
    if said.since:
        return Span(first, EVER, named), True
    if said.after:
        return Span(shifted(last, 1), EVER, named), True
    return Span(0, last if said.until and not said.before else shifted(first, -1), named), True


def _latest(first: int, last: int, today: date) -> tuple[int, int]:
    """Return the latest year's of these days that has begun: since 1 May is since the last 1 May."""
    year = today.year - (first > number(today) % 1_0000)
    if first == 229:
        first = whole(year, 2)[1] % 1_0000
    return first + year * 1_0000, max(first, last if last != 229 else first) + year * 1_0000


def _iso(day: int) -> str:
    year, month, of_month = day // 1_0000, day // 100 % 100, day % 100
    return f"{f'{year:04d}' if year else '-'}-{month:02d}-{of_month:02d}"

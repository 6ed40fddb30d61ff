"""Days as numbers, yyyymmdd, and stretches of them; year 0 means any year."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

EVER = 9999_12_31
"""The last day of a stretch without an end."""


class Named(NamedTuple):
    """A stretch of days that a text names."""

    start: int
    end: int
    """Half-open range of characters of the text."""
    first: int
    last: int
    """Both included; without a year, 1220 to 0105 is a stretch over New Year."""
    possible: bool = True
    """False for what is written like a date and is none, such as 2月30日."""
    lone: bool = False
    """Whether it says a year alone, which may be that of a day named further on."""
    ranged: bool = False
    """Whether both ends are named: from one day to another."""

    @property
    def yearless(self) -> bool:
        """Tell whether it means these days of any year."""
        return self.last < 1_0000


def whole(year: int, month: int = 0, day: int = 0) -> tuple[int, int]:
    """Return the first and last day of a year, month or day; year 0 for any. Raises ValueError for none."""
    if not month:
        return year * 1_0000 + 101, year * 1_0000 + 1231
    if not 1 <= month <= 12:
        raise ValueError(month)
    ends = monthrange(year or 2000, month)[1]  # without a year 29 February is possible
    if day > ends:
        raise ValueError(day)
    base = year * 1_0000 + month * 100
    return base + (day or 1), base + (day or ends)


def months(year: int, first: int, last: int) -> tuple[int, int]:
    """Return the first day of one month and the last of another. Raises ValueError."""
    return whole(year, first)[0], whole(year, last)[1]


def number(day: date) -> int:
    """Return a day as yyyymmdd."""
    return day.year * 1_0000 + day.month * 100 + day.day


def from_number(day: int) -> date:
    """Return a day of a known year. Raises ValueError."""
    return date(day // 1_0000, day // 100 % 100, day % 100)


def shifted(day: int, by: int) -> int:
    """Return the day `by` days later, held within the calendar."""
    try:
        return number(from_number(day) + timedelta(by))
    except OverflowError:
        return day


def week(day: date, by: int) -> tuple[int, int]:
    """Return Monday and Sunday of the week `by` weeks after that of `day`. Raises OverflowError."""
    monday = day + timedelta(7 * by - day.weekday())
    return number(monday), number(monday + timedelta(6))


def month(day: date, by: int) -> tuple[int, int]:
    """Return the first and last day of the month `by` months after that of `day`. Raises ValueError."""
    months_since = day.year * 12 + day.month - 1 + by
    return whole(months_since // 12, months_since % 12 + 1)


def before(day: date, count: int, unit: str) -> date:
    """Return the day `count` units ("day", "week", "month" or "year") earlier.

    The last of a longer month becomes the last of a shorter one. Raises ValueError, OverflowError.
    """
    if unit in ("day", "week"):
        return day - timedelta(count * (7 if unit == "week" else 1))
    months_since = day.year * 12 + day.month - 1 - count * (12 if unit == "year" else 1)
    year, at = months_since // 12, months_since % 12 + 1
    if year < 1:
        raise ValueError(year)
    return date(year, at, min(day.day, monthrange(year, at)[1]))


def ago(day: date, count: int, unit: str) -> tuple[int, int]:
    """Return the day, week, month or year that is `count` of them earlier.

    Raises ValueError, OverflowError before the calendar begins.
    """
    if unit == "day":
        return (number(before(day, count, unit)),) * 2
    if unit == "week":
        return week(day, -count)
    return month(day, -count) if unit == "month" else whole(day.year - count)

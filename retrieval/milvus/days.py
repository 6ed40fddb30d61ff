"""Days as tokens that a server can filter by, wide enough to leave out nothing that `Timeline` would find.

What a filter lets through is looked at again with the exact rules; so it may let through too much, never too
little. Short stretches of days have a token a day, for a question of one day among many of its month; longer
ones have their months and years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from retrieval.days import EVER
from retrieval.milvus.schema import MOST_DAYS
from retrieval.periods import Period
from retrieval.store import Mask
from retrieval.timeline import Timeline

_YEAR = 1_0000
_LEAP = 2000  # a year that has every day
_SHORT = 31  # days that have tokens of their own
_MONTHS = 60  # of a question that are named one by one
_ANY = 0  # of a text that may tell of any day
_KIND = 10**9
_FIRST_YEAR, _LAST_YEAR = 1800, 2100  # that have tokens of their own

# Kinds of tokens. "Unyeared" is what a day is that is told without its year.
_DAY, _DAY_OF_ANY, _UNYEARED_DAY, _MONTH, _MONTH_OF_ANY, _UNYEARED_MONTH, _LONG, _LONG_OF_ANY, _YEARS = range(
    1, 10
)

Stretch = tuple[int, int]
"""First and last day, yyyymmdd, or mmdd of any year."""


def tokens(stretches: Iterable[Stretch]) -> list[int]:
    """Return the tokens of what an article is of and tells of, sorted."""
    found: set[int] = set()
    for first, last in stretches:
        if first or last:
            found.update(_of_text(first, last))
        if len(found) > MOST_DAYS:
            return [_ANY]
    return sorted(found)


def asked_tokens(period: Period) -> list[int]:
    """Return the tokens of which a text that tells of a time has at least one, sorted."""
    found = {_ANY}
    for span in period.spans:
        for first, last in dict.fromkeys([(span.first, span.last), span.named]):
            found.update(_of_question(first, last))
    return sorted(found)


@dataclass(frozen=True)
class Chosen:
    """Passages of articles of some time: what the server filters by, and the exact rule."""

    expression: str
    rule: Callable[[Timeline], Mask]
    """Tells of each passage of a timeline whether it is one."""
    look: Callable[[Chosen], bool]
    """Finds out whether there is one."""

    def __and__(self, other: Chosen, /) -> Chosen:
        return Chosen(
            f"({self.expression}) and ({other.expression})",
            lambda timeline: self.rule(timeline) & other.rule(timeline),
            self.look,
        )

    def __or__(self, other: Chosen, /) -> Chosen:
        return Chosen(
            f"({self.expression}) or ({other.expression})",
            lambda timeline: self.rule(timeline) | other.rule(timeline),
            self.look,
        )

    def any(self) -> bool:
        """Tell whether there is such a passage. Raises StoreError."""
        return self._there

    @cached_property
    def _there(self) -> bool:
        return self.look(self)


class RemoteTimes:
    """When the articles of a store are of."""

    def __init__(self, look: Callable[[Chosen], bool]) -> None:
        """Take what finds out whether a choice has a passage."""
        self._look = look

    def between(self, first: int, last: int) -> Chosen:
        """Return the passages of articles of these days; a date without a year is of none."""
        either = (
            f"({one} >= {_YEAR} and {one} <= {last} and {other} >= {first})"
            for one, other in (("day_first", "day_last"), ("paper_first", "paper_last"))
        )
        return Chosen(" or ".join(either), lambda timeline: timeline.between(first, last), self._look)

    def of(self, period: Period) -> Chosen:
        """Return the passages of articles that are of this time or tell of a day in it."""
        listed = ", ".join(map(str, asked_tokens(period)))
        return Chosen(
            f"ARRAY_CONTAINS_ANY(days, [{listed}])", lambda timeline: timeline.of(period), self._look
        )

    def undated(self) -> Chosen:
        """Return the passages of articles about whose date nothing is known."""
        return Chosen("day_last <= 0 and paper_last <= 0", lambda timeline: timeline.undated(), self._look)


def _of_text(first: int, last: int) -> Iterator[int]:
    yearless = last < _YEAR and first < _YEAR
    days = _days(first, last, _SHORT)
    months = _months(first, last)
    if months is None or not (yearless or (first // _YEAR >= _FIRST_YEAR and last // _YEAR <= _LAST_YEAR)):
        yield _ANY
        return
    for day in days or ():
        yield from (_token(_DAY_OF_ANY, day % _YEAR), _token(_UNYEARED_DAY if yearless else _DAY, day))
    for month in months:
        yield _token(_MONTH_OF_ANY, month % 100)
        yield _token(_UNYEARED_MONTH if yearless else _MONTH, month)
        if days is None:
            yield from (_token(_LONG_OF_ANY, month % 100), _token(_LONG, month))
        if not yearless:
            yield _token(_YEARS, month // 100)


def _of_question(first: int, last: int) -> Iterator[int]:
    if last < _YEAR:
        days, of_any = _days(first, last, _SHORT), _months(first, last) or []
        if days is not None:
            yield from (_token(_DAY_OF_ANY, day) for day in days)
            yield from (_token(_LONG_OF_ANY, month) for month in of_any)
        else:
            yield from (_token(_MONTH_OF_ANY, month) for month in of_any)
        return
    days, months = _days(first, last, _SHORT), _months(first, last, _MONTHS)
    if days is not None and months is not None:
        for day in days:
            yield from (_token(_DAY, day), _token(_UNYEARED_DAY, day % _YEAR))
        for month in months:
            yield from (_token(_LONG, month), _token(_LONG_OF_ANY, month % 100))
    elif months is not None:
        for month in months:
            yield from (_token(_MONTH, month), _token(_UNYEARED_MONTH, month % 100))
    else:
        begin, end = max(first // _YEAR, _FIRST_YEAR), min(last // _YEAR, _LAST_YEAR)
        yield from (_token(_YEARS, year) for year in range(begin, end + 1))
        yield from (_token(_UNYEARED_MONTH, month) for month in range(1, 13))


def _days(first: int, last: int, most: int) -> list[int] | None:
    """Return the days of a stretch one by one, None where they are more than `most` or none can be told."""
    yearless = last < _YEAR and first < _YEAR
    start, end = _date(first), _date(last)
    if start is None or end is None or last == EVER:
        return None
    if yearless and end < start:
        end = end.replace(year=_LEAP + 1) if (end.month, end.day) != (2, 29) else date(_LEAP + 1, 3, 1)
    count = (end - start).days + 1
    if not 0 < count <= most:
        return None
    days = (start + timedelta(days=each) for each in range(count))
    return [day.month * 100 + day.day + (0 if yearless else day.year * _YEAR) for day in days]


def _months(first: int, last: int, most: int = 12 * 400) -> list[int] | None:
    """Return the months of a stretch as yyyymm, or mm of any year; None where they are more than `most`."""
    if last < _YEAR and first < _YEAR:
        start, end = first // 100, last // 100
        if not (1 <= start <= 12 and 1 <= end <= 12):
            return list(range(1, 13))
        return [(start - 1 + each) % 12 + 1 for each in range((end - start) % 12 + 1)]
    if last == EVER or first < _YEAR:
        return None
    start, end = (day // _YEAR * 12 + day // 100 % 100 - 1 for day in (first, last))
    if not 0 <= end - start < most:
        return None
    return [month // 12 * 100 + month % 12 + 1 for month in range(start, end + 1)]


def _date(day: int) -> date | None:
    try:
        return date(day // _YEAR or _LEAP, day // 100 % 100, day % 100)
    except ValueError:
        return None


def _token(kind: int, value: int) -> int:
    return kind * _KIND + value


def listed(numbers: Sequence[int]) -> str:
    """Return numbers as a filter names them."""
    return f"[{', '.join(map(str, numbers))}]"

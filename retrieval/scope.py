"""Which articles a question is about: the time that it names, and the range that the user gives."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from retrieval.dates import date_range, parse_date
from retrieval.days import EVER
from retrieval.errors import BadQueryError
from retrieval.periods import Period, days_as_text, period_in
from retrieval.store import Selection, Times

_FIRST = 101  # 1 January of year 0


class Scope(NamedTuple):
    """What is searched."""

    allowed: Selection | None = None
    """Passages that may be found; None for all."""
    period: Period | None = None
    """The time that the question names."""
    searched: str = ""
    """The time that passages are limited to, as in 2019-11-20; empty where all may be found."""
    undated: bool = False
    """Whether nothing is known to be of that time, and only articles without a date are left."""

    @property
    def impossible(self) -> str:
        """Return what was written like a date and is none."""
        return self.period.impossible if self.period else ""

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to be searched."""
        return bool(self.impossible) or (self.allowed is not None and not self.allowed.any())


def scope_of(question: str, times: Times, since: str | None, until: str | None, today: date) -> Scope:
    """Return what `question` is to be searched in, within `since` and `until`. Raises BadQueryError."""
    given = _given(since, until, today)
    period = period_in(question, today)
    if period is not None and period.impossible:
        return Scope(period=period)
    allowed: Selection | None = times.between(*given) if given else None
    searched = _range_as_text(*given) if given else ""
    if period is None or not period.limits:
        return Scope(allowed, period, searched)
    dated, undated = times.of(period), times.undated()
    if allowed is not None:
        dated, undated = dated & allowed, undated & allowed
    searched = " & ".join(part for part in (str(period), searched) if part)
    return Scope(dated | undated, period, searched, bool(undated.any() and not dated.any()))


def _given(since: str | None, until: str | None, today: date) -> tuple[int, int] | None:
    if since is None and until is None:
        return None
    first = _day(since, "since", today)[0] if since is not None else _FIRST
    last = _day(until, "until", today)[1] if until is not None else EVER
    if first > last:
        raise BadQueryError(f"since {since} is after until {until}; swap them")
    return first, last


def _day(text: str, name: str, today: date) -> tuple[int, int]:
    """Return the first and last day that `text` may mean. Raises BadQueryError."""
    found = parse_date(text)
    if found is not None and found.year is not None:
        return date_range(found)
    named = period_in(text, today) if found is None else None
    if named is not None and named.limits and len(named.spans) == 1:
        span = named.spans[0]
        if not span.yearly and span.first and span.last != EVER:
            return span.first, span.last
    raise BadQueryError(f"{name} {text!r} is no date; write it as 2019, 2019-11 or 2019-11-20")


def _range_as_text(first: int, last: int) -> str:
    """Return a range as a period is written: 2019..2021, 2019-11-20.., ..2019."""
    if last == EVER:
        return f"{days_as_text(first, first)}.."
    return f"..{days_as_text(last, last)}" if first == _FIRST else days_as_text(first, last)

"""Quiet hours: what is written, what holds when, also when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiet_hours import QuietHours, zone_named

_TIMES = st.times(min_value=time(0, 0)).map(lambda each: each.replace(second=0, microsecond=0))
_BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("22-7", "22:00-07:00"),
        ("22:30-7:15", "22:30-07:15"),
        (" 0-24 ", None),
        ("21-24", "21:00-00:00"),
        ("22点到7点", "22:00-07:00"),
        ("22–7", "22:00-07:00"),
        ("7-7", None),
        ("25-7", None),
        ("22:75-7", None),
        ("", None),
        ("late", None),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, shown: str | None) -> None:
    hours = QuietHours.parse(text)
    assert (str(hours) if hours else None) == shown


@given(_TIMES, _TIMES, st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_in_the_hours_or_in_those_that_are_left(begin: time, end: time, now: datetime) -> None:
    if begin == end:
        return
    hours, others = QuietHours(begin, end), QuietHours(end, begin)
    assert hours.holds(now) != others.holds(now)
    assert hours.holds(datetime.combine(now.date(), begin, UTC))
    assert not hours.holds(datetime.combine(now.date(), end, UTC))
    assert QuietHours.parse(str(hours)) == hours


@pytest.mark.parametrize("day", ["2024-03-31", "2024-10-27"])
def test_they_end_when_the_clock_on_the_wall_says_so(day: str) -> None:
    """Of the night in which summer time begins or ends no hour is told twice, or missed."""
    hours = QuietHours.parse("22-7")
    assert hours is not None
    start = datetime.fromisoformat(day).replace(tzinfo=_BERLIN).astimezone(UTC) - timedelta(hours=6)
    held = [hours.holds((start + timedelta(minutes=15 * step)).astimezone(_BERLIN)) for step in range(96)]
    changes = [at for at in range(1, 96) if held[at] != held[at - 1]]
    assert len(changes) == 2
    ended = (start + timedelta(minutes=15 * changes[1])).astimezone(_BERLIN)
    assert f"{ended:%H:%M}" == "07:00"


def test_zones() -> None:
    assert zone_named("") is None
    assert zone_named("Asia/Shanghai") == ZoneInfo("Asia/Shanghai")

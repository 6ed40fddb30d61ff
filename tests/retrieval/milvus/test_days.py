"""Tokens of days let through whatever the exact rules find, and leave out most of the rest."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.days import EVER, number, whole
from retrieval.milvus.days import RemoteTimes, asked_tokens, tokens
from retrieval.milvus.schema import MOST_DAYS
from retrieval.periods import Period, Span, period_in
from retrieval.timeline import Timeline

_DAYS = st.dates(date(2018, 1, 1), date(2021, 12, 31))
_LENGTHS = st.sampled_from((0, 0, 0, 1, 6, 13, 30, 31, 45, 200, 364, 365, 1000))


@st.composite
def _stretches(draw: st.DrawFn) -> tuple[int, int]:
    """Days of a text: some, a month, a year, some of any year, over New Year too, or unknown."""
    first = draw(_DAYS)
    last = first + timedelta(draw(_LENGTHS))
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return whole(first.year, first.month if draw(st.booleans()) else 0)
    if kind == 1:
        return number(first) % 1_0000, number(min(last, first + timedelta(300))) % 1_0000
    if kind == 2 and draw(st.booleans()):
        return 0, 0
    return number(first), number(last)


@st.composite
def _periods(draw: st.DrawFn) -> Period:
    spans = []
    for _ in range(draw(st.integers(1, 2))):
        first, last = draw(_stretches().filter(any))
        if last >= 1_0000:
            first, last = draw(st.sampled_from(((first, last), (first, last), (first, EVER), (0, last))))
        spans.append(Span(first, last, draw(st.sampled_from(((first, last), whole(2020), whole(2020, 3))))))
    return Period(tuple(spans))


@given(_stretches(), _stretches(), st.lists(_stretches().filter(any), max_size=4), _periods())
def test_what_the_rules_find_has_a_token_that_is_asked_for(
    own: tuple[int, int], paper: tuple[int, int], told: list[tuple[int, int]], period: Period
) -> None:
    mentions = np.asarray([(0, *day) for day in told], np.int32).reshape(-1, 3)
    timeline = Timeline(np.zeros(1, np.int32), np.asarray([[own, paper]], np.int32), mentions)
    if timeline.of(period).any():
        assert set(tokens([own, paper, *told])) & set(asked_tokens(period))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("2019年11月20日的会议", (2019_11_21, 2019_11_21)),
        ("2019年11月的会议", (2019_12_01, 2019_12_01)),
        ("2019年11月的会议", (2020_11_05, 2020_11_05)),
        ("11月20日的会议", (2019_11_21, 2019_11_21)),
        ("2019年的会议", (2020_01_01, 2020_01_01)),
        ("2015年以前的会议", (2016_05_01, 2016_05_01)),
        ("2019年11月20日的会议", (1121, 1121)),
    ],
)
def test_other_days_are_left_out_by_the_server(question: str, told: tuple[int, int]) -> None:
    period = period_in(question, date(2024, 1, 1))
    assert period is not None
    assert not set(tokens([told])) & set(asked_tokens(period))


def test_a_text_of_very_many_days_may_be_of_any() -> None:
    day = date(2000, 1, 1)
    told = [(number(day + timedelta(3 * each)),) * 2 for each in range(1000)]
    assert tokens(told) == [0]
    assert 0 in asked_tokens(Period((Span(2019_01_01, 2019_01_01, (0, 0)),)))
    assert len(tokens(told[:200])) <= MOST_DAYS


def test_choices_join() -> None:
    looked: list[str] = []

    def look(chosen: object) -> bool:
        looked.append(str(getattr(chosen, "expression", "")))
        return True

    times = RemoteTimes(look)
    period = period_in("2019年11月", date(2024, 1, 1))
    assert period is not None
    chosen = (times.of(period) | times.undated()) & times.between(2019_01_01, 2019_12_31)
    assert chosen.any() and chosen.any()
    assert len(looked) == 1  # asked once
    dates = np.asarray([[[2019_11_05] * 2, [0, 0]], [[2018_11_05] * 2, [0, 0]], [[0, 0], [0, 0]]], np.int32)
    timeline = Timeline(np.arange(3, dtype=np.int32), dates, np.zeros((0, 3), np.int32))
    assert chosen.rule(timeline).tolist() == [True, False, False]
    assert (times.of(period) | times.undated()).rule(timeline).tolist() == [True, False, True]

"""Buckets of tokens: how fast people may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_limits import Buckets, Limits, Verdict

_RATES = st.floats(0.5, 600)
_BURSTS = st.integers(1, 30)
_PAUSES = st.lists(st.floats(0, 120), min_size=1, max_size=60)


@given(_RATES, _BURSTS, _PAUSES)
def test_nobody_gets_more_than_the_burst_and_the_rate(rate: float, burst: int, pauses: list[float]) -> None:
    buckets, now, taken = Buckets(rate, burst), 0.0, []
    for pause in pauses:
        now += pause
        if buckets.wait(1, now) == 0:
            buckets.take(1, now)
            taken.append(now)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - start) * rate / 60 + 1e-3


@given(_RATES, _BURSTS, st.floats(0, 1e9))
def test_after_the_wait_that_is_told_there_is_a_token(rate: float, burst: int, now: float) -> None:
    buckets = Buckets(rate, burst)
    for _ in range(burst):
        assert buckets.wait(1, now) == 0
        buckets.take(1, now)
    wait = buckets.wait(1, now)
    assert 0 < wait <= 60 / rate + 1e-3
    assert buckets.wait(1, now + wait + 1e-6) == 0
    assert buckets.wait(2, now) == 0


def test_no_limit() -> None:
    buckets = Buckets(0, 1)
    for _ in range(100):
        assert buckets.wait(1, 0.0) == 0
        buckets.take(1, 0.0)


@given(_BURSTS, st.integers(1, 30))
def test_it_is_told_once_until_somebody_is_let_in_again(burst: int, more: int) -> None:
    limits = Limits(Buckets(60, burst), Buckets(0, 1))
    assert all(limits.admit(1, None, 0.0) == Verdict() for _ in range(burst))
    refused = [limits.admit(1, None, 0.0) for _ in range(more)]
    assert [verdict.tell for verdict in refused] == [True] + [False] * (more - 1)
    assert all(verdict.wait_s > 0 for verdict in refused)
    assert limits.admit(1, None, 1.001) == Verdict()
    assert limits.admit(1, None, 1.001).tell


def test_a_refused_question_costs_the_chat_nothing_and_the_other_way_round() -> None:
    limits = Limits(Buckets(1, 1), Buckets(1, 2))
    assert limits.admit(1, -5, 0.0) == Verdict()
    assert limits.admit(1, -5, 0.0).wait_s > 0
    assert limits.admit(2, -5, 0.0) == Verdict()  # the chat had a second token
    assert limits.admit(3, -5, 0.0).wait_s > 0
    assert limits.admit(3, None, 0.0) == Verdict()  # and the person still theirs


def test_few_buckets_are_kept() -> None:
    buckets = Buckets(1, 1, kept=2)
    for key in (1, 2, 3):
        buckets.take(key, 0.0)
    assert [buckets.wait(key, 0.0) > 0 for key in (1, 2, 3)] == [False, True, True]

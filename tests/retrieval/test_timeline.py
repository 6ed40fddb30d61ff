"""Which passages are of a time: by dates of articles, and by the days that texts name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dates import parse_date
from retrieval.layout import Layout
from retrieval.model import Article, PartialDate
from retrieval.periods import Period, period_in
from retrieval.timeline import Timeline, days_told

_TODAY = date(2026, 11, 25)
_PARTS = st.builds(
    lambda day, known: PartialDate(
        day.year if known != "no year" else None,
        day.month if known != "year" else None,
        day.day if known not in ("year", "month") else None,
    ),
    st.dates(date(2018, 1, 1), date(2021, 12, 31)),
    st.sampled_from(["day", "month", "year", "no year"]),
)


def _article(day: str | PartialDate | None, published: str | PartialDate | None = None) -> Article:
    both = [parse_date(one) if isinstance(one, str) else one for one in (day, published)]
    return Article("a", "标题", "", (), both[0], "日报", published=both[1])


def _timeline(*articles: tuple[Article, Sequence[str]]) -> Timeline:
    owners = [number for number, (_, texts) in enumerate(articles) for _ in texts]
    with TemporaryDirectory() as name:
        Timeline.write(Path(name), articles)
        starts = np.searchsorted(owners, np.arange(len(articles) + 1))
        np.save(Path(name) / "starts.npy", starts)
        rows = np.arange(len(articles), dtype=np.int32)
        return Timeline.open(Layout.over([Path(name)], np.column_stack([np.zeros_like(rows), rows])))


def _period(question: str) -> Period:
    period = period_in(question, _TODAY)
    assert period is not None and period.spans
    return period


def _days(told: tuple[int, int]) -> str:
    return "..".join(dict.fromkeys(str(day) for day in told))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2018年3月5日，会议召开。", ["20180305"]),
        ("会议于11月20日召开。", ["20191120"]),
        ("2018年12月5日印发，7月1日起施行。", ["20181205", "20180701"]),
        ("昨天上午，大会召开。", ["20191120"]),
        (
            "上个月印发，今年实施，明年评估。",
            ["20191001..20191031", "20190101..20191231", "20200101..20201231"],
        ),
        ("前三季度增长，六月回落。", ["20190101..20190930", "20190601..20190630"]),
        (
            "会议11月20日至22日举行。",
            ["20191120..20191122", "20191120", "20191121", "20191122"],
        ),
        ("从1991年到2000年", ["19910101..20001231", "19910101..19911231", "20000101..20001231"]),
        ("2017年6月立项，12月完工。2月30日", ["20170601..20170630", "20171201..20171231"]),
        ("《分工论》（1893）", ["18930101..18931231"]),
        ("为期3年的行动，2019人参加，投入3.21亿元。", []),
    ],
)
def test_days_are_read_as_a_paper_of_that_day_means_them(text: str, told: list[str]) -> None:
    assert [_days(one) for one in days_told(text, _article("2019-11-20", "2019-11-21"))] == told


def test_without_a_year_only_what_needs_none_is_told() -> None:
    text = "昨天，去年，11月20日，12月30日至1月2日，2018年"
    told = [_days(one) for one in days_told(text, _article("--11-20"))]
    assert told == ["1120", "1230..102", "1230", "102", "20180101..20181231"]
    assert days_told("今年上半年增长，今年还将", _article(None)) == [(101, 630), (101, 1231)]
    only_year = days_told("昨天通报，去年印发", _article("2019"))
    assert [_days(one) for one in only_year] == ["20180101..20181231"]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(-120, 60))
def test_a_day_without_a_year_is_near_the_day_of_the_paper(printed: date, away: int) -> None:
    day = printed + timedelta(away)
    known = PartialDate(printed.year, printed.month, printed.day)
    told = days_told(f"{day.month}月{day.day}日，会议召开。", _article(known))
    if (day.month, day.day) == (2, 29):
        return
    if away <= 0 or day.year == printed.year or (printed.month, day.month) == (12, 1):
        assert told == [(int(f"{day:%Y%m%d}"),) * 2]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("2019年11月20日", {"event", "told", "undated"}),
        ("2019年11月21日", {"event", "undated"}),
        ("2019年12月", {"undated"}),
        ("2020年1月", {"late", "undated"}),
        ("2019年", {"event", "late", "told", "undated", "year"}),
        ("2021年以来", {"told", "undated"}),
        ("2019年之前", {"undated", "year"}),
        ("11月20日", {"event", "told", "undated"}),
        ("11月", {"event", "late", "told", "undated"}),
        ("1949年10月1日", {"undated"}),
        ("1949年", {"undated", "year"}),
    ],
)
def test_articles_are_of_a_time_by_either_date_or_by_what_they_tell(question: str, found: set[str]) -> None:
    named = {
        "event": (_article("2019-11-20", "2019-11-21"), ["会议召开。", "市长讲话。"]),
        "late": (_article("2019-11-05", "2020-01-05"), ["会议召开。"]),
        "told": (_article("2021-03-01"), ["2019年11月20日，会议召开。", "市长讲话。"]),
        "year": (_article("1949"), ["会议召开。"]),
        "undated": (_article(None), ["会议召开。"]),
    }
    named["year"] = (_article("2019"), ["自1949年起"])
    if (
        question == "2019年11月20日"
        or question.startswith("11月")
        or question in ("2019年12月", "2019年11月21日")
    ):
        found = found | {"year"}  # an article of 2019, the day unknown, may be of that day
    timeline = _timeline(*named.values())
    mask = timeline.of(_period(question)) | timeline.undated()
    owners = [name for name, (_, texts) in named.items() for _ in texts]
    assert {name for name, kept in zip(owners, mask, strict=True) if kept} == found
    assert len({(name, bool(kept)) for name, kept in zip(owners, mask, strict=True)}) == len(named)


def test_a_passage_that_names_the_day_is_told_from_others_of_its_article() -> None:
    timeline = _timeline((_article("2019-11-20"), ["会议召开。", "11月20日上午开幕。", "2019年"]))
    period = _period("2019年11月20日")
    assert timeline.of(period).tolist() == [True, True, True]
    assert timeline.telling(period).tolist() == [False, True, False]
    score = timeline.score(period)
    assert score.dtype == np.float32 and score.tolist() == [0, 1, 0]


@given(st.lists(_PARTS | st.none(), max_size=6), st.dates(date(2018, 1, 1), date(2021, 12, 31)))
def test_a_day_holds_what_may_be_of_it_and_a_year_holds_its_days(
    dates: list[PartialDate | None], day: date
) -> None:
    timeline = _timeline(*[(_article(one), ["会议召开。"]) for one in dates])
    of_day = timeline.of(_period(f"{day.year}年{day.month}月{day.day}日"))
    expected = [
        one is not None
        and all(
            part in (None, asked)
            for part, asked in zip(
                (one.year, one.month, one.day), (day.year, day.month, day.day), strict=True
            )
        )
        for one in dates
    ]
    assert of_day.tolist() == expected
    wider = (f"{day.year}年", f"{day.month}月{day.day}日", f"{day.year}年{day.month}月", f"{day.year}年以来")
    for question in wider:
        assert (timeline.of(_period(question)) >= of_day).all(), question
    assert timeline.undated().tolist() == [one is None for one in dates]


@given(st.lists(st.dates(date(2018, 1, 1), date(2021, 12, 31)), max_size=5), st.dates(), st.dates())
def test_stretches_of_the_year_turn_with_it(days: list[date], one: date, other: date) -> None:
    timeline = _timeline(
        *[(_article(PartialDate(day.year, day.month, day.day)), [f"{day:%Y-%m-%d}"]) for day in days]
    )
    period = _period(f"{one.month}月{one.day}日至{other.month}月{other.day}日")
    start, end = (one.month, one.day), (other.month, other.day)
    inside = [
        start <= (day.month, day.day) <= end
        if start <= end
        else (day.month, day.day) >= start or (day.month, day.day) <= end
        for day in days
    ]
    assert timeline.of(period).tolist() == inside
    assert timeline.telling(period).tolist() == inside


def test_a_range_holds_either_date_and_nothing_without_a_year() -> None:
    timeline = _timeline(
        *[(_article(day, paper), ["会议。"]) for day, paper in
          [("2019-11-05", "2020-01-05"), ("--11-20", None), ("2019", None), (None, None)]]
    )  # fmt: skip
    assert timeline.between(20191101, 20191130).tolist() == [True, False, True, False]
    assert timeline.between(20191201, 20191231).tolist() == [False, False, True, False]
    assert timeline.between(20200101, 99991231).tolist() == [True, False, False, False]


def test_no_articles_are_of_no_time() -> None:
    timeline = _timeline()
    assert timeline.of(_period("2019年")).shape == timeline.undated().shape == (0,)

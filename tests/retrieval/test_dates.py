"""Dates of records, file names and datelines, and which of them wins."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dates import date_from_dateline, date_from_name, merge_dates, parse_date
from retrieval.model import PartialDate

_DATES = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@given(
    _DATES,
    st.sampled_from(
        [
            "%Y-%m-%d",
            "%Y/%m/%d",
            "%Y.%m.%d",
            "%Y%m%d",
            "%Y年%m月%d日",
            "%Y 年 %m 月 %d 日",
            "%Y-%m-%dT08:30:00+08:00",
        ]
    ),
)
def test_every_way_to_write_a_date(day: date, form: str) -> None:
    assert str(parse_date(day.strftime(form))) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019-11", "2019-11"),
        ("2019年11月", "2019-11"),
        ("2019", "2019"),
        ("11月20日", "--11-20"),
        ("2月29日", "--02-29"),
        ("2019-11-20 08:30", "2019-11-20"),
        (" ２０１９年１１月２０日 ", "2019-11-20"),
        ("二〇一九年十一月二十日", "2019-11-20"),
        ("二〇二四年六月三日", "2024-06-03"),
    ],
)
def test_partial_and_chinese_dates(text: str, iso: str) -> None:
    assert str(parse_date(text)) == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "2019-13-01",
        "2019-02-29",
        "2019-11-31",
        "20191340",
        "11月31日",
        "12345",
        "2019-11-20x",
        "1-2",
    ],
)
def test_no_date_and_impossible_dates(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    for found in (parse_date(text), date_from_name(text), date_from_dateline(text)):
        assert found is None or found.month is None or 1 <= found.month <= 12


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("2019-11-21.txt", "2019-11-21"),
        ("wxrb_20191121_A01.txt", "2019-11-21"),
        ("20191121083000.txt", "2019-11-21"),
        ("无锡日报2019年11月21日第3版.txt", "2019-11-21"),
        ("2019/11/21/conference.txt", "2019-11-21"),
        ("2019/november/11月21日.txt", "--11-21"),
        ("papers-2019/conference.txt", "2019"),
        ("2019-11.jsonl", "2019-11"),
    ],
)
def test_dates_of_file_names(name: str, iso: str) -> None:
    found = date_from_name(name)
    assert str(found) == iso
    assert found is not None and found.origin == "file name"


@pytest.mark.parametrize("name", ["conference.txt", "123456789.txt", "v1.2.3.txt", "a-2019131.txt"])
def test_file_names_without_a_date(name: str) -> None:
    assert date_from_name(name) is None


@pytest.mark.parametrize(
    ("paragraph", "iso"),
    [
        ("本报讯 11 月 20日，省委、省政府召开大会。", "--11-20"),
        ("新华社北京11月20日电（记者 张三）11月19日，会议召开。", "--11-20"),
        ("2019年11月20日，会议召开。", "2019-11-20"),
        ("中新网云泊2024年6月3日电 会议召开。", "2024-06-03"),
        ("当地时间11月14日下午，代表团抵达。", "--11-14"),
        ("十一月二十日，会议召开。", "--11-20"),
    ],
)
def test_datelines(paragraph: str, iso: str) -> None:
    assert str(date_from_dateline(paragraph)) == iso


@pytest.mark.parametrize(
    "paragraph", ["", "会议召开。", "连日来，各地抢险救灾。" * 10 + "11月20日", "3月份以来，"]
)
def test_paragraphs_without_a_dateline(paragraph: str) -> None:
    assert date_from_dateline(paragraph) is None


def _date(iso: str, origin: str) -> PartialDate | None:
    found = parse_date(iso) if iso else None
    return found and PartialDate(found.year, found.month, found.day, origin)


@pytest.mark.parametrize(
    ("record", "dateline", "name", "merged", "origin"),
    [
        ("2019-11-20", "11月19日", "2019-11-21", "2019-11-20", "record"),
        ("", "11月20日", "2019-11-21", "2019-11-20", "inferred"),
        ("", "11月20日", "2019", "2019-11-20", "inferred"),
        ("", "12月31日", "2020-01-01", "2019-12-31", "inferred"),
        ("", "1月2日", "2019-12-30", "2020-01-02", "inferred"),
        ("", "2019年11月20日", "2020-01-01", "2019-11-20", "dateline"),
        ("", "11月20日", "", "--11-20", "dateline"),
        ("", "", "2019-11-21", "2019-11-21", "file name"),
        ("2019-11", "11月20日", "", "2019-11-20", "inferred"),
        ("2019", "11月20日", "", "2019-11-20", "inferred"),
        ("2019-10", "11月20日", "", "2019-10", "record"),
    ],
)
def test_which_date_wins(record: str, dateline: str, name: str, merged: str, origin: str) -> None:
    found = merge_dates(_date(record, "record"), _date(dateline, "dateline"), _date(name, "file name"))
    assert found is not None
    assert (str(found), found.origin) == (merged, origin)


def test_nothing_merges_to_nothing() -> None:
    assert merge_dates(None, None, None) is None

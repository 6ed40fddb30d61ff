"""The time a question names: every notation of every day, and what only looks like a date."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.periods import days_as_text, period_in

_TODAY = date(2026, 11, 25)  # a Wednesday
_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_MONTHS = """\
January February March April May June July August September October November December
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
Januar Februar März April Mai Juni Juli August September Oktober November Dezember
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
januari februari maart april mei juni juli augustus september oktober november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
"""
_ENGLISH, _FRENCH, _SPANISH, _RUSSIAN, _GERMAN, _ARABIC, *_OTHERS = (x.split() for x in _MONTHS.splitlines())
_THAI, _TURKISH, _PORTUGUESE, _ITALIAN, _DUTCH, _POLISH = _OTHERS
_NUMERALS = "〇一二三四五六七八九"


def _chinese_number(number: int) -> str:
    tens, units = divmod(number, 10)
    return (_NUMERALS[tens] if tens > 1 else "") + "十" * bool(tens) + _NUMERALS[units] * bool(units)


def _in_numerals(day: date) -> str:
    year = "".join(_NUMERALS[int(digit)] for digit in str(day.year))
    return f"{year}年{_chinese_number(day.month)}月{_chinese_number(day.day)}日"


_FORMS: list[Callable[[date], str]] = [
    lambda day: f"{day.year}年{day.month}月{day.day}日谁主持了会议？",
    lambda day: f"谁主持了{day.year} 年 {day.month:02d} 月 {day.day:02d} 号的会议",
    lambda day: f"会议{_in_numerals(day)}在哪里召开",
    lambda day: f"{day.year}年{day.month}月{day.day}號召開了什麼會議",
    lambda day: f"{day:%Y-%m-%d}的会议",
    lambda day: f"{day:%Y/%m/%d} meetings",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}년 {day.month}월 {day.day}일 회의",
    lambda day: f"{day.year}年{day.month}月{day.day}日の会議は？",
    lambda day: f"what happened on {_ENGLISH[day.month - 1]} {day.day}, {day.year}?",
    lambda day: f"the meeting of the {day.day}th of {_ENGLISH[day.month - 1].upper()} {day.year}",
    lambda day: f"{day.day} {_ENGLISH[day.month - 1][:3]} {day.year}: who spoke?",
    lambda day: f"qui a parlé le {day.day} {_FRENCH[day.month - 1]} {day.year} ?",
    lambda day: f"¿Qué pasó el {day.day} de {_SPANISH[day.month - 1]} de {day.year}?",
    lambda day: f"Что было {day.day} {_RUSSIAN[day.month - 1]} {day.year} года?",
    lambda day: f"Was geschah am {day.day}. {_GERMAN[day.month - 1]} {day.year}?",
    lambda day: f"ماذا حدث في {day.day} {_ARABIC[day.month - 1]} {day.year}؟",
    lambda day: f"การประชุมวันที่ {day.day} {_THAI[day.month - 1]} {day.year + 543}",
    lambda day: f"{day.day} {_TURKISH[day.month - 1]} {day.year} toplantısı",
    lambda day: f"o que houve em {day.day} de {_PORTUGUESE[day.month - 1]} de {day.year}?",
    lambda day: f"cosa è successo il {day.day} {_ITALIAN[day.month - 1]} {day.year}?",
    lambda day: f"wat gebeurde er op {day.day} {_DUTCH[day.month - 1]} {day.year}?",
    lambda day: f"co się stało {day.day} {_POLISH[day.month - 1]} {day.year} roku?",
    lambda day: f"{day:%d.%m.%Y}?",
]


def _said(question: str) -> str | None:
    period = period_in(question, _TODAY)
    if period is None:
        return None
    return f"impossible {period.impossible}" if period.impossible else str(period)


@given(_DAYS, st.sampled_from(_FORMS))
def test_every_day_is_read_in_every_notation(day: date, form: Callable[[date], str]) -> None:
    period = period_in(form(day), _TODAY)
    assert period is not None
    assert (str(period), period.limits) == (day.isoformat(), True), form(day)


@given(_DAYS, st.sampled_from(["{m}月{d}日的会议", "{e} {d}?", "{d} {e}", "去年全省{m}月{d}号"]))
def test_a_day_without_a_year_is_one_of_any_year_or_of_the_year_before_it(day: date, form: str) -> None:
    said = _said(form.format(m=day.month, d=day.day, e=_ENGLISH[day.month - 1]))
    if not form.startswith("去年"):
        assert said == f"--{day:%m-%d}"
    elif (day.month, day.day) == (2, 29):
        assert said is not None and said.startswith("impossible")
    else:
        assert said == f"2025-{day:%m-%d}"


@given(st.integers(1000, 2099), st.integers(0, 99), st.integers(0, 39))
def test_a_day_is_possible_exactly_where_the_calendar_has_it(year: int, month: int, day: int) -> None:
    try:
        expected = date(year, month, day).isoformat()
    except ValueError:
        expected = f"impossible {year}年{month}月{day}日"
    assert _said(f"{year}年{month}月{day}日开了什么会？") == expected


@given(
    st.text(max_size=80)
    | st.text(st.sampled_from("2019年11月20日至到昨天上周一二十三-/. inMay〇0以来前"), max_size=40),
    _DAYS,
)
def test_any_text_is_read(text: str, today: date) -> None:
    period = period_in(text, today)
    if period is not None:
        assert bool(period.spans) != bool(period.impossible)
        assert str(period) or period.impossible
        assert all(span.yearly or span.first <= span.last for span in period.spans)


@given(_DAYS, _DAYS)
def test_days_are_written_so_that_they_are_read_again(one: date, other: date) -> None:
    first, last = sorted((one, other))
    numbers = [int(f"{day:%Y%m%d}") for day in (first, last)]
    text = days_as_text(numbers[0], numbers[1])
    begin, _, end = text.partition("..")
    period = period_in(f"{begin}至{end}" if end else begin, _TODAY) if len(begin) == 10 else None
    if period is not None:
        assert (period.spans[0].first, period.spans[0].last) == (numbers[0], numbers[1])


@pytest.mark.parametrize(
    "unit", ["一", "2019年", "11月", "2019-", "19", " ", "前", "May ", "in 2019 and ", "《", "最近", "1 "]
)
def test_time_is_linear_in_the_length(unit: str) -> None:
    started = time.process_time()
    period_in(unit * 100_000, _TODAY)  # only its beginning is read
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("二〇一九年十一月有哪些会议", "2019-11"),
        ("二零一九年十一月", "2019-11"),
        ("2019年召开的大会", "2019"),
        ("２０１９年１１月２０日", "2019-11-20"),
        ("19年11月20日", "2019-11-20"),
        ("11月份的会议", "--11"),
        ("今年11月", "2026-11"),
        ("去年年底的会议", "2025-10..2025-12"),
        ("2019年初", "2019-01..2019-03"),
        ("2019年上半年", "2019-01..2019-06"),
        ("2019年第三季度", "2019-07..2019-09"),
        ("2019年前三季度", "2019-01..2019-09"),
        ("2023年前7个月", "2023-01..2023-07"),
        ("2023年1至6月份", "2023-01..2023-06"),
        ("2023年1月至5月底", "2023-01..2023-05"),
        ("2019年11月中旬", "2019-11-11..2019-11-20"),
        ("2019年11月底", "2019-11-21..2019-11-30"),
        ("1980年代", "1980..1989"),
        ("1949年新中国成立", "1949"),
        ("2019年至2021年", "2019..2021"),
        ("2019-2021年", "2019..2021"),
        ("2019年11月至2020年3月", "2019-11..2020-03"),
        ("11月20日至22日", "--11-20..--11-22"),
        ("2019年11月20日至12月3日", "2019-11-20..2019-12-03"),
        ("2019年11月20—22日", "2019-11-20..2019-11-22"),
        ("12月至次年1月", "--12..--01"),
        ("2019年12月20日至1月5日", "2019-12-20..2020-01-05"),
        ("2019年11月至3月", "2019-11..2020-03"),
        ("2019-11-20至2021年", "2019-11-20..2021-12-31"),
        ("2019年和2021年", "2019, 2021"),
        ("2019年和2021年之间", "2019..2021"),
        ("2019年11月和12月的会议", "2019-11, 2019-12"),
        ("2023年以来", "2023-01-01.."),
        ("自2023年起", "2023-01-01.."),
        ("11月以来", "2026-11-01.."),
        ("12月以来", "2025-12-01.."),
        ("2023年之后", "2024-01-01.."),
        ("2023年之前", "..2022-12-31"),
        ("昨天开了什么会", "2026-11-24"),
        ("前天", "2026-11-23"),
        ("今天有什么会", "2026-11-25"),
        ("三天前", "2026-11-22"),
        ("上周", "2026-11-16..2026-11-22"),
        ("上週三", "2026-11-18"),
        ("上个星期天", "2026-11-22"),
        ("本周三", "2026-11-25"),
        ("上个月", "2026-10"),
        ("上上个月", "2026-09"),
        ("上季度", "2026-07..2026-09"),
        ("近三天", "2026-11-22..2026-11-25"),
        ("过去一个月", "2026-10-25..2026-11-25"),
        ("近半年", "2026-05-25..2026-11-25"),
        ("先週の会議", "2026-11-16..2026-11-22"),
        ("지난달 회의", "2026-10"),
        ("작년 11월", "2025-11"),
        ("last week", "2026-11-16..2026-11-22"),
        ("last Monday", "2026-11-23"),
        ("last Wednesday", "2026-11-18"),
        ("last month", "2026-10"),
        ("last November", "2025-11"),
        ("last October", "2026-10"),
        ("last December", "2025-12"),
        ("November last year", "2025-11"),
        ("yesterday's meeting", "2026-11-24"),
        ("in the past three days", "2026-11-22..2026-11-25"),
        ("two weeks ago", "2026-11-09..2026-11-15"),
        ("which meetings were held today?", "2026-11-25"),
        ("since 2023", "2023-01-01.."),
        ("before 2023", "..2022-12-31"),
        ("after November 20, 2019", "2019-11-21.."),
        ("until March 2024", "..2024-03-31"),
        ("between March and May 2024", "2024-03..2024-05"),
        ("between November and January 2024", "2023-11..2024-01"),
        ("between 1980 and 1984", "1980..1984"),
        ("from 2019 to 2021", "2019..2021"),
        ("1980-84", "1980..1984"),
        ("in 2019", "2019"),
        ("Q3 2024", "2024-07..2024-09"),
        ("the first half of 2024", "2024-01..2024-06"),
        ("the 1990s", "1990..1999"),
        ("11/20/2019", "2019-11-20"),
        ("20/11/2019", "2019-11-20"),
        ("в ноябре прошлого года", "2025-11"),
        ("с 2019 по 2021 год", "2019..2021"),
        ("с 2023 года", "2023-01-01.."),
        ("en 2019", "2019"),
        ("desde 2023", "2023-01-01.."),
        ("la semaine dernière", "2026-11-16..2026-11-22"),
        ("letztes Jahr", "2025"),
        ("im Jahr 2019", "2019"),
        ("في عام 2019", "2019"),
        ("ในปี 2562", "2019"),
        ("2019 yılında", "2019"),
        ("ontem", "2026-11-24"),
        ("w zeszłym roku", "2025"),
    ],
)
def test_what_questions_say(question: str, said: str) -> None:
    assert _said(question) == said


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("2月30日开了什么会？", "2月30日"),
        ("13月5日的会议", "13月5日"),
        ("2019年2月29日", "2019年2月29日"),
        ("二月三十日的會議", "二月三十日"),
        ("0月5日", "0月5日"),
        ("2019-02-30", "2019-02-30"),
        ("what happened on November 31?", "November 31"),
        ("31 November 2019", "31 November 2019"),
        ("30 февраля", "30 февраля"),
        ("31.11.2019", "31.11.2019"),
        ("2021年至2019年的会议", "2021年至2019年"),
        ("去年2月29日", "去年2月29日"),
    ],
)
def test_what_the_calendar_does_not_have(question: str, written: str) -> None:
    assert _said(question) == f"impossible {written}"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "谁主持了大会？",
        "三年行动方案",
        "行动为期3年还是3个月？",
        "3天后公布了什么？",
        "2019人参加了会议吗",
        "近2000年的历史",
        "1500年前的古城",
        "“5·17”事故和3.21事故",
        "下午3点20分开会",
        "目前天气如何",
        "一个评估周期以上周期如何",
        "六月飞雪",
        "成纪县今天所在的位置是哪里？",
        "即使在今天，什么碎片仍然可见？",
        "近五年查处了多少案件",
        "《纲要（2023年版）》是谁修订的？",
        "比上个月上升了多少个百分点？",
        "与去年同期相比如何",
        "电话是0510-8275-1234吗",
        "会议在2019室举行",
        "who may attend?",
        "how many may 20 people carry?",
        "a march on the city hall",
        "2019 people came",
        "in 1500 villages",
        "11/12/2019",
        "¿Qué marca de automóvil se fabrica?",
        "where is it today?",
        "the 5-17 accident",
        "version 3.20.2",
    ],
)
def test_what_only_looks_like_a_time(question: str) -> None:
    assert _said(question) is None


@pytest.mark.parametrize(
    "question",
    ["截至2023年6月30日经营多少家酒店？", "到2030年新增多少个岗位？", "how many by 2030?", "as of June 2023"],
)
def test_as_of_a_day_prefers_and_does_not_limit(question: str) -> None:
    period = period_in(question, _TODAY)
    assert period is not None and period.spans and not period.limits

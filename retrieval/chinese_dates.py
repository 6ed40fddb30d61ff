"""Dates in Chinese text, and what Japanese and Korean write like them: absolute, relative, partial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from retrieval.days import Named, ago, before, month, months, number, shifted, week, whole

_S = r"\s{0,2}"
_SEP = rf"{_S}(?:至|到|[-–—―~〜]{{1,2}}){_S}"
# A number of a month or a day; a longer run of numerals is none, and after a point it is a quantity.
_N = "(?:[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_FREE = r"(?<![0-9.一二三四五六七八九十])"
_Y = "(?:1[0-9]{3}|20[0-9]{2}|[一二][〇零○一二三四五六七八九]{3})"
_COUNT = "(?:[0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九半])"

_YEAR = rf"""(?:
    (?<![0-9.])(?P<year>{_Y}){_S}(?:年(?!轻)|(?=[Qq][1-4]))(?P<decade>代)?
  | (?<![0-9.])(?P<short>[0-9]{{2}})年(?={_N}月{_N}[日号])
  | (?P<last_year>(?<![过失])去年|昨年|작년|지난해)|(?P<this_year>今年|本年|올해)
  | (?P<before_last>(?<![以之目先从])前年(?!度))|(?P<next_year>明年)
)"""
_TAIL = rf"""{_S}(?:
    (?P<from_month>{_N})(?:{_S}月份?)?{_SEP}(?P<to_month>{_N}){_S}月(?!{_S}[0-9]{{1,2}}{_S}[日号])
  | (?P<month>{_N}){_S}月(?:
        {_S}(?P<day>{_N})(?:{_S}[日号])?{_SEP}(?P<to_day>{_N}){_S}[日号]
      | {_S}(?P<only_day>{_N}){_S}[日号](?!线|楼|院|厅|馆|文)
      | 份?{_S}(?P<third>[上中下]旬|初(?![中次级一二三步])|底(?![特层部])|末)
      | (?P<full>份))?
  | 前{_S}(?P<first_months>{_N}){_S}个?月 | 前(?P<first_quarters>[二三两23])个?季度
  | (?P<half>[上下])半年 | (?:第{_S})?(?P<quarter>[一二三四1-4]){_S}季度 | [Qq](?P<q>[1-4])(?![0-9])
  | 年?(?P<part>初(?![中次级一二三步])|底(?![特层部])|末)
)?"""
_DATE = re.compile(
    rf"(?=[0-9一二三四五六七八九十去昨작지今本올前明上下第])(?:{_YEAR}|{_FREE}){_TAIL}", re.VERBOSE
)

_ISO = re.compile(
    r"(?<![0-9.\-/])(?P<year>1[0-9]{3}|20[0-9]{2})(?:"
    r"(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})|[-/](?P<only_month>[0-9]{1,2})"
    r"|(?P<packed_month>[0-9]{2})(?P<packed_day>[0-9]{2}))(?![0-9])"
)
_YEARS = re.compile(rf"(?<![0-9.])(?P<first>{_Y})(?:{_S}年)?{_SEP}(?P<last>{_Y}|[0-9]{{2}}){_S}年(?![代轻])")

_BRACKETED = re.compile(r"\((1[0-9]{3}|20[0-9]{2})\)")  # 《社会分工论》(1893)

_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "어제": -1,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今晨": 0, "오늘": 0, "明天": 1, "一昨日": -2,
}  # fmt: skip
_BY = {
    "上上": -2,
    **dict.fromkeys(("上", "先", "지난"), -1),
    **dict.fromkeys(("本", "这", "这个", "今", "이번"), 0),
}
_BY |= {"下": 1, "来": 1}
_WEEKDAYS = "一二三四五六日天"
# 目前天气, 以上周期, 今天津: the words are also parts of others. "Today" is mostly 'nowadays' where it stands
# after a preposition or before 的: 即使在今天, 今天的中国.
_WORDS = re.compile(
    rf"""(?=[大一前昨今明上下本这先来最过近어오지이0-9二两三四五六七八九十半])(?:
    (?P<days>大前天|一昨日|(?<![目以之])前天(?![气空])|昨[天日晚]|어제
      |(?<![在到至于从如])今[天日](?![的所津头说仍还])|오늘|今晚|今早|今晨|明天)
  | (?P<week>(?<![以之])上上|(?<![以之])[上下]|本|这个?|先|今|来|지난|이번){_S}
      (?:个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天](?![个年季]))?|주)(?![期边围岁年报刊密全游])
  | (?P<month>(?<![以之])上上|(?<![以之晚])[上下]|本|这个?|先|今|지난|이번){_S}
      (?:个?月|달)(?![球亮票饼季台份])
  | (?P<quarter>[上本])一?个?季度
  | (?:最近|过去|近|지난){_S}的?(?P<recent>{_COUNT}){_S}
      (?:(?P<recent_day>天|[日일](?!元|本))|个?(?P<recent_week>周|星期|礼拜|주)|个(?P<recent_month>月)
        |(?P<recent_year>年))
  | (?<![第前后0-9.一二三四五六七八九十])(?P<ago>{_COUNT}){_S}
      (?:(?P<ago_day>天)|个?(?P<ago_week>周|星期)|个(?P<ago_month>月))[以之]?前(?!后))""",
    re.VERBOSE,
)
_KOREAN = re.compile(r"(?<=[0-9])(\s?)(년|월|일)")
_AS_CHINESE = {"년": "年", "월": "月", "일": "日"}
_DIGITS = str.maketrans("〇零○一二两三四五六七八九", "0001223456789")


def chinese_dates(
    text: str, today: date | None, *, to_the_day: bool = True, in_passage: bool = False
) -> Iterator[Named]:
    """Yield the stretches of days that folded `text` names, each kind of wording in its order.

    `today` is what 昨天 and 去年 are counted from, without `to_the_day` only its year is known; None leaves
    them out. In a passage 上半年 and 六月 without a year are dates too, in a question they are too vague.
    """
    text = _KOREAN.sub(lambda found: found[1] + _AS_CHINESE[found[2]], text)
    for match in _YEARS.finditer(text):
        first, last = _number(match["first"]), _number(match["last"])
        yield Named(
            *match.span(),
            whole(first)[0],
            whole(last if last > 99 else first // 100 * 100 + last)[1],
            ranged=True,
        )
    for match in _ISO.finditer(text):
        if found := _iso(match):
            yield found
    if in_passage:
        for match in _BRACKETED.finditer(text):
            yield Named(*match.span(), *whole(int(match[1])), lone=True)
    for match in _DATE.finditer(text):
        if found := _date(match, today, in_passage):
            yield found
    if today is not None and to_the_day:
        for match in _WORDS.finditer(text):
            try:
                yield Named(*match.span(), *_relative(match, today))
            except (ValueError, OverflowError):  # before the calendar begins
                continue


def _date(match: re.Match[str], today: date | None, in_passage: bool) -> Named | None:
    start, end = match.span()
    relative = next((by for name, by in _YEARS_AWAY.items() if match[name]), None)
    if relative is not None:
        if today is None and relative:
            return None
        year = today.year + relative if today is not None else 0  # 今年 of a year that is not known
    elif match["short"]:
        # 19年11月20日 is of the century that makes it the latest but not yet to come
        year = 2000 + int(match["short"])
        year -= 100 if today is not None and year > today.year + 1 else 0
    else:
        year = _number(match["year"]) if match["year"] else 0
    if match["decade"]:
        return Named(start, end, whole(year)[0], whole(year + 9)[1])
    try:
        days = _within_year(match, year, in_passage)
    except ValueError:
        return Named(start, end, 0, 0, possible=False) if year or match["day"] or match["only_day"] else None
    if days is None:
        named = relative is not None or (year and not _counts(match, year))
        return Named(start, end, *whole(year), lone=True) if named else None
    return Named(start, end, *days, ranged=bool(match["to_month"] or match["to_day"]))


_YEARS_AWAY = {"before_last": -2, "last_year": -1, "this_year": 0, "next_year": 1}
_THIRDS = {"上": (1, 10), "初": (1, 10), "中": (11, 20), "下": (21, 0), "底": (21, 0), "末": (21, 0)}
_PARTS = {"初": (1, 3), "底": (10, 12), "末": (10, 12)}
_HALVES = {"上": (1, 6), "下": (7, 12)}


def _within_year(match: re.Match[str], year: int, in_passage: bool) -> tuple[int, int] | None:
    """Return the days that the part after the year means, None where there is none. Raises ValueError."""
    if match["month"]:
        at = _day(match["month"])
        if day := match["only_day"]:
            return whole(year, at, _day(day))
        if match["day"]:
            return whole(year, at, _day(match["day"]))[0], whole(year, at, _day(match["to_day"]))[1]
        if match["third"]:
            first, last = _THIRDS[match["third"][0]]
            return whole(year, at, first)[0], whole(year, at, last)[1]
        # 六月 in 六月飞雪 is no date, nor are thirteen months
        sure = year or match["full"] or (match["month"].isdecimal() and at <= 12) or in_passage
        return whole(year, at) if sure else None
    if match["from_month"]:
        first, last = _day(match["from_month"]), _day(match["to_month"])
        return whole(year, first)[0], whole(year + bool(year and first > last), last)[1]
    if not year and not in_passage:
        return None
    if match["first_months"]:
        return months(year, 1, _number(match["first_months"]))
    if match["first_quarters"]:
        return months(year, 1, 3 * _number(match["first_quarters"]))
    if match["half"]:
        return months(year, *_HALVES[match["half"]])
    if quarter := match["quarter"] or match["q"]:
        return months(year, 3 * _number(quarter) - 2, 3 * _number(quarter))
    return months(year, *_PARTS[match["part"]]) if year and match["part"] else None


def _counts(match: re.Match[str], year: int) -> bool:
    """Tell whether it is a length of time, as in 近2000年, 1500年历史 and 1000年前, or ends in 973-1048年."""
    ahead, behind = match.string[max(0, match.start() - 8) : match.start()], match.string[match.end() :][:2]
    if re.search(r"(?<![0-9-])[0-9]{1,3}\s?[-–—~至到]\s?$", ahead):
        return True
    return year % 100 == 0 and bool(re.search("[近约超达过有余]$", ahead) or re.match("的?[历文]|前", behind))


def _iso(match: re.Match[str]) -> Named | None:
    year = int(match["year"])
    month_alone = match["only_month"]
    try:
        if month_alone:
            # 2010-11赛季 and 1620-21年 are two years
            two_years = match.string.startswith(("年", "赛"), match.end())
            return None if two_years else _of(match, whole(year, _day(month_alone)))
        parts = _day(match["month"] or match["packed_month"]), _day(match["day"] or match["packed_day"])
        return _of(match, whole(year, *parts))
    except ValueError:
        # other numbers are written with a hyphen or in eight digits
        return Named(*match.span(), 0, 0, possible=False) if match["sep"] else None


def _of(match: re.Match[str], days: tuple[int, int]) -> Named:
    return Named(*match.span(), *days)


def _relative(match: re.Match[str], today: date) -> tuple[int, int]:
    """Return the days that a word means on a day. Raises ValueError, OverflowError."""
    if word := match["days"]:
        return (shifted(number(today), _DAYS[word]),) * 2
    if word := match["week"]:
        monday, sunday = week(today, _BY[word])
        if not match["weekday"]:
            return monday, sunday
        return (shifted(monday, min(_WEEKDAYS.index(match["weekday"]), 6)),) * 2
    if word := match["month"]:
        return month(today, _BY[word])
    if word := match["quarter"]:
        last = 3 * ((today.month - 1) // 3 + (word == "本"))
        return months(today.year, last - 2, last) if last else months(today.year - 1, 10, 12)
    if word := match["ago"]:
        return ago(today, *_counted(word, _unit(match, "ago")))
    count, unit = _counted(match["recent"], _unit(match, "recent"))
    if unit == "year" and count > 1:
        raise ValueError(count)  # 近五年 is what an article tells, not when it was in the paper
    return number(before(today, count, unit)), number(today)


def _unit(match: re.Match[str], kind: str) -> str:
    return next(unit for unit in ("day", "week", "month", "year") if match.groupdict().get(f"{kind}_{unit}"))


def _counted(word: str, unit: str) -> tuple[int, str]:
    if word != "半":
        return _number(word), unit
    return {"month": (15, "day"), "year": (6, "month")}.get(unit, (1, "day"))


def _day(word: str) -> int:
    """Return the number of a day or month. Raises ValueError for 0, which stands for all of them."""
    if day := _number(word):
        return day
    raise ValueError(word)


def _number(word: str) -> int:
    """Return the number that 2019, 二〇一九, 十一 or 二十 writes."""
    if "十" not in word:
        return int(word.translate(_DIGITS))
    tens, _, units = word.partition("十")
    return 10 * int(tens.translate(_DIGITS) or 1) + int(units.translate(_DIGITS) or 0)

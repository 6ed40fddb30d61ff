"""Dates as records, file names and datelines write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date

from retrieval.model import PartialDate

_CENTURIES = "(?:19|20)"
_RECORD = re.compile(
    rf"({_CENTURIES}\d\d)(?:([-/.])(\d{{1,2}})(?:\2(\d{{1,2}}))?)?(?:[T ]\d.*)?"
    rf"|({_CENTURIES}\d\d)(\d\d)(\d\d)(?:\d{{6}}|T\d.*)?"
)
_CHINESE = re.compile(
    r"(?:([12][09]\d\d)\s*年)?\s*(?:(\d{1,2})\s*月)(?:\s*(\d{1,2})\s*[日号])?|([12][09]\d\d)\s*年"
)
_NAME_DATE = re.compile(
    rf"(?<!\d)({_CENTURIES}\d\d)(?:([-_/.])(\d{{1,2}})(?:\2(\d{{1,2}}))?(?!\d)|(\d\d)(\d\d)(?:\d{{6}})?(?!\d))"
)
_NAME_YEAR = re.compile(rf"(?<!\d)({_CENTURIES}\d\d)(?!\d)")
_NUMERALS = re.compile(r"[〇○零一二三四五六七八九十]+(?=\s*[年月日号])")
_DIGITS = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
_WIRE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:电|讯)")
_DATELINE_LENGTH = 60  # characters: a date further into the text is seldom that of the event
_SPACES = re.compile(r"\s+")


def parse_date(text: str, origin: str = "record") -> PartialDate | None:
    """Return the date that `text` as a whole is, as far as it goes; None for all else and the impossible.

    Reads 2019-11-20, 2019/11/20, 20191120, 2019-11, 2019, ISO 8601 with a time, 2019年11月20日, 11月20日.
    """
    text = _arabic(text.strip())
    if match := _RECORD.fullmatch(text):
        year, _, month, day, *packed = match.groups()
        if packed[0]:
            year, month, day = packed
        return _partial(year, month, day, origin)
    chinese = _CHINESE.fullmatch(text)
    return _from_chinese(chinese, origin) if chinese else None


def date_from_name(name: str) -> PartialDate | None:
    """Return the date in a file's name or, failing that, in the folders it is in: 2019/11/20/wuxi.txt."""
    name = _arabic(name.rsplit(".", 1)[0] if "." in name.rsplit("/", 1)[-1] else name)
    parts = [name.rsplit("/", 1)[-1], name] if "/" in name else [name]
    for part in parts:
        for match in _NAME_DATE.finditer(part):
            year, _, month, day, packed_month, packed_day = match.groups()
            if found := _partial(year, month or packed_month, day or packed_day, "file name"):
                return found
        for match in _CHINESE.finditer(part):
            if found := _from_chinese(match, "file name"):
                return found
    lone = _NAME_YEAR.search(name)
    return PartialDate(int(lone.group(1)), None, None, "file name") if lone else None


def date_from_dateline(paragraph: str) -> PartialDate | None:
    """Return the date at the start of an article: 新华社北京11月20日电, 本报讯 11月20日, 2019年11月20日."""
    head = _arabic(_SPACES.sub("", paragraph[: 2 * _DATELINE_LENGTH]))[:_DATELINE_LENGTH]
    if match := _WIRE.search(head):
        return _partial(match[1], match[2], match[3], "dateline")
    for match in _CHINESE.finditer(head):
        found = _from_chinese(match, "dateline")
        if found is not None and found.month is not None and found.day is not None:
            return found
    return None


def merge_dates(
    record: PartialDate | None, dateline: PartialDate | None, name: PartialDate | None
) -> PartialDate | None:
    """Return the best date of an article: the record's, else the dateline's, else the file name's.

    A month and day without a year take the year from where there is one, and are then "inferred"; a paper of
    1 January that reports on 31 December means the year before.
    """
    if record is not None and record.month is not None and record.day is not None:
        return with_year(record, name)
    if dateline is not None and (record is None or record.month in (None, dateline.month)):
        if dateline.year is not None or record is None:
            return with_year(dateline, name)
        return with_year(dateline, record)
    return record or name


def date_range(date: PartialDate | None) -> tuple[int, int]:
    """Return the first and last day that `date` may mean as yyyymmdd, (0, 0) while its year is unknown."""
    if date is None or date.year is None:
        return 0, 0
    year, month, day = date.year * 10_000, date.month, date.day
    if month is None:
        return year + 101, year + 1231
    return year + month * 100 + (day or 1), year + month * 100 + (day or monthrange(date.year, month)[1])


def days_between(one: PartialDate | None, other: PartialDate | None) -> int | None:
    """Return how many days two dates are apart at least, None where that cannot be told."""
    if one is None or other is None:
        return None
    (first, last), (others_first, others_last) = (_ordinals(date) for date in (one, other))
    if not last or not others_last:
        return None
    return max(0, first - others_last, others_first - last)


def _ordinals(found: PartialDate) -> tuple[int, int]:
    """Return the first and the last day that a date may mean, (0, 0) while its year is unknown."""
    if found.year is None:
        return 0, 0
    first = date(found.year, found.month or 1, found.day or 1)
    if found.day is not None:
        return first.toordinal(), first.toordinal()
    last_month = found.month or 12
    return first.toordinal(), date(found.year, last_month, monthrange(found.year, last_month)[1]).toordinal()


def with_year(found: PartialDate, known: PartialDate | None) -> PartialDate:
    """Return a day without a year as that of the year which a paper of `known` means, "inferred"."""
    if found.year is not None or known is None or known.year is None:
        return found
    year = known.year
    if known.month is not None and found.month is not None:
        # a newspaper reports what was, or announces what is near: half a year decides which year is meant
        months_ahead = found.month - known.month
        year += -1 if months_ahead > 6 else 1 if months_ahead < -10 else 0
    return _valid(replace(found, year=year, origin="inferred")) or found


def _from_chinese(match: re.Match[str], origin: str) -> PartialDate | None:
    year, month, day, lone_year = match.groups()
    return _partial(year or lone_year, month, day, origin)


def _partial(year: str | None, month: str | None, day: str | None, origin: str) -> PartialDate | None:
    return _valid(PartialDate(_number(year), _number(month), _number(day), origin))


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _valid(found: PartialDate) -> PartialDate | None:
    if found.month is not None and not 1 <= found.month <= 12:
        return None
    if found.day is not None:
        # without a year 29 February is possible
        last = monthrange(found.year or 2000, found.month or 1)[1]
        if not 1 <= found.day <= last:
            return None
    if found.year is not None and not 1900 <= found.year <= date.max.year:
        return None
    return found


def _arabic(text: str) -> str:
    """Return `text` with Chinese numerals before 年, 月 and 日 as ASCII digits, full-width ones too."""
    text = text.translate({ord("０") + digit: str(digit) for digit in range(10)})
    return _NUMERALS.sub(lambda match: _numeral(match.group()), text)


def _numeral(text: str) -> str:
    if "十" not in text:
        return "".join(_DIGITS[char] for char in text)
    tens, _, units = text.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return text
    return f"{_DIGITS[tens] if tens else '1'}{_DIGITS[units] if units else '0'}"

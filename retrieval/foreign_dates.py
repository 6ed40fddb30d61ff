"""Dates in questions in English and, in their plain forms, in the other languages people ask in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from retrieval.date_phrases import BETWEEN
from retrieval.days import Named, ago, before, months, number, whole
from retrieval.month_names import DOUBTFUL, MONTHS
from retrieval.relative_words import RELATIVE

_S = r"\s{0,2}"
_LETTER = r"[^\W\d_]"
_WORDS, _THAI = (
    "|".join(re.escape(name) for name in sorted(MONTHS, key=len, reverse=True) if (name >= "ก") == thai)
    for thai in (False, True)
)
# Thai joins its words: เดือนพฤศจิกายน.
_MONTH = rf"(?:(?<!{_LETTER})(?:{_WORDS})(?!{_LETTER})\.?|{_THAI})"
_Y = "(?:1[0-9]{3}|2[0-6][0-9]{2})(?![0-9])"  # Thai years count from 543 BC
_DAY = "(?<![0-9.,:])[0-9]{1,2}"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"
_TO = rf"{_S}(?:-|–|to|and|und|bis|y|al|et|au|и|по){_S}"
_OF = rf"{_S}(?:of|de|di)?{_S}"
_COMMA = rf"{_S},?{_S}(?:of|de|del|พ\.ศ\.|ค\.ศ\.)?{_S}"
_DATE = re.compile(
    rf"(?P<day>{_DAY}){_ORDINAL}(?:{_TO}(?P<to_day>[0-9]{{1,2}}){_ORDINAL})?{_OF}(?P<month>{_MONTH})"
    rf"(?:{_COMMA}(?P<year>{_Y}))?"
    rf"|(?P<month_first>{_MONTH}){_S}(?P<day_second>[0-9]{{1,2}})(?![0-9]|[:.,][0-9])(?:st|nd|rd|th)?"
    rf"(?:{_TO}(?P<to_day_second>[0-9]{{1,2}})(?![0-9])(?:st|nd|rd|th)?)?(?:{_COMMA}(?P<its_year>{_Y}))?"
    rf"|(?P<only_month>{_MONTH})(?:{_COMMA}(?P<month_s_year>{_Y}))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(?<![0-9./-])(?P<one>[0-9]{1,2})(?P<sep>[./-])(?P<other>[0-9]{1,2})(?P=sep)(?P<year>[12][0-9]{3})(?![0-9])"
)
_YEAR = re.compile(rf"(?<![\w.,])(?P<year>{_Y})(?P<decade>s|-х|er\b)?(?![.,][0-9]|[^\W_])|(?<=[ก-๛.]){_Y}")
_PAIR = re.compile(
    rf"(?<![\w.,])(?P<one>{_Y}),?(?:\s?(?P<to>[-–]|\b(?:to|until|through|bis|al?|à|au|до|по|tot|do)\b|ถึง|إلى|حتى)"
    rf"|\s(?:and|und|et|y|e|и|i|en|ve|و|และ))\s{{0,2}}(?:ปี\s?)?(?P<other>{_Y}|(?<=[-–])[0-9]{{2}}(?![0-9]))"
)
# What must stand around a number for it to be a year: surely, or if nothing is counted after it.
_SURELY = re.compile(
    r"(?<!\w)(?:in|during|throughout|since|until|till|before|after|between|year|en|desde|hasta|entre|año|durante|"
    r"depuis|avant|après|année|im|jahr|jahre|seit|vor|nach|em|ano|até|nel|dal|anno|sinds|jaar|tot|w|od|przed|в|с|"
    r"после|عام|سنة|منذ|قبل|بعد|في)(?:\s{1,2}the)?(?:\s{1,2}year)?\s{1,2}$|(?:ปี|พ\.ศ\.|ค\.ศ\.|ตั้งแต่)\s{0,2}$",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"(?<!\w)(?:on|of|by|and|to|from|for|through|de|del|y|al?|et|à|bis|und|von|ab|no|e|po|do|по|и|до)\s{1,2}$|^\s*$"
    r"|[-–]\s{0,2}$",
    re.IGNORECASE,
)
_YEAR_WORD = re.compile(r"(?:\s?(?:год\w{0,2}|г\.|roku|yıl\w{0,6})(?!\w)|['’][dt][ae]\b)", re.IGNORECASE)
_ENDS = re.compile(
    r"\s*(?:$|[?!.,;:)–-]|(?:to|until|through|and|bis|und|по|и|y|al?|et|à|e|en|tot|do)\s)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\s{1,2}(?!was |does |has |is |this )(?:[a-z]+s|people|men|women|children)\b", re.IGNORECASE
)

_NUMERALS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_COUNT = rf"(?:[0-9]{{1,3}}|{'|'.join(_NUMERALS)})"
_RECENT = re.compile(
    rf"\b(?:last|past)\s(?P<recent>{_COUNT}\s)?(?P<unit>day|week|month|year)s?\b"
    rf"|\b(?P<ago>{_COUNT}|an?)\s(?P<ago_unit>day|week|month)s?\sago\b",
    re.IGNORECASE,
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\blast\s({'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_LAST = re.compile(r"(?<!\w)(?:last|past|pasado|letzte[nrms]?|прошл\w{2,4}|scorso)\s$", re.IGNORECASE)
_THIS = re.compile(r"(?<!\w)this\s$", re.IGNORECASE)
_LAST_AFTER = re.compile(r"\s(?:pasado|passado|dernier|scorso)\b", re.IGNORECASE)
_PARTS = {
    **{name: (3 * at + 1, 3 * at + 3) for at, names in enumerate(
        ("q1 first 1st", "q2 second 2nd", "q3 third 3rd", "q4 fourth 4th")) for name in names.split()},
    "h1": (1, 6), "h2": (7, 12), "first half": (1, 6), "second half": (7, 12),
}  # fmt: skip
_PART = re.compile(
    rf"\b(?:(?P<part>[qh][1-4])(?:\sof)?|(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th)\s(?P<of>quarter|half)\s(?:of\s)?)"
    rf"\s?(?P<year>{_Y})|\b(?P<year_first>{_Y})\s?(?P<part_second>[qh][1-4])\b",
    re.IGNORECASE,
)


def foreign_dates(text: str, today: date) -> Iterator[Named]:
    """Yield the stretches of days that folded `text` names, each kind of wording in its order."""
    for match in _PART.finditer(text):
        if found := _part(match):
            yield found
    for pattern, unit, by in RELATIVE:
        for match in pattern.finditer(text):
            yield Named(*match.span(), *ago(today, -by, unit), lone=unit == "year")
    for match in _RECENT.finditer(text):
        try:
            yield Named(*match.span(), *_recent(match, today))
        except (ValueError, OverflowError):
            continue
    for match in _WEEKDAY.finditer(text):
        back = (today.weekday() - _WEEKDAYS.index(match[1].lower()) - 1) % 7 + 1
        yield Named(*match.span(), *ago(today, back, "day"))
    for match in _NUMBERS.finditer(text):
        if found := _in_numbers(match):
            yield found
    for match in _DATE.finditer(text):
        if found := _date(match, today):
            yield found
    for match in _PAIR.finditer(text):
        if found := _pair(match):
            yield found
    for match in _YEAR.finditer(text):
        if found := _year(match):
            yield found


def _date(match: re.Match[str], today: date) -> Named | None:
    name = match["month"] or match["month_first"] or match["only_month"]
    at = MONTHS.get(name.lower()) or MONTHS[name.lower().rstrip(".")]
    year = _counted_year(match["year"] or match["its_year"] or match["month_s_year"] or "0")
    if not match["only_month"]:
        first = int(match["day"] or match["day_second"])
        last = int(match["to_day"] or match["to_day_second"] or first)
        if not year and max(first, last) > 39:  # mai 68
            return None
        if not year and name.lower() in DOUBTFUL and _COUNTED.match(match.string, match.end()):
            return None  # how many may 20 people carry
        try:
            days = whole(year, at, first or 32)[0], whole(year, at, last or 32)[1]
            return Named(*match.span(), *days, ranged=first != last)
        except ValueError:
            return Named(*match.span(), 0, 0, possible=False)
    ahead = match.string[max(0, match.start() - 24) : match.start()]
    start, end = match.span()
    if not year:
        if _LAST.search(ahead) or _LAST_AFTER.match(match.string, end):
            year = today.year - (at >= today.month)  # the last one that is over
        elif _THIS.search(ahead):
            year = today.year
        elif name.lower().rstrip(".") in DOUBTFUL and not _SURELY.search(ahead):
            return None
    return Named(start, end, *whole(year, at))


def _year(match: re.Match[str]) -> Named | None:
    text, (start, end) = match.string, match.span()
    ahead = text[max(0, start - 24) : start]
    year = _counted_year(match.group()[:4])
    if match["decade"]:
        return Named(start, end, whole(year)[0], whole(year + 9)[1]) if year % 10 == 0 else None
    counted = year % 100 == 0 and _COUNTED.match(text, end)
    if word := _YEAR_WORD.match(text, end):
        end = word.end()
    elif counted or not (_SURELY.search(ahead) or (_LIKELY.search(ahead) and _ENDS.match(text, end))):
        return None
    return Named(start, end, *whole(year), lone=True)


def _pair(match: re.Match[str]) -> Named | None:
    """Return the years from one to another, as in 1980-84, 2000 to 2005, between 1980 and 1984."""
    one, other = _counted_year(match["one"]), _counted_year(match["other"])
    other += one // 100 * 100 if other < 100 else 0
    if match["to"] or BETWEEN.search(match.string[max(0, match.start() - 16) : match.start()]):
        return Named(*match.span(), whole(one)[0], whole(other)[1], ranged=True)
    return None


def _counted_year(digits: str) -> int:
    year = int(digits)
    return year - 543 if year >= 2400 else year


def _part(match: re.Match[str]) -> Named | None:
    part = match["part"] or match["part_second"] or match["ordinal"]
    part = f"{part} half" if match["of"] and match["of"].lower() == "half" else part
    found = _PARTS.get(part.lower())
    year = _counted_year(match["year"] or match["year_first"])
    return Named(*match.span(), *months(year, *found)) if found else None


def _in_numbers(match: re.Match[str]) -> Named | None:
    """Return what 20.11.2019 or 11/20/2019 means, None for 11/12/2019, which is two different days."""
    year, one, other = int(match["year"]), int(match["one"]), int(match["other"])
    orders = {(other, one)} if match["sep"] == "." else {(other, one), (one, other)}
    days = []
    for at, day in orders:
        try:
            days.append(whole(year, at or 13, day or 32))
        except ValueError:
            continue
    if not days:
        return Named(*match.span(), 0, 0, possible=False)
    return Named(*match.span(), *days[0]) if len(days) == 1 else None


def _recent(match: re.Match[str], today: date) -> tuple[int, int]:
    """Return the days up to today, or those so long ago. Raises ValueError, OverflowError."""
    if match["ago"]:
        return ago(today, _count(match["ago"]), match["ago_unit"].lower())
    count, unit = _count(match["recent"] or "1"), match["unit"].lower()
    if unit == "year" and count > 1:
        raise ValueError(count)  # "the last five years" is what an article tells, not when it was printed
    return number(before(today, count, unit)), number(today)


def _count(word: str) -> int:
    word = word.strip().lower()
    return int(word) if word.isdecimal() else 1 if word in ("a", "an") else _NUMERALS.index(word) + 1

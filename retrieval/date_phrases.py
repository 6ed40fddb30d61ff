"""Dates that belong together: both ends of a stretch, and the year that several share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.days import Named, from_number, whole

_TO = re.compile(
    r"\s{0,2}(?:至|到|から|부터|[-–—―~〜]{1,2}|إلى|حتى|ถึง"
    r"|(?:to|until|till|through|bis(?: zum)?|al?|à|au|jusqu'(?:à|au|en)|hasta(?: el)?|até|fino al?"
    r"|tot(?: en met)?|do|до|по)\s)\s{0,2}(?:the\s|次年|翌年)?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s{0,2}(?:和|与|及|(?:and|und|et|y|e|en|i|a|и|و)\s|และ)\s{0,2}(?:the\s)?", re.IGNORECASE)
BETWEEN = re.compile(
    r"(?:between|zwischen|entre|tra|fra|tussen|między|между|بين|ระหว่าง)\s{0,2}(?:the\s|ปี\s?)?$", re.IGNORECASE
)
_BESIDE = re.compile(r"\s?(?:of|de|del|do)?\s?", re.IGNORECASE)  # November of last year
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


def phrases(text: str, named: Iterable[Named]) -> list[Named]:
    """Return what `text` names with stretches joined and shared years filled in, in its order.

    Of what overlaps, the first and longest is taken.
    """
    found: list[Named] = []
    for item in sorted(named, key=lambda item: (item.start, -item.end)):
        if found and item.start < found[-1].end:
            continue
        if not item.possible or not found or not found[-1].possible:
            found.append(item)
            continue
        last, gap = found[-1], text[found[-1].end : item.start]
        if last.yearless and item.lone and _BESIDE.fullmatch(gap):
            found[-1] = _in_year(last, item.first // 1_0000)._replace(end=item.end)
            continue
        if _SENTENCE_END.search(gap):
            found.append(item)
            continue
        ranged = _TO.fullmatch(gap) or (
            _AND.fullmatch(gap)
            and (
                BETWEEN.search(text, max(0, last.start - 16), last.start) or text.startswith("之间", item.end)
            )
        )
        if item.yearless and not last.yearless and last.first // 1_0000 == last.last // 1_0000:
            year = last.first // 1_0000
            item = _in_year(item, year + bool(ranged and item.first < last.first % 1_0000))
            if last.lone and item.possible and not ranged:
                found.pop()  # 2019年全省11月20日: the year was only said to say of which year the day is
                item = item._replace(start=last.start) if not gap.strip() else item
        elif ranged and last.yearless and not item.yearless:
            last = _in_year(last, item.first // 1_0000)
            if last.first > item.first:
                last = _in_year(found[-1], item.first // 1_0000 - 1)
        if ranged and item.possible and last.possible:
            found[-1] = Named(last.start, item.end, last.first, item.last, ranged=True)
        else:
            found.append(item)
    return found


def _in_year(item: Named, year: int) -> Named:
    """Return days of any year as those of one; what that year does not have is impossible."""
    first, last = item.first + year * 1_0000, item.last + year * 1_0000
    if item.last == 229 and item.first != 229:
        last = whole(year, 2)[1]
    if item.first > item.last:
        last += 1_0000
    try:
        from_number(first), from_number(last)
    except ValueError:
        return item._replace(first=0, last=0, possible=False)
    return item._replace(first=first, last=last)

"""What stands before or after a day in a question: since, until, by, compared to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.days import Named


@dataclass(frozen=True, slots=True)
class Relations:
    """How what is asked for lies to the days that are named."""

    as_of: bool
    since: bool
    after: bool
    before: bool
    until: bool


def is_compared(text: str, item: Named) -> bool:
    """Tell whether days are only what something is compared to."""
    return bool(
        _COMPARED_TO.search(text, max(0, item.start - 16), item.start) or _COMPARED.match(text, item.end)
    )


def relations_of(text: str, item: Named) -> Relations:
    """Return what the words around days say."""

    def says(before: re.Pattern[str], after: re.Pattern[str]) -> bool:
        return bool(before.search(text, max(0, item.start - 24), item.start) or after.match(text, item.end))

    return Relations(
        as_of=says(_AS_OF, _AS_OF_AFTER),
        since=says(_SINCE, _SINCE_AFTER),
        after=says(_AFTER, _AFTER_AFTER),
        before=says(_BEFORE, _BEFORE_AFTER),
        until=says(_UNTIL, _UNTIL_AFTER),
    )


_COMPARED_TO = re.compile(r"(?:[比较]|compared (?:to|with)|than in)\s{0,2}$", re.IGNORECASE)
_COMPARED = re.compile(r"\s{0,2}(?:的?同期|相比|相较)")
_ARTICLE = r"(?:\s{1,2}(?:the|zum|dem|den|le|el|il|o|al?))?"
_THE = rf"{_ARTICLE}(?:\s{{1,2}}(?:year|jahr|año|ano|anno|année|roku|عام|سنة))?\s{{1,2}}$"
_SINCE = re.compile(
    rf"(?:自从?|(?<!\w)(?:since|desde|depuis|seit|sinds|od|dal|с|منذ){_THE}|ตั้งแต่\s{{0,2}}(?:ปี\s{{0,2}})?)$",
    re.IGNORECASE,
)
_SINCE_AFTER = re.compile(r"\s{0,2}(?:年?以来|至今|开始|起|から|以降|부터|(?:on|onwards?)\b)", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?<!\w)(?:after|después de|après|nach|depois de|dopo|na|po|после|بعد){_THE}|หลัง(?:ปี)?\s{{0,2}}$",
    re.IGNORECASE,
)
_AFTER_AFTER = re.compile(r"\s{0,2}(?:[以之]后|过后|后(?![续期面来])|이후)")
_BEFORE = re.compile(
    rf"(?<!\w)(?:before|prior to|antes de|avant|vor|prima del?|voor|przed|до|قبل){_THE}|ก่อน(?:ปี)?\s{{0,2}}$",
    re.IGNORECASE,
)
_BEFORE_AFTER = re.compile(
    r"\s{0,2}(?:[以之]前|前(?![0-9一二三四五六七八九十两几半后期往来进夕提身列线瞻景])|이전)"
)
_UNTIL = re.compile(
    rf"(?<!\w)(?:until|till|up to|hasta|jusqu'en|bis|até|fino al?|tot){_THE}|ถึง(?:ปี)?\s{{0,2}}$",
    re.IGNORECASE,
)
_UNTIL_AFTER = re.compile(r"\s{0,2}(?:まで|까지)")
_AS_OF = re.compile(
    r"(?:截[至止]到?|[到至迄]"
    r"|(?<!\w)(?:by|as of|к|بحلول)(?:\s{1,2}the)?(?:\s{1,2}(?:end of|year|سنة|عام))?\s{1,2})$",
    re.IGNORECASE,
)
_AS_OF_AFTER = re.compile(r"\s{0,2}为止")

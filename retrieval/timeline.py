"""When articles are of: by their own dates, by those of the paper, and by the dates that their texts name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from retrieval.date_phrases import phrases
from retrieval.dates import date_range, with_year
from retrieval.days import from_number, shifted, whole
from retrieval.folding import fold
from retrieval.layout import Layout
from retrieval.model import Article, PartialDate
from retrieval.periods import Period, Span
from retrieval.storing import load_array, save_array

if TYPE_CHECKING:
    from retrieval.inheritance import Inheritance

_FILES = ("dates", "mentions")

Days = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

_UNKNOWN = ((0, 0), (0, 0))
_YEAR = 1_0000  # in yyyymmdd; smaller numbers are days of any year
_EACH_DAY = 14  # of a stretch no longer than this every day is kept: a meeting from 20 to 22 is also on 21


class Timeline:
    """The dates of one generation's articles and passages. Safe to use from several threads."""

    def __init__(self, owners: Days, articles: Days, mentions: Days) -> None:
        """Take the article of each passage (n,), and what `Timeline.write` stores."""
        self._owners = owners
        self._articles = articles
        self._passages, self._first, self._last = mentions[:, 0], mentions[:, 1], mentions[:, 2]

    @classmethod
    def open(cls, layout: Layout) -> Timeline:
        """Return the timeline of a generation."""
        loaded = [
            [load_array(folder / f"{name}.npy", mapped=True) for folder in layout.folders] for name in _FILES
        ]
        mentions = [np.zeros((0, 3), np.int32)]
        for told, numbers in zip(loaded[1], layout.passages.numbers, strict=True):
            passages = numbers[told[:, 0]]
            there = passages >= 0
            mentions.append(np.column_stack([passages[there], told[there, 1:]]))
        return cls(layout.owners, layout.articles.gather(loaded[0]), np.concatenate(mentions))

    @staticmethod
    def write(
        folder: Path, articles: Iterable[tuple[Article, Iterable[str]]], taken: Inheritance | None = None
    ) -> None:
        """Store when articles are of and which days the texts of their passages name.

        dates.npy, int32 (articles, 2, 2), has the first and last day of what each reports and of the paper,
        yyyymmdd, 0 where unknown; mentions.npy, int32 (m, 3), a passage with the first and last day of what
        it names. A day whose year is unknown is mmdd. What is `taken` over is known.
        """
        days: list[tuple[tuple[int, int], tuple[int, int]]] = []
        mentions: list[tuple[int, int, int]] = []
        passage = 0
        for number, (article, texts) in enumerate(articles):
            known = taken is not None and taken.articles[number]
            days.append(_UNKNOWN if known else (_range(article.date), _range(article.published)))
            for text in texts:
                if not known:
                    mentions += ((passage, first, last) for first, last in days_told(text, article))
                passage += 1
        dates = np.asarray(days, np.int32).reshape(-1, 2, 2)
        told = [np.asarray(mentions, np.int32).reshape(-1, 3)]
        if taken is not None:
            for numbers, theirs in taken.of_articles("dates.npy"):
                dates[numbers] = theirs
            told += taken.about_passages("mentions.npy")
        every = np.concatenate(told)
        save_array(folder / "dates.npy", dates)
        save_array(folder / "mentions.npy", every[np.argsort(every[:, 0], kind="stable")])

    def between(self, first: int, last: int) -> Mask:
        """Return which passages (n,) are of articles of these days; a date without a year is of none."""
        known = self._articles[:, :, 0] >= _YEAR
        within = known & (self._articles[:, :, 0] <= last) & (self._articles[:, :, 1] >= first)
        return self._of_articles(within)

    def of(self, period: Period) -> Mask:
        """Return which passages (n,) are of articles that are of this time or tell of a day in it."""
        articles = np.zeros(self._articles.shape[:2], np.bool_)
        for span in period.spans:
            articles |= _overlap(self._articles[:, :, 0], self._articles[:, :, 1], span)
        articles[self._owners[self._passages[self._told(period)]]] = True
        return self._of_articles(articles)

    def undated(self) -> Mask:
        """Return which passages (n,) are of articles about whose date nothing is known."""
        return ~self._of_articles(self._articles[:, :, 1] > 0)

    def telling(self, period: Period) -> Mask:
        """Return which passages (n,) name a day of this time themselves."""
        passages = np.zeros(len(self._owners), np.bool_)
        passages[self._passages[self._told(period)]] = True
        return passages

    def score(self, period: Period) -> npt.NDArray[np.float32]:
        """Return 1 for passages that name a day of this time and 0 for others, float32 (n,)."""
        return self.telling(period).astype(np.float32)

    def _of_articles(self, marked: Mask) -> Mask:
        """Return which passages (n,) are of articles with a mark for either date, of marks (articles, 2)."""
        articles: Mask = np.logical_or(marked[:, 0], marked[:, 1])
        return articles[self._owners]

    def _told(self, period: Period) -> Mask:
        told = np.zeros(len(self._first), np.bool_)
        for span in period.spans:
            told |= _within(self._first, self._last, span)
        return told


def days_told(text: str, article: Article) -> list[tuple[int, int]]:
    """Return the stretches of days that a passage of `article` names, in their order, each once.

    Words such as 昨天 and days without a year are read from the day of the paper, else of the article.
    """
    from retrieval.chinese_dates import chinese_dates  # questions seldom need it

    known = next((day for day in (article.published, article.date) if day and day.year), None)
    today = date(known.year or 1, known.month or 12, known.day or 1) if known else None
    exact = known is not None and known.day is not None
    text = fold(text)
    told: dict[tuple[int, int], None] = {}
    for item in phrases(text, chinese_dates(text, today, to_the_day=exact, in_passage=True)):
        if not item.possible or (item.first > item.last and not item.yearless):
            continue
        first, last = item.first, item.last
        if item.yearless and known is not None:
            first = _in_its_year(first, known)
            last = last + first // _YEAR * _YEAR + _YEAR * (item.last < item.first)
        told.update(dict.fromkeys([(first, last), *(_parts(first, last) if item.ranged else [])]))
    return list(told)


def _in_its_year(day: int, known: PartialDate) -> int:
    """Return a day without a year as that which a paper of `known` means."""
    found = with_year(PartialDate(None, day // 100, day % 100), known)
    year = found.year if found.year is not None else known.year or 0
    return year * _YEAR + day


def _parts(first: int, last: int) -> list[tuple[int, int]]:
    """Return what else is told where both ends are: the two years, the two months, each of a few days."""
    years, ends = (first // _YEAR, last // _YEAR), (first % _YEAR, last % _YEAR)
    if ends == (101, 1231):
        return [whole(year) for year in years]
    last_month = (last // _YEAR, last // 100 % 100)
    if first % 100 == 1 and last == whole(*last_month)[1]:
        return [whole(first // _YEAR, first // 100 % 100), whole(*last_month)]
    if years[0]:
        with suppress(ValueError):  # 29 February of another year
            days = (from_number(last) - from_number(first)).days
            if days < _EACH_DAY:
                return [(shifted(first, by),) * 2 for by in range(days + 1)]
    return [(first, first), (last, last)]


def _range(day: PartialDate | None) -> tuple[int, int]:
    """Return the days that a date may mean, as mmdd where its year is unknown and (0, 0) where all is."""
    if day is None or day.year is not None or day.month is None:
        return date_range(day)
    return whole(0, day.month, day.day or 0)


def _overlap(first: Days, last: Days, span: Span) -> Mask:
    """Return which days of articles share a day with `span`; year 0 is any year."""
    yearly = _of_the_year(span.first, span.last)
    any_year = first > 0
    if yearly is not None:
        (start, end), one, other = yearly, first % _YEAR, last % _YEAR
        begins_within = _turned(one, start) <= _turned(end, start)
        any_year &= begins_within | (_turned(start, one) <= _turned(other, one))
    if span.yearly:
        return np.asarray(any_year, np.bool_)
    known = first >= _YEAR
    return np.asarray(np.where(known, (first <= span.last) & (last >= span.first), any_year), np.bool_)


def _within(first: Days, last: Days, span: Span) -> Mask:
    """Return which stretches of days lie within `span` or are what it is named by; year 0 is any year."""
    yearly = _of_the_year(span.first, span.last)
    any_year = np.ones(len(first), np.bool_)
    if yearly is not None:
        start, end = yearly
        one, other = _turned(first % _YEAR, start), _turned(last % _YEAR, start)
        any_year = (one <= other) & (other <= _turned(end, start))
        any_year &= last // _YEAR - first // _YEAR <= (first % _YEAR > last % _YEAR)  # less than a year
    if span.yearly:
        return np.asarray(any_year, np.bool_)
    known = first >= _YEAR
    inside = (first >= span.first) & (last <= span.last)
    inside |= (first == span.named[0]) & (last == span.named[1])
    return np.asarray(np.where(known, inside, any_year), np.bool_)


def _of_the_year(first: int, last: int) -> tuple[int, int] | None:
    """Return a stretch of days as mmdd of any year, None where it holds every day of the year."""
    if last < _YEAR:
        return first, last
    years = last // _YEAR - first // _YEAR
    if years > 1 or (years == 1 and last % _YEAR >= first % _YEAR):
        return None
    return first % _YEAR, last % _YEAR


def _turned(days: Days | int, start: Days | int) -> Days:
    """Return days of the year so that `start` is the first of them: those before it come after all others."""
    return np.asarray(np.where(np.less(days, start), np.add(days, 1300), days), np.int32)

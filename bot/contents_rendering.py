"""The list of articles as Telegram messages, paged by buttons that work after a restart. Pure.

c:m:0         a page of months
c:2019-11:0   a page of the articles of a month ("2019", "--11" and "-" as far as it is known)
c:all:0       a page of all articles, the newest first
a:KEY         an article, by what `article_key` makes of its id
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.shelf import Contents
from bot.telegram_callbacks import article_key
from bot.telegram_markup import escape, headline, one_line, render_date
from bot.telegram_screens import Button, Row, Screen
from bot.texts import Texts
from retrieval.model import ArticleRef

LIST_PREFIX, ARTICLE_PREFIX = "c:", "a:"
ALL, MONTHS, UNDATED = "all", "m", "-"

_ARTICLES, _PER_ROW = 8, 4
_MONTHS_SHOWN, _MONTHS_PER_ROW = 12, 2
_HEADLINE_UNITS, _SOURCE_UNITS = 120, 60
_DATA = re.compile(r"c:(all|m|-|\d{4}(?:-\d{2})?|--\d{2}):(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    what: str
    """ALL, MONTHS, UNDATED or a month."""
    number: int = 0


def read_page(data: str) -> Page | None:
    """Return the page that a button leads to, None for another button."""
    match = _DATA.fullmatch(data)
    return Page(match[1], int(match[2])) if match else None


def render_list(contents: Contents, page: Page, texts: Texts) -> Screen:
    """Return a page of articles or months; the last one where there are fewer by now."""
    if not contents.articles:
        return Screen(texts.no_articles)
    if page.what == MONTHS:
        return _render_months(contents, page, texts)
    if page.what == ALL:
        articles, title = contents.articles, texts.newest
    else:
        articles = contents.months.get("" if page.what == UNDATED else page.what, ())
        title = escape(_month_name("" if page.what == UNDATED else page.what, texts))
    if not articles:  # of a month that is gone
        return _render_months(contents, Page(MONTHS), texts)
    number, last = _within(page.number, len(articles), _ARTICLES)
    shown = articles[number * _ARTICLES : (number + 1) * _ARTICLES]
    first = number * _ARTICLES + 1
    lines = [_line(at, article, texts) for at, article in enumerate(shown, first)]
    buttons = [
        Button(str(at), f"{ARTICLE_PREFIX}{article_key(article.id)}")
        for at, article in enumerate(shown, first)
    ]
    rows = (
        *_in_rows(buttons, _PER_ROW),
        _pager(page.what, number, last),
        (Button(texts.button_months, _data(MONTHS, 0)),),
    )
    heading = f"<b>{title}</b> · {texts.number_of_articles.format(articles=len(articles))}"
    return Screen("\n\n".join((heading, *lines)), tuple(row for row in rows if row))


def _render_months(contents: Contents, page: Page, texts: Texts) -> Screen:
    months = list(contents.months.items())
    number, last = _within(page.number, len(months), _MONTHS_SHOWN)
    shown = months[number * _MONTHS_SHOWN : (number + 1) * _MONTHS_SHOWN]
    buttons = [
        Button(f"{_month_name(month, texts)} ({len(articles)})", _data(month or UNDATED, 0))
        for month, articles in shown
    ]
    rows = (*_in_rows(buttons, _MONTHS_PER_ROW), _pager(MONTHS, number, last))
    heading = f"<b>{texts.by_month}</b> · {texts.number_of_articles.format(articles=len(contents.articles))}"
    return Screen(heading, tuple(row for row in rows if row))


def _line(at: int, article: ArticleRef, texts: Texts) -> str:
    parts = (render_date(article.date, texts), one_line(article.source, _SOURCE_UNITS))
    about = " · ".join(escape(one_line(part)) for part in parts if part)
    return f"{at}. {escape(headline(article, texts, _HEADLINE_UNITS))}" + (
        f"\n<i>{about}</i>" if about else ""
    )


def _month_name(month: str, texts: Texts) -> str:
    if not month:
        return texts.without_date
    if month.startswith("--") and 1 <= int(month[2:]) <= len(texts.months):
        return texts.month_only.format(month=texts.months[int(month[2:]) - 1])
    return render_date(month, texts)


def _within(number: int, count: int, size: int) -> tuple[int, int]:
    """Return the page that is there and the last one."""
    last = max(count - 1, 0) // size
    return min(max(number, 0), last), last


def _pager(what: str, number: int, last: int) -> Row:
    if not last:
        return ()
    back = (Button("◀", _data(what, number - 1)),) if number else ()
    on = (Button("▶", _data(what, number + 1)),) if number < last else ()
    return (*back, Button(f"{number + 1}/{last + 1}", _data(what, number)), *on)


def _data(what: str, number: int) -> str:
    return f"{LIST_PREFIX}{what}:{number}"


def _in_rows(buttons: Sequence[Button], size: int) -> list[Row]:
    return [tuple(buttons[at : at + size]) for at in range(0, len(buttons), size)]

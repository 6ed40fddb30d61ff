"""The list of articles: everything can be reached, within Telegram's limits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contents_rendering import ALL, ARTICLE_PREFIX, MONTHS, Page, read_page, render_list
from bot.shelf import Contents, month_of, newest_first
from bot.telegram_callbacks import DATA_BYTES, article_key
from bot.telegram_screens import Screen
from bot.texts import LANGUAGES
from bot.utf16 import utf16_len
from retrieval.model import ArticleRef
from tests.bot.telegram_html import parse

ZH = LANGUAGES["zh"]

_DATES = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda date: str(date)[:7]),
    st.dates().map(lambda date: str(date)[:4]),
    st.dates().map(lambda date: f"-{str(date)[4:]}"),
    st.just(""),
)
_TITLES = st.text(st.sampled_from("会议<b>&😀 \n\x00\ud800x"), max_size=300)
_REFS = st.lists(
    st.builds(ArticleRef, st.uuids().map(str), _TITLES, _DATES, _TITLES),
    max_size=40,
    unique_by=lambda ref: ref.id,
)


def _contents(articles: list[ArticleRef]) -> Contents:
    return Contents(3, "2026-01-02T03:04:05+00:00", 9, newest_first(articles))


def _reachable(contents: Contents, start: Page) -> dict[str, Screen]:
    """Return every page that buttons lead to, by their data."""
    found: dict[str, Screen] = {}
    waiting = [f"c:{start.what}:{start.number}"]
    while waiting:
        data = waiting.pop()
        page = read_page(data)
        if data in found or page is None:
            continue
        found[data] = render_list(contents, page, ZH)
        waiting += [button.data for row in found[data].rows for button in row]
    return found


@settings(max_examples=40, deadline=None)
@given(_REFS, st.sampled_from([ALL, MONTHS]))
def test_every_article_can_be_reached(articles: list[ArticleRef], start: str) -> None:
    pages = _reachable(_contents(articles), Page(start))
    opened: set[str] = set()
    for screen in pages.values():
        assert utf16_len(parse(screen.text).text) <= 4096
        for button in (button for row in screen.rows for button in row):
            assert 1 <= len(button.data.encode()) <= DATA_BYTES and button.label.strip()
            assert button.data.startswith(ARTICLE_PREFIX) or read_page(button.data)
            opened.add(button.data)
        assert all(0 < len(row) <= 8 for row in screen.rows)
    assert {f"{ARTICLE_PREFIX}{article_key(each.id)}" for each in articles} <= opened


@given(_REFS)
def test_the_newest_come_first_and_the_undated_last(articles: list[ArticleRef]) -> None:
    ordered = newest_first(articles)
    assert sorted(ref.id for ref in ordered) == sorted(ref.id for ref in articles)
    kinds = [0 if ref.date[:1].isdigit() else 1 if ref.date else 2 for ref in ordered]
    assert kinds == sorted(kinds)
    dates = [ref.date for ref in ordered]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page(code: str) -> None:
    texts = LANGUAGES[code]
    refs = [ArticleRef(str(n), f"会议<{n}>", f"2024-0{n % 2 + 1}-03", "日报") for n in range(20)]
    refs += [ArticleRef("u", "", "--11-20", ""), ArticleRef("v", "无", "", "")]
    contents = _contents(refs)
    first = render_list(contents, Page(ALL), texts)
    assert parse(first.text).text.startswith(
        f"{texts.newest} · {texts.number_of_articles.format(articles=22)}"
    )
    assert "1. 会议<19>" in parse(first.text).text
    assert [button.label for button in first.rows[2]] == ["1/3", "▶"]
    assert render_list(contents, Page(ALL, 99), texts) == render_list(contents, Page(ALL, 2), texts)
    months = render_list(contents, Page(MONTHS), texts)
    assert [button.label.rpartition(" ")[2] for row in months.rows for button in row] == [
        "(10)",
        "(10)",
        "(1)",
        "(1)",
    ]
    assert texts.untitled in render_list(contents, Page("--11"), texts).text
    assert texts.without_date in render_list(contents, Page("-"), texts).text
    assert render_list(contents, Page("1999-01"), texts) == months  # a month that is gone
    assert render_list(_contents([]), Page(ALL), texts) == Screen(texts.no_articles)


def test_months() -> None:
    assert [month_of(date) for date in ("2019-11-20", "2019-11", "2019", "--11-20", "")] == [
        "2019-11",
        "2019-11",
        "2019",
        "--11",
        "",
    ]


@given(st.text(max_size=20))
def test_whatever_a_button_carries_is_read_or_refused(data: str) -> None:
    page = read_page(data)
    assert page is None or data.startswith("c:")

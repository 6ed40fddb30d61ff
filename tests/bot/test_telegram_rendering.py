from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alert_rendering import read_alert_press
from bot.telegram_callbacks import Action, decode
from bot.telegram_markup import MESSAGE_UNITS, plain_text, render_date
from bot.telegram_ratings import read_rating
from bot.telegram_rendering import (
    render_answer,
    render_citation,
    render_help,
    render_others,
    render_start,
    render_too_long,
)
from bot.telegram_screens import Screen
from bot.texts import LANGUAGES, Texts, texts_for
from retrieval.model import Answer, ArticleRef, Hit
from tests.bot.botapi_checks import units
from tests.bot.telegram_html import parse

ZH, EN = texts_for("zh"), texts_for("en")

# What hurts: markup, characters of two units, combining ones, what Telegram cannot take.
_NASTY = st.sampled_from(list("<>&\"'/b好的。，😀𠮷👨\u200dé\u0301\n\t\x00\x1b\ud800\udfff ;#x"))
_TEXTS = st.one_of(st.text(_NASTY, max_size=80), st.text(max_size=40))


@st.composite
def _hits(draw: st.DrawFn) -> Hit:
    text = draw(_TEXTS) * draw(st.sampled_from([1, 1, 1, 30, 200]))
    start = draw(st.integers(-1, len(text) + 1))
    end = draw(st.integers(start - 1, len(text) + 2))
    article = ArticleRef(
        id=draw(st.sampled_from(["a", "b", "c"])),
        title=draw(_TEXTS) * draw(st.sampled_from([0, 1, 1, 50])),
        date=draw(st.sampled_from(["", "2019-11-20", "--11-20", "2019", "2019-11", "2019-99-99", "<b>"])),
        source=draw(_TEXTS),
        url=draw(st.sampled_from(["", 'http://a/?b="<c>"&d=e', "javascript:alert(1)", "https://例.cn/"])),
    )
    return Hit(1, 0.5, article, 1, text, (start, end))


_ANSWERS = st.builds(
    Answer,
    question=_TEXTS,
    answered=st.sampled_from([True, True, True, False]),
    confidence=st.just(0.5),
    generation=st.just(1),
    took_ms=st.just(1.0),
    hits=st.lists(_hits(), max_size=10).map(tuple),
    follows=st.none() | _hits().map(lambda hit: hit.article),
    searched=st.sampled_from(["", "2019-11-20", "--11", "2019 & ..2020"]),
    undated=st.booleans(),
    impossible=st.sampled_from(["", "", "2月30日", "<31 & 13>"]),
)


def _sendable(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", re.sub(r"[\ud800-\udfff]", "\ufffd", text))


def _hit(
    text: str, highlight: tuple[int, int], title: str = "标题", article: str = "a", date: str = "2019-11-20"
) -> Hit:
    return Hit(1, 0.5, ArticleRef(article, title, date, "日报"), 1, text, highlight)


def _answer(*hits: Hit, answered: bool = True) -> Answer:
    return Answer("问", answered, 0.9 if answered else 0.1, 1, 1.0, hits)


def _check(screen: Screen) -> str:
    """Return what a screen shows, once it is seen to be one that Telegram takes."""
    shown = parse(screen.text).text
    assert shown.strip()
    assert units(shown) <= MESSAGE_UNITS
    assert plain_text(screen.text) == shown
    for button in (button for row in screen.rows for button in row):
        assert button.label.strip() and units(button.label) <= 120
        assert any(read(button.data) is not None for read in (decode, read_rating, read_alert_press))
        f"{button.label}{button.data}".encode()
    screen.text.encode("utf-8")
    return shown


def _buttons(screen: Screen) -> list[str]:
    return [button.label for row in screen.rows for button in row]


@given(_ANSWERS, st.integers(0, 12), st.sampled_from(list(LANGUAGES.values())))
def test_screens_are_within_limits_and_well_formed(answer: Answer, position: int, texts: Texts) -> None:
    screen = render_answer(answer, texts, position)
    shown = _check(screen)
    others = render_others(answer, texts, position)
    if others is not None:
        _check(others)
    if not (answer.answered and answer.hits):
        assert others == render_answer(answer, texts)
        return
    hit = answer.hits[min(max(position, 1), len(answer.hits)) - 1]
    assert units(parse(render_citation(hit, texts)).text) <= MESSAGE_UNITS
    (quote,) = parse(screen.text).under("blockquote")
    assert quote in shown
    if units(hit.text) <= 1500:
        assert quote == _sendable(hit.text)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_marked_sentence_stays_visible(before: int, after: int) -> None:
    marked = "他说<b>&😀好。"
    text = "前😀" * before + marked + "后" * after
    start = text.index(marked)
    screen = render_answer(_answer(_hit(text, (start, start + len(marked)))), ZH)
    shown = parse(screen.text)
    assert marked in shown.under("b")
    (quote,) = shown.under("blockquote")
    assert quote.strip("…") in text
    assert quote.startswith("…") == (quote.strip("…") != text and not text.startswith(quote.strip("…")))
    # Folded, three lines are seen; where they do not show the sentence, it stands before them.
    folded = "<blockquote expandable>" in screen.text
    assert folded == (units(quote) > 300)
    assert shown.under("b").count(marked) == 1 + (folded and units(quote[: quote.index(marked)]) > 60)


def test_an_endless_sentence_is_shortened() -> None:
    text = "甲" * 10_000
    message = render_answer(_answer(_hit(text, (0, len(text)))), ZH).text
    assert parse(message).under("b")[1].startswith("甲" * 1000)


def test_an_answer_reads_as_it_should() -> None:
    text = "会议强调。要把教训变成起点。会议要求。"
    message = render_answer(_answer(_hit(text, (5, 14))), ZH).text
    assert message == (
        "<b>标题</b>\n<i>2019年11月20日 · 日报</i>\n"
        "<blockquote>会议强调。<b>要把教训变成起点。</b>会议要求。</blockquote>"
    )


def test_hits_are_paged() -> None:
    hits = [_hit("一。", (0, 2)), _hit("二。", (0, 2)), _hit("三。", (0, 2), "别的", "b")]
    pagers = [["1/3", "▶"], ["◀", "2/3", "▶"], ["◀", "3/3"]]
    for position, pager in enumerate(pagers, start=1):
        screen = render_answer(_answer(*hits), ZH, position)
        assert parse(screen.text).under("blockquote") == [hits[position - 1].text]
        assert _buttons(screen) == [*pager, ZH.button_more, ZH.button_whole, ZH.button_others, "👍", "👎"]
        last = decode(screen.rows[0][-1].data)
        assert last is not None and last.action is Action.HIT and last.position == min(position + 1, 3)
        more = decode(screen.rows[1][0].data)
        assert more is not None and more.article == hits[position - 1].article.id
    assert "1/1" not in _buttons(render_answer(_answer(hits[0]), ZH))


def test_low_confidence_is_said_in_words() -> None:
    hit = _hit("一。", (0, 2))
    for confidence, told in ((0.49, True), (0.5, False)):
        screen = render_answer(Answer("问", True, confidence, 1, 1.0, (hit,)), EN)
        assert (EN.unsure in screen.text) == told


def test_other_articles_are_those_of_other_hits() -> None:
    hits = [
        _hit("一。", (0, 2)),
        _hit("二。", (0, 2), "乙", "b"),
        _hit("三。", (0, 2)),
        _hit("四", (0, 1), "丙", "c"),
    ]
    screen = render_others(_answer(*hits), ZH, 2)
    assert screen is not None
    assert _buttons(screen) == ["标题 (2019年11月20日)", "丙 (2019年11月20日)", ZH.button_back]
    presses = [decode(row[0].data) for row in screen.rows]
    assert [(p.action, p.article, p.position, p.listed) for p in presses if p] == [
        (Action.MORE, "a", 2, True),
        (Action.MORE, "c", 2, True),
        (Action.HIT, "b", 2, False),
    ]
    assert render_others(_answer(hits[0], hits[2]), ZH, 1) is None


def test_nothing_relevant_offers_the_closest_headlines_once_each() -> None:
    hits = [_hit("一。", (0, 2), "甲<会>"), _hit("二。", (0, 2), "甲<会>"), _hit("三。", (0, 2), "乙会", "b")]
    screen = render_answer(_answer(*hits, answered=False), EN)
    assert parse(screen.text).text == f"{EN.nothing_relevant}\n\n{EN.closest}"
    assert _buttons(screen) == [
        "甲<会> (20 November 2019)",
        "乙会 (20 November 2019)",
        EN.button_tell_me,
    ]


@pytest.mark.parametrize("answered", [True, False])
def test_no_hits_at_all(answered: bool) -> None:
    assert render_answer(_answer(answered=answered), ZH) == Screen(ZH.nothing_relevant)


def test_a_link_is_shown_only_where_it_is_one() -> None:
    for url, linked in (("https://a.cn/?x=1&y=2", True), ("javascript:alert(1)", False), ("", False)):
        article = ArticleRef("a", "标题", "", "日报", url=url)
        message = render_answer(_answer(Hit(1, 1.0, article, 1, "文。", (0, 2))), ZH).text
        assert parse(message).under("a") == (["日报"] if linked else [])
        assert parse(message).under("i") == ["日报"]


def test_an_article_without_headline_has_a_name() -> None:
    message = render_answer(_answer(_hit("文。", (0, 2), title=" ")), EN).text
    assert parse(message).under("b")[0] == EN.untitled


@pytest.mark.parametrize(
    ("date", "chinese", "english"),
    [
        ("2019-11-20", "2019年11月20日", "20 November 2019"),
        ("--11-05", "11月5日", "5 November"),
        ("2019-03", "2019年3月", "March 2019"),
        ("2019", "2019年", "2019"),
        ("", "", ""),
        ("-", "-", "-"),
        ("2019-13-01", "2019-13-01", "2019-13-01"),
        ("近日", "近日", "近日"),
    ],
)
def test_dates(date: str, chinese: str, english: str) -> None:
    assert render_date(date, ZH) == chinese
    assert render_date(date, EN) == english


@pytest.mark.parametrize("texts", LANGUAGES.values())
def test_fixed_texts(texts: Texts) -> None:
    assert parse(render_start(texts)).text
    assert "@a_bot" in parse(render_help(texts, "a_bot")).text
    assert "1000" in render_too_long(texts, 1000)


@pytest.mark.parametrize("texts", LANGUAGES.values())
@pytest.mark.parametrize("answered", [True, False])
def test_a_follow_up_is_told_with_its_headline(texts: Texts, answered: bool) -> None:
    article = ArticleRef("a", "防汛 <b>会议</b>", "2024-07-12", "日报")
    hits = tuple(Hit(rank, 1.0, article, rank, "雨大。" * 500, (0, 3)) for rank in range(1, 5))
    screens = [
        render_answer(Answer("谁？", answered, 0.5, 1, 1.0, hits, follows=article), texts, position)
        for position in (1, 4)
    ]
    note = texts.follows.format(headline=article.title)
    for screen in screens:
        assert plain_text(screen.text).startswith(note)
        press = decode(screen.rows[0][0].data)
        assert press is not None and press.follows
    without = render_answer(Answer("谁？", answered, 0.5, 1, 1.0, hits), texts)
    assert note not in plain_text(without.text)

from __future__ import annotations

import pytest

from bot.scope_rendering import render_scope
from bot.telegram_rendering import render_answer as to_telegram
from bot.terminal_rendering import render_answer as to_terminal
from bot.texts import LANGUAGES, texts_for
from retrieval.model import Answer, ArticleRef, Hit
from tests.bot.telegram_html import parse

_HIT = Hit(1, 0.5, ArticleRef("a", "标题", "2019-11-20", "日报"), 1, "会议召开。", (0, 5))


def _answer(searched: str = "", *, hits: bool = True, undated: bool = False, impossible: str = "") -> Answer:
    return Answer(
        "问", hits, 0.9 * hits, 1, 1.0, (_HIT,) * hits,
        searched=searched, undated=undated, impossible=impossible,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "chinese", "english"),
    [
        (_answer(), "", ""),
        (_answer("2019-11-20"), "只查 2019-11-20", "Searched 2019-11-20."),
        (_answer("--11-20"), "只查 11月20日", "Searched 20 November."),
        (_answer("--11, 2019"), "只查 11月, 2019", "Searched November, 2019."),
        (_answer("2018-02", hits=False), "没有 2018-02 的报道。", "There is no article of 2018-02."),
        (
            _answer("2018-02", undated=True),
            "没有注明日期为 2018-02 的报道；以下报道没有日期。",
            "No article is known to be of 2018-02; these have no date.",
        ),
    ],
)
def test_what_was_searched_in_words(answer: Answer, chinese: str, english: str) -> None:
    assert render_scope(answer, texts_for("zh")) == chinese
    assert render_scope(answer, texts_for("en")) == english
    terminal = to_terminal(answer, styled=False).plain
    assert terminal.startswith(f"{chinese} / {english}\n" if chinese else "1. ")
    assert ("会议召开" in terminal) == bool(answer.hits)


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_impossible_date_is_said_as_it_was_written(code: str) -> None:
    answer = _answer(hits=False, impossible="<2月30日>")
    message = to_telegram(answer, texts_for(code)).text
    assert "<2月30日>" in parse(message).text
    assert "<2月30日>" in to_terminal(answer, styled=False).plain
    assert "nothing relevant" not in to_terminal(answer, styled=False).plain


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("searched", ["2019-11-20", "2019 & 2018..2020", "..2018-12-31"])
def test_telegram_says_what_was_searched_once(code: str, searched: str) -> None:
    shown = parse(to_telegram(_answer(searched), texts_for(code)).text).text
    assert shown.count(searched) == 1
    assert shown.index(searched) < shown.index("标题")
    nothing = to_telegram(_answer(searched, hits=False), texts_for(code)).text
    assert parse(nothing).text == render_scope(_answer(searched, hits=False), texts_for(code))

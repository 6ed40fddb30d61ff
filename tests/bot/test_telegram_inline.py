from __future__ import annotations

import json

import pytest

from bot.telegram_inline import render_results
from bot.texts import texts_for
from retrieval.model import Answer, ArticleRef, Hit
from tests.bot.botapi_checks import decode

ZH = texts_for("zh")


def _answer(count: int, *, answered: bool = True) -> Answer:
    text = "开会。" + "强调<安全>&发展😀" * 80 + "。"
    hits = [
        Hit(rank, 1.0, ArticleRef(f"a{rank}", "标题" * 120, "2019-11-20", "日报"), 1, text, (3, len(text)))
        for rank in range(1, count + 1)
    ]
    return Answer("问", answered, 0.9, 7, 1.0, tuple(hits))


@pytest.mark.parametrize(
    ("count", "start", "shown", "next_offset"),
    [
        (3, 0, 3, ""),
        (10, 0, 10, ""),
        (11, 0, 10, "7.10"),
        (21, 10, 10, "7.20"),
        (51, 40, 10, ""),
        (5, 10, 0, ""),
    ],
)
def test_pages(count: int, start: int, shown: int, next_offset: str) -> None:
    page = render_results(_answer(count), start, ZH)
    assert len(page.results) == shown
    assert page.next_offset == next_offset
    assert [result.id for result in page.results] == [f"7.{start + n}" for n in range(1, shown + 1)]


def test_results_are_such_as_telegram_takes() -> None:
    results = [result.to_dict() for result in render_results(_answer(10), 0, ZH).results]
    form = {"inline_query_id": "1", "results": json.dumps(results), "next_offset": "7.10"}
    assert decode("answerInlineQuery", form)[1] == []
    assert all(not any(name.startswith("thumb") for name in result) for result in results)
    assert all(len(result["description"]) <= 200 for result in results)


def test_weak_matches_are_no_results() -> None:
    page = render_results(_answer(3, answered=False), 0, ZH)
    assert page.results == () and page.note == ZH.inline_nothing

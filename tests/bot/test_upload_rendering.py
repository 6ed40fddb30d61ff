from __future__ import annotations

import pytest

from bot.index_run import Outcome
from bot.texts import LANGUAGES, Texts
from bot.upload_reading import Contents, Headline
from bot.upload_rendering import render_indexed, render_undone, shown_name
from bot.uploads import Indexed, Stored
from retrieval.model import ArticleRef
from tests.bot.botapi_checks import units
from tests.bot.telegram_html import parse

NAME = "2026-06-02-abcdefghijklmnopabcd.jsonl"
ODD = "<b>&\U0001f4f0\u202e\x00" * 100


def _indexed(outcome: Outcome, *refs: ArticleRef | None, again: bool = False, known: str = "") -> Indexed:
    headlines = tuple(Headline(f"r{n}", ODD, "", "2026-06-02", NAME, 3) for n in range(len(refs)))
    contents = Contents(40, 120, headlines, (ODD,) * 5, 4)
    return Indexed(Stored(NAME, contents, again, frozenset([known])), outcome, refs)


def _ref(article_id: str, source: str = NAME, *also: str) -> ArticleRef:
    return ArticleRef(article_id, ODD, "2026-06-02", source, also=also)


@pytest.mark.parametrize("texts", LANGUAGES.values())
@pytest.mark.parametrize("outcome", [Outcome({"generation": 7}), Outcome(reason=ODD)])
def test_it_fits_whatever_is_in_it(texts: Texts, outcome: Outcome) -> None:
    refs = [_ref(f"r{n}" * 100, ODD, *[ODD] * 9) for n in range(5)]
    screen = render_indexed(_indexed(outcome, *refs, again=True), ODD, texts)
    shown = parse(screen.text).text
    assert units(shown) < 3500
    assert units(parse(render_undone(shown, texts.upload_undone)).text) < 4096
    assert [button.label for button in screen.rows[0]] == ["1", "2", "3", "4", "5"]
    assert screen.rows[1][0].data == f"u:{NAME}"
    assert all(len(button.data.encode()) <= 64 for row in screen.rows for button in row)


def test_what_stands_elsewhere_is_said() -> None:
    texts = LANGUAGES["en"]
    done = Outcome({"generation": 7})
    refs = (_ref("r0"), _ref("r1", "paper.txt", f"inbox/{NAME}"), None, _ref("r3"))
    indexed = _indexed(done, *refs, known="r3")
    told = zip(indexed.stored.contents.headlines, refs, strict=True)
    assert [indexed.elsewhere(*each) for each in told] == [None, ("paper.txt",), None, ()]
    screen = render_indexed(indexed, "x", texts)
    assert screen.text.count(texts.upload_known) == 2 and "paper.txt" in screen.text
    assert [button.label for button in screen.rows[0]] == ["1", "2", "4"]


def test_what_the_index_leaves_out_is_said() -> None:
    problems = [
        {"file": f"inbox/{NAME}", "reason": "article r0 is another one here"},
        {"file": "x", "reason": "y"},
    ]
    contents = Contents(1, 1, (Headline("r0", "题", "", "", "", 1),), ())
    outcome = Outcome({"generation": 7, "problems": problems})
    text = render_indexed(Indexed(Stored(NAME, contents), outcome, (None,)), "x", LANGUAGES["en"]).text
    assert "article r0 is another one here" in text and "• y" not in text


def test_a_file_without_a_name_has_one() -> None:
    assert shown_name(" \n", LANGUAGES["en"]) == f"<b>{LANGUAGES['en'].upload_file}</b>"

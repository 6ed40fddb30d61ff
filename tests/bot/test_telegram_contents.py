"""Articles that were opened by a link or from a list: read to the end, with no answer to go back to."""

from __future__ import annotations

from typing import Any

import pytest

from bot.telegram_callbacks import Action, Press, encode
from bot.telegram_links import article_payload, question_payload
from bot.texts import texts_for
from retrieval.model import Article
from tests.bot.botapi import BotApi
from tests.bot.running import SENTENCE, SmallAsker, running
from tests.bot.telegram_world import BOT, PRIVATE

ZH = texts_for("zh")
QUESTION = "警示教育大会是哪天召开的？"


@pytest.fixture
def asker() -> SmallAsker:
    asker = SmallAsker()
    for name, paragraphs in (("pages", 3), ("book", 12)):
        text = tuple(f"第{number}条，" + "要抓好落实。" * 450 for number in range(1, paragraphs + 1))
        asker.articles[name] = Article(name, "全市经济工作会议召开", "", text, None, "日报")
    return asker


def _newest(api: BotApi) -> dict[str, Any]:
    """Return the newest message of the bot as it stands."""
    numbers = sorted(number for _, number in api.message_ids())
    return next(each for each in map(api.message, reversed(numbers)) if each["from"] == BOT)


def _buttons(message: dict[str, Any]) -> dict[str, str]:
    rows = message["reply_markup"]["inline_keyboard"]
    return {button["text"]: button["callback_data"] for row in rows for button in row}


def _open(api: BotApi, way: str, article: str) -> None:
    if way == "link":
        api.say(f"/start {article_payload(article)}")
        return
    api.say(f"/ask {QUESTION}")  # any message of ours that is no answer to a question
    api.wait_sent(1)
    api.wait_answer(api.press(_newest(api)["message_id"], f"a:{article}"))


@pytest.mark.parametrize("way", ["link", "list"])
def test_an_article_is_leafed_through_without_a_way_back(api: BotApi, asker: SmallAsker, way: str) -> None:
    with running(api, asker):
        _open(api, way, "pages")
        api.wait(lambda: any("第1条" in call.shown for call in api.sent()))
        number = _newest(api)["message_id"]
        labels = [list(_buttons(api.message(number)))]
        for edits, turn in enumerate(("▶", "▶", "◀"), start=1):
            api.wait_answer(api.press(number, _buttons(api.message(number))[turn]))
            api.wait_called("editMessageText", edits)
            labels.append(list(_buttons(api.message(number))))
        assert "第2条" in api.message(number)["text"]
    assert labels == [
        ["1/3", "▶", ZH.button_file],
        ["◀", "2/3", "▶", ZH.button_file],
        ["◀", "3/3", ZH.button_file],
        ["◀", "2/3", "▶", ZH.button_file],
    ]


@pytest.mark.parametrize("way", ["link", "list"])
def test_a_long_article_is_a_file_at_once(api: BotApi, asker: SmallAsker, way: str) -> None:
    with running(api, asker):
        _open(api, way, "book")
        api.wait_called("sendDocument")
    (sent,) = [call.params for call in api.calls if call.method == "sendDocument"]
    assert "第12条" in sent["document"].data.decode() and "经济工作会议" in sent["caption"]
    assert not any("第1条" in call.shown for call in api.sent())


def test_a_way_back_that_older_messages_have_leads_nowhere(api: BotApi, asker: SmallAsker) -> None:
    back = encode(Press(Action.HIT, 1, "pages"))
    with running(api, asker):
        _open(api, "link", "pages")
        api.wait_sent(1)
        assert api.wait_answer(api.press(_newest(api)["message_id"], back))["text"] == ZH.question_gone
        _open(api, "list", "pages")
        api.wait(lambda: sum("第1条" in call.shown for call in api.sent()) == 2)
        assert api.wait_answer(api.press(_newest(api)["message_id"], back))["text"] == ZH.question_gone
    assert asker.questions == [QUESTION]


def test_a_question_that_came_in_a_link_is_found_again(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        api.say(f"/start {question_payload(QUESTION)}")
        api.wait_sent(1)
    with running(api, asker):
        number = _newest(api)["message_id"]
        assert api.message(number)["chat"] == PRIVATE
        api.wait_answer(api.press(number, encode(Press(Action.MORE, 1, "a1"))))
        api.wait_called("editMessageText")
        edit = next(call for call in api.calls if call.method == "editMessageText")
        assert SENTENCE in edit.shown
    assert asker.questions == [QUESTION, QUESTION]

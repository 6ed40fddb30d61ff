"""Presses, edits and inline queries when something goes wrong, over real HTTP."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from bot.texts import texts_for
from retrieval.errors import BadQueryError, BrokenIndexError, NoIndexError
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.running import PASSAGE, SmallAsker
from tests.bot.telegram_world import BOB, BOT, GROUP, PRIVATE

# The library warns of a change to come whenever it meets a 429.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*`retry_after` will be of type:DeprecationWarning"),
    pytest.mark.usefixtures("bot"),
]

ZH, EN = texts_for("zh"), texts_for("en")
QUESTION = "警示教育大会是哪天召开的？"


def _answered(api: BotApi, text: str = QUESTION, chat: dict[str, Any] = PRIVATE) -> int:
    """Ask, and return the number of the answer."""
    count = len(api.sent())
    api.say(text, chat=chat)
    api.wait_sent(count + 1)
    return max(number for where, number in api.message_ids() if where == chat["id"])


def _data(api: BotApi, number: int, label: str, chat: dict[str, Any] = PRIVATE) -> str:
    rows = api.message(number, chat=chat)["reply_markup"]["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if button["text"] == label))


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(429, retry_after=1)],
        [Fault(502, body=b"<html>Bad Gateway</html>")],
        [Fault(drop="before"), Fault(drop="after")],
        [Fault(400, "can't parse entities: Unsupported start tag")],
    ],
    ids=["429", "502", "dropped", "markup"],
)
def test_what_a_press_brings_gets_through(api: BotApi, faults: list[Fault]) -> None:
    number = _answered(api)
    api.inject("editMessageText", *faults)
    api.wait_answer(api.press(number, _data(api, number, ZH.button_whole)))
    api.wait(lambda: api.message(number)["text"].count("\n\n") == 1)
    assert PASSAGE in api.message(number)["text"]


@pytest.mark.parametrize("fault", [Fault(400, "query is too old"), Fault(502), Fault(drop="before")])
def test_a_press_that_cannot_be_confirmed_is_served(api: BotApi, fault: Fault) -> None:
    number = _answered(api)
    query = api.press(number, _data(api, number, ZH.button_more))
    api.wait_answer(query)
    api.inject("answerCallbackQuery", fault)
    api.press(number, _data(api, number, ZH.button_whole), old=fault.status == 400)
    api.wait_called("editMessageText", 2)
    api.wait(lambda: ZH.button_file in str(api.message(number)["reply_markup"]))
    if fault.status == 400:
        api.forget_queries()
    assert api.unanswered() == set()  # what the network failed is said again


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (BrokenIndexError("damaged"), ZH.trouble),
        (BadQueryError("bad"), ZH.question_gone),
        (NoIndexError("none"), ZH.question_gone),
    ],
)
def test_trouble_is_told_once_and_logged_without_the_question(
    api: BotApi, asker: SmallAsker, error: Exception, note: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: str) -> None:
        raise error

    number = _answered(api)
    asker.before = fail
    with caplog.at_level(logging.DEBUG, "bot"):
        answer = api.wait_answer(api.press(number, _data(api, number, ZH.button_others)))
    assert answer["text"] == note and answer["show_alert"]
    assert QUESTION[2:8] not in caplog.text
    assert len(api.sent()) == 1


def test_an_edit_waits_for_the_answer_that_it_changes(api: BotApi, asker: SmallAsker) -> None:
    asked, proceed = threading.Event(), threading.Event()

    def hold(question: str) -> None:
        asked.set()
        assert proceed.wait(15)

    asker.before = hold
    number = api.say("一？")
    assert asked.wait(15)
    api.rewrite(number, "二？")
    api.rewrite(number, "二？")  # Telegram repeats itself when a preview has come
    proceed.set()
    api.wait_called("editMessageText")
    _answered(api, "三？")
    assert asker.questions == ["一？", "二？", "三？"]
    assert len(api.sent()) == 2
    # What the edited question went on from is what it went on from before.
    assert [talk.question for talk in asker.talks] == ["", "", "二？"]


def test_a_bare_command_becomes_a_question_by_an_edit(api: BotApi, asker: SmallAsker) -> None:
    number = api.say("/ask")
    (sent,) = api.wait_sent(1)
    assert sent.params["text"] == ZH.usage
    api.rewrite(number, f"/ask {QUESTION}")
    api.wait_called("editMessageText")
    answer = max(number for where, number in api.message_ids())
    api.wait(lambda: PASSAGE in api.message(answer)["text"])
    api.rewrite(number, "/help")  # other commands are not done anew
    api.wait_answer(api.press(answer, _data(api, answer, ZH.button_whole)))
    assert len(api.sent()) == 1 and asker.questions == [QUESTION]


def test_a_question_that_is_handed_on_is_what_the_answer_replies_to(api: BotApi, asker: SmallAsker) -> None:
    number = api.say(QUESTION, chat=GROUP, user=BOB)
    api.say(f"@{BOT['username']}", chat=GROUP, reply_to=number)
    (sent,) = api.wait_sent(1)
    assert asker.questions == [QUESTION]
    assert sent.params["reply_parameters"]["message_id"] == number


def test_a_repeated_press_is_answered_once(api: BotApi, asker: SmallAsker) -> None:
    number = _answered(api)
    query = api.press(number, _data(api, number, ZH.button_more))
    api.wait_answer(query)
    update = api.pushed[-1]
    api.wait(lambda: update["update_id"] not in api.update_ids())
    api.push(update)
    _answered(api, "别的？")
    assert len(asker.questions) == 3


def test_low_confidence_is_said(api: BotApi, asker: SmallAsker) -> None:
    asker.confidence = 0.4
    number = _answered(api)
    assert str(api.message(number)["text"]).startswith(ZH.unsure)


def test_a_voice_in_reply_to_the_bot_gets_a_kind_line_in_groups_too(api: BotApi) -> None:
    answer = _answered(api, f"/ask {QUESTION}", GROUP)
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 3}
    other = api.say("随便聊聊", chat=GROUP, user=BOB)
    api.post(chat=GROUP, reply_to=other, voice=voice)
    api.post(chat=GROUP, reply_to=answer, voice=voice)
    api.say("/nonsense", chat=GROUP, reply_to=answer)
    sent = api.wait_sent(2)
    assert [call.params["text"] for call in sent[1:]] == [ZH.not_heard]


def test_replies_go_on_from_the_hit_that_is_shown(api: BotApi, asker: SmallAsker) -> None:
    number = _answered(api, f"/ask {QUESTION}", GROUP)
    pressed = api.press(number, _data(api, number, ZH.button_others, GROUP), chat=GROUP, user=BOB)
    assert api.wait_answer(pressed)["text"] == EN.no_others
    assert asker.talks[-1].question == ""
    api.say("多久？", chat=GROUP, user=BOB, reply_to=number)
    api.wait_sent(2)
    assert asker.talks[-1].question == QUESTION

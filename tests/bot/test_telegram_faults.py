"""What the network and Telegram may do to the bot, over real HTTP against the loopback Bot API."""

from __future__ import annotations

import asyncio
import logging

import pytest
from telegram.error import InvalidToken

from bot import telegram_link
from bot.telegram_app import build_application
from bot.telegram_polling import Poller
from bot.texts import texts_for
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.running import PASSAGE, SENTENCE, SmallAsker, running, settings_for
from tests.bot.telegram_world import BOT, GROUP

# The library warns of a change to come whenever it meets a 429.
pytestmark = pytest.mark.filterwarnings("ignore:.*`retry_after` will be of type:DeprecationWarning")

ZH, EN = texts_for("zh"), texts_for("en")
HANDLE = f"@{BOT['username']}"
QUESTION = "警示教育大会是哪天召开的？"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, retry_after=30),
        Fault(502),
        Fault(403),
        Fault(400, "CHAT_WRITE_FORBIDDEN"),
        Fault(drop="before"),
        Fault(200, body=b"<html>"),
        Fault(delay=8),
    ],
)
def test_typing_never_harms_the_answer(api: BotApi, fault: Fault) -> None:
    api.inject("sendChatAction", fault)
    api.say(QUESTION)
    api.wait_sent(1, seconds=5)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "faults",
    [
        [Fault(429, retry_after=1)],
        [Fault(502, body=b"<html>Bad Gateway</html>"), Fault(500)],
        [Fault(drop="before"), Fault(drop="before")],
    ],
    ids=["429", "5xx", "dropped"],
)
def test_an_answer_gets_through(api: BotApi, faults: list[Fault]) -> None:
    api.inject("sendMessage", *faults)
    api.say(QUESTION)
    (sent,) = api.wait_sent(1)
    assert SENTENCE in sent.shown
    assert sum(call.method == "sendMessage" for call in api.calls) == len(faults) + 1


@pytest.mark.usefixtures("bot")
def test_refused_markup_goes_out_plain(api: BotApi) -> None:
    api.inject("sendMessage", Fault(400, "can't parse entities: Unsupported start tag"))
    api.say(QUESTION)
    (sent,) = api.wait_sent(1)
    assert "parse_mode" not in sent.params
    assert PASSAGE in sent.params["text"]


@pytest.mark.usefixtures("bot")
def test_a_group_that_became_a_supergroup_is_followed(api: BotApi) -> None:
    api.inject("sendMessage", Fault(400, "group chat was upgraded", migrate_to=GROUP["id"]))
    api.say(f"/ask {QUESTION}", chat=GROUP)
    (sent,) = api.wait_sent(1)
    assert sent.params["chat_id"] == GROUP["id"] and "reply_parameters" not in sent.params


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("status", "line"), [(403, "does not let the bot write"), (400, "could not be sent")]
)
def test_a_refused_answer_is_only_logged(
    api: BotApi, status: int, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    api.inject("sendMessage", Fault(status, "bot was blocked by the user"))
    with caplog.at_level(logging.INFO, "bot"):
        api.say("第一问？")
        api.wait_called("sendMessage")
        api.say("第二问？")
        api.wait_sent(1)
    assert line in caplog.text and "blocked" in caplog.text
    assert sum(call.method == "sendMessage" for call in api.calls) == 2


def test_faults_while_starting_and_polling(
    api: BotApi, asker: SmallAsker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)
    api.inject("getMe", Fault(502), Fault(drop="before"))
    api.inject("setMyCommands", Fault(400, "nothing doing"))
    api.inject(
        "getUpdates",
        Fault(409, "Conflict"),
        Fault(drop="after"),
        Fault(200, body=b'{"ok": true, "resu'),
        Fault(404),
    )
    with caplog.at_level(logging.INFO, "bot"), running(api, asker):
        api.say(QUESTION)
        api.wait_sent(1)
    assert caplog.text.count("409 Conflict") == 1
    assert "Telegram answers again" in caplog.text
    assert "menu of commands" in caplog.text
    assert QUESTION not in caplog.text


def test_a_dropped_batch_is_not_answered_twice(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        api.wait_called("deleteWebhook")
        api.inject("getUpdates", Fault(drop="after"))
        api.say(QUESTION)
        api.say("又一问？")
        api.wait_sent(2)
    assert sorted(asker.questions) == sorted([QUESTION, "又一问？"])
    assert api.update_ids() == []


def test_a_refused_token_ends_the_bot(api: BotApi, asker: SmallAsker) -> None:
    api.inject("getMe", Fault(401, "Unauthorized"))
    application = build_application(settings_for(api), asker)
    with pytest.raises(InvalidToken):
        asyncio.run(Poller(application).run(asyncio.Event()))


def test_a_token_revoked_while_running_ends_the_bot(
    api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)
    api.inject("getUpdates", *[Fault(401, "Unauthorized")] * 5)
    application = build_application(settings_for(api), asker)
    with pytest.raises(InvalidToken):
        asyncio.run(Poller(application).run(asyncio.Event()))


def test_stopping_without_a_network(api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)
    api.inject("getMe", *[Fault(drop="before")] * 50)
    with running(api, asker):
        api.wait_called("getMe", 3)
    assert {call.method for call in api.calls} == {"getMe"}


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("terminated by other getUpdates request", "Another process polls"),
        ("can't use getUpdates method while webhook is active", "has set a webhook"),
    ],
)
def test_conflicts_are_told_apart_and_told_once(
    api: BotApi,
    asker: SmallAsker,
    reason: str,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)
    api.inject("getUpdates", *[Fault(409, f"Conflict: {reason}")] * 4)
    with caplog.at_level(logging.INFO, "bot"), running(api, asker):
        api.say(QUESTION)
        api.wait_sent(1)
    assert caplog.text.count("409 Conflict") == caplog.text.count(line) == 1

"""What the network and Telegram may do to the bot, over real HTTP against the loopback Bot API."""

from __future__ import annotations

import asyncio
import logging

import pytest
from telegram.error import InvalidToken

from bot import telegram_app, telegram_link, telegram_polling
from bot.telegram_app import build_application
from bot.telegram_callbacks import Action, Press, encode
from bot.telegram_polling import Poller
from bot.texts import texts_for
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.running import PASSAGE, SENTENCE, SmallAsker, running, settings_for
from tests.bot.telegram_world import ALICE, BOT, GROUP, PRIVATE

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
def test_typing_never_harms_the_answer(api: BotApi, asker: SmallAsker, fault: Fault) -> None:
    api.inject("sendChatAction", fault)
    # By the time that the answer is there, typing is under way.
    asker.before = lambda question: api.wait(lambda: api.begun["sendChatAction"] > 0)
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


_KINDS = {
    "429": Fault(429, retry_after=1),
    "502": Fault(502, body=b"<html><body>Bad Gateway</body></html>"),
    "dropped": Fault(drop="before"),
}


@pytest.mark.parametrize("fault", _KINDS.values(), ids=_KINDS)
@pytest.mark.parametrize(
    "method",
    [
        *("getMe", "deleteWebhook", "getUpdates", "setMyCommands", "deleteMyCommands", "sendMessage"),
        *("sendChatAction", "editMessageText", "sendDocument", "answerCallbackQuery", "answerInlineQuery"),
    ],
)
def test_any_method_may_fail_and_nothing_is_lost_or_doubled(
    api: BotApi, asker: SmallAsker, method: str, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    api.inject(method, fault)
    if method == "sendChatAction":  # which only slow answers have
        asker.before = lambda question: api.wait_called(method)
    with caplog.at_level(logging.INFO), running(api, asker):
        api.say(QUESTION)
        (sent,) = api.wait_sent(1)
        answer = max(number for _, number in api.message_ids())
        rows = sent.params["reply_markup"]["inline_keyboard"]
        buttons = {each["text"]: each["callback_data"] for row in rows for each in row}
        api.press(answer, buttons[ZH.button_whole])
        _wait_served(api, "editMessageText")
        api.press(answer, encode(Press(Action.FILE, 1, "a1")))
        _wait_served(api, "sendDocument")
        api.wait_answer(api.query(QUESTION))
        api.say("/lang en")
        api.say("/forget")  # which takes away the menu of a language
        _wait_served(api, "deleteMyCommands")
        _wait_served(api, "setMyCommands", 4)
        api.wait(lambda: api.unanswered() == set())
    assert asker.questions == [QUESTION, QUESTION]  # and inline
    assert sum(SENTENCE in call.shown for call in api.sent()) == 1
    served = [call.method for call in api.calls if call.served]
    assert served.count("editMessageText") == served.count("sendDocument") == 1
    assert any(call.method == method and not call.served for call in api.calls)
    assert api.update_ids() == []
    assert "Traceback" not in caplog.text and not [r for r in caplog.records if r.levelno >= logging.ERROR]


def _wait_served(api: BotApi, method: str, count: int = 1) -> None:
    api.wait(lambda: sum(call.method == method and call.served for call in api.calls) >= count)


@pytest.mark.usefixtures("bot")
def test_a_flood_in_one_chat_holds_up_no_other(api: BotApi) -> None:
    api.inject("sendMessage", Fault(429, retry_after=2))
    api.say(f"/ask {QUESTION}", chat=GROUP)
    api.wait_called("sendMessage")
    api.say(QUESTION)
    first, second = api.wait_sent(2)
    assert (first.params["chat_id"], second.params["chat_id"]) == (PRIVATE["id"], GROUP["id"])


@pytest.mark.usefixtures("bot")
def test_a_flood_of_an_hour_is_not_waited_for(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    api.inject("sendMessage", Fault(429, retry_after=3600))
    with caplog.at_level(logging.INFO):
        api.say(QUESTION)
        api.wait(lambda: "could not be sent" in caplog.text)
        api.say("又一问？")
        api.wait_sent(1)
    assert "Retry in 3600 seconds" in caplog.text and "Traceback" not in caplog.text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("body", [b'{"ok": true, "resu', b"[]", b"", b"\xff\xfe", b"null"])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery"])
def test_a_misshapen_response_is_not_taken_for_a_failure(
    api: BotApi, asker: SmallAsker, method: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """It may have had its effect: nothing is sent twice, and what comes next goes on."""
    api.inject(method, Fault(200, body=body))
    with caplog.at_level(logging.INFO):
        api.say(QUESTION)
        api.wait_called("sendMessage")
        api.say("又一问？")
        api.wait_sent(1 if method == "sendMessage" else 2)
        number = max(number for _, number in api.message_ids())
        api.press(number, encode(Press(Action.WHOLE, 1, "a1")))
        api.wait_called("answerCallbackQuery")
        api.wait_called("editMessageText")
        api.say("/help")
        api.wait_sent(2 if method == "sendMessage" else 3)
    assert sum(call.method == method for call in api.calls) == {"sendMessage": 3}.get(method, 1)
    assert "Traceback" not in caplog.text
    api.forget_queries()


def test_updates_out_of_order_and_repeated_are_each_answered_once(api: BotApi, asker: SmallAsker) -> None:
    def update(number: int) -> dict[str, object]:
        text = f"第{number}问？"
        message = {"message_id": number, "date": 1, "chat": PRIVATE, "from": ALICE, "text": text}
        return {"update_id": number, "message": message}

    with running(api, asker):
        api.push(*(update(number) for number in (907, 903, 905)))
        api.wait_sent(3)
        # What Telegram forgets to number upwards, and what it hands out again.
        api.push(*(update(number) for number in (901, 905, 907, 909, 903)))
        api.wait_sent(5)
        api.say("/help")
        api.wait_sent(6)
    assert sorted(asker.questions) == [f"第{number}问？" for number in (901, 903, 905, 907, 909)]


def test_a_long_silence_is_no_trouble(
    api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram_polling, "_POLL_S", 0)  # polls that come back empty, one after another
    with caplog.at_level(logging.INFO, "bot"), running(api, asker):
        api.wait_called("getUpdates", 30)
        api.say(QUESTION)
        api.wait_sent(1)
    assert {each.levelname for each in caplog.records if each.name.startswith("bot")} == {"INFO"}


def test_polls_that_nobody_answers_are_begun_anew(
    api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram_polling, "_POLL_S", 0)
    monkeypatch.setattr(telegram_app, "_POLL_READ_S", 0.3)
    api.inject("getUpdates", Fault(delay=2), Fault(delay=2))
    with caplog.at_level(logging.INFO, "bot"), running(api, asker):
        api.say(QUESTION)
        api.wait_sent(1)
    assert caplog.text.count("TimedOut") == 1 and asker.questions == [QUESTION]


def test_pending_updates_are_answered_after_a_restart_and_once(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        api.say(QUESTION)
        api.wait_sent(1)
    for number in range(3):  # nobody is there
        api.say(f"第{number}问？")
    with running(api, asker):
        api.wait_sent(4)
    assert sorted(asker.questions) == sorted([QUESTION, *(f"第{number}问？" for number in range(3))])
    assert api.update_ids() == []


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

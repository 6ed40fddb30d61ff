"""`huiwen bot` as a real process, with the real index and model, against the loopback Bot API."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import texts_for
from tests.bot.bot_process import SECRET, Bot, index, running
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import ALICE, BOB, BOT, FORUM, GROUP, PRIVATE, TOPIC

ZH, EN = texts_for("zh"), texts_for("en")

HARBOUR = "5月8日，<滨海>市召开港口安全 & 发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
RIVER = "6月2日，临江市召开防汛工作会议。副市长李春梅强调，要二十四小时值守水库。"
HARBOUR_QUESTION = "港口安全与发展工作会议决定新建什么？"
RIVER_QUESTION = "临江市防汛工作会议上李春梅强调了什么？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bot")
    index(folder, harbour=HARBOUR)
    return folder


@pytest.fixture(scope="module")
def bot(folder: Path) -> Iterator[Bot]:
    with running(folder) as bot:
        yield bot


def _answer(bot: Bot, text: str, chat: dict[str, Any] = PRIVATE, topic: int | None = None) -> Call:
    """Say something and return what the bot replies."""
    before = len(bot.api.sent())
    fields = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
    bot.api.say(text, chat=chat, user=ALICE, reply_to=None, **fields)
    return bot.api.wait_sent(before + 1)[before]


def test_a_question_brings_the_passage(bot: Bot) -> None:
    reply = _answer(bot, HARBOUR_QUESTION)
    assert reply.params["chat_id"] == PRIVATE["id"]
    styled = parse(reply.params["text"])
    assert "".join(styled.under("blockquote")[0].split()) == "".join(HARBOUR.split())
    _, sentence = styled.under("b")
    assert sentence in styled.under("blockquote")[0] and sentence.endswith("。")
    assert "5月8日" in styled.text


def test_start_help_and_bare_ask(bot: Bot) -> None:
    assert _answer(bot, "/start").params["text"] == ZH.start
    assert _answer(bot, "/help").params["text"] == ZH.help.format(bot=BOT["username"])
    assert _answer(bot, "/ask").params["text"] == ZH.usage
    before = len(bot.api.sent())
    bot.api.say("/start", user=BOB)
    assert bot.api.wait_sent(before + 1)[before].params["text"] == EN.start


def test_groups_and_topics(bot: Bot) -> None:
    bot.api.say("今天天气真好", chat=GROUP)
    reply = _answer(bot, f"😀 @{BOT['username']} {HARBOUR_QUESTION}", GROUP)
    assert reply.params["chat_id"] == GROUP["id"] and "三座防波堤" in reply.shown
    assert reply.params["reply_parameters"]["message_id"]
    reply = _answer(bot, f"/ask@{BOT['username']} {HARBOUR_QUESTION}", FORUM, TOPIC)
    assert reply.params["message_thread_id"] == TOPIC and "三座防波堤" in reply.shown


@pytest.mark.parametrize(
    "fault", [Fault(429, retry_after=1), Fault(502, body=b"<html>502</html>"), Fault(drop="before")]
)
def test_an_answer_gets_through(bot: Bot, fault: Fault) -> None:
    bot.api.inject("sendMessage", fault)
    assert "三座防波堤" in _answer(bot, HARBOUR_QUESTION).shown


def test_polling_survives(bot: Bot) -> None:
    bot.api.inject("getUpdates", Fault(502), Fault(drop="after"), Fault(409, "Conflict"))
    assert "三座防波堤" in _answer(bot, HARBOUR_QUESTION).shown
    assert "三座防波堤" in _answer(bot, HARBOUR_QUESTION).shown
    assert bot.output.count("409 Conflict") == 1


def test_a_repeated_update_is_answered_once(bot: Bot) -> None:
    before = len(bot.api.sent())
    number = bot.api.say(HARBOUR_QUESTION)
    repeated = bot.api.pushed[-1]
    bot.api.wait_sent(before + 1)
    for update in ({"update_id": number, "message": 5}, repeated):
        bot.api.push(update)
        bot.api.wait(lambda: number not in bot.api.update_ids())
    assert _answer(bot, "/help").params["text"].startswith("<b>提问")
    assert len(bot.api.sent()) == before + 2


def test_a_new_generation_is_picked_up(bot: Bot, folder: Path) -> None:
    assert "水库" not in _answer(bot, RIVER_QUESTION).shown
    index(folder, river=RIVER)
    bot.wait_serving(2)
    assert "水库" in parse(_answer(bot, RIVER_QUESTION).params["text"]).under("blockquote")[0]


def test_articles_may_come_later(tmp_path: Path) -> None:
    with running(tmp_path) as bot:
        assert _answer(bot, HARBOUR_QUESTION).params["text"] == ZH.no_articles
        index(tmp_path, harbour=HARBOUR)
        assert "三座防波堤" in _answer(bot, HARBOUR_QUESTION).shown
        # An answer in flight, held up by Telegram, still goes out when the bot is told to stop.
        before = len(bot.api.sent())
        bot.api.inject("sendMessage", Fault(429, retry_after=1))
        bot.api.say(HARBOUR_QUESTION)
        bot.api.wait(lambda: bot.api.calls[-1].method == "sendMessage" and not bot.api.calls[-1].served)
        assert bot.stop(signal.SIGINT) == 0
        assert len(bot.api.sent()) == before + 1
        assert bot.api.update_ids() == []


def test_a_refused_token_is_one_line(tmp_path: Path) -> None:
    with BotApi() as api:
        for status, reason in ((401, "Unauthorized"), (404, "Not Found")):
            api.inject("getMe", Fault(status, reason))
            bot = Bot(api, tmp_path, HUIWEN_LOG__LEVEL="ERROR")
            assert bot.process.wait(20) == 2
    lines = bot.output.splitlines()
    assert len(lines) == 2 and all("BotFather" in line for line in lines), lines
    assert SECRET not in bot.output


@pytest.mark.parametrize("token", ["", "mis shapen"])
def test_a_missing_or_misshapen_token_is_one_line(tmp_path: Path, token: str) -> None:
    with BotApi() as api:
        bot = Bot(api, tmp_path, HUIWEN_TELEGRAM__TOKEN=token)
        assert bot.process.wait(20) == 2
        assert api.calls == []
    assert bot.output.count("\n") == 1 and "HUIWEN_TELEGRAM__TOKEN" in bot.output
    assert "mis shapen" not in bot.output

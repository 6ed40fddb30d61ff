"""What a bot as a process writes while everything fails: never the token, a password or a question."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.state import FILE_NAME
from bot.texts import texts_for
from tests.bot.bot_process import SECRET, Bot, index
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_world import BOT, GROUP, PRIVATE, TOKEN

ZH = texts_for("zh")
HARBOUR = "5月8日，滨海市召开港口安全与发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
MARKER = "暗号琥珀鲸鱼"
QUESTION = f"港口安全与发展工作会议（{MARKER}）由谁主持？"
PASSWORD = "hunter%2122-of-the-proxy"
_PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]

# A proxy in between may show all that it was sent.
_PAGE = f"<html>POST /bot{TOKEN}/sendMessage?text={QUESTION} failed, {TOKEN}</html>".encode()
_FAULTS = (
    Fault(429, retry_after=1),
    Fault(502, body=_PAGE),
    Fault(drop="before"),
    Fault(200, body=_PAGE),
    Fault(400, f"refused for {TOKEN}: {QUESTION}"),
    Fault(403, f"blocked, {QUESTION}"),
    Fault(409, "Conflict"),
    Fault(delay=0.5),
    Fault(drop="after"),
)


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_whatever_fails_nothing_secret_is_written(tmp_path: Path, level: str) -> None:
    index(tmp_path, harbour=HARBOUR)
    with BotApi() as api:
        bot = Bot(api, tmp_path, HUIWEN_LOG__LEVEL=level)
        try:
            api.wait_called("setMyCommands", 4)
            for fault in _FAULTS:
                _ask_in_every_way(api, fault)
            _feedback_that_cannot_be_kept(api, bot, tmp_path)
            bot.process.terminate()
            assert bot.process.wait(20) == 0
            _with_a_broken_index(api, bot, tmp_path)
            api.inject("getMe", Fault(401, f"Unauthorized {TOKEN}"))
            bot.process.kill()
            bot.process.wait()
            refused = Bot(api, tmp_path, HUIWEN_LOG__LEVEL=level)
            assert refused.process.wait(30) == 2
        finally:
            bot.process.kill()
            bot.process.wait()
    for line in ("could not be sent", "409 Conflict", "Questions cannot be answered", "BotFather"):
        assert line in bot.output  # else nothing has failed
    _see_that_nothing_is_told(tmp_path)


@pytest.mark.parametrize("way", ["refuses", "is not there"])
def test_the_password_of_a_proxy_that_fails_is_kept(tmp_path: Path, way: str) -> None:
    with BotApi() as api, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = api.root if way == "refuses" else f"http://127.0.0.1:{nobody.getsockname()[1]}"
        api.inject("getMe", Fault(407, body=f"<html>{PASSWORD} hunter!22-of-the-proxy {TOKEN}".encode()))
        proxy = place.replace("//", f"//user:{PASSWORD}@")
        nowhere = "http://nowhere.invalid"
        bot = Bot(api, tmp_path, HUIWEN_TELEGRAM__PROXY_URL=proxy, HUIWEN_TELEGRAM__API_URL=nowhere)
        try:
            _until(lambda: "trying again" in bot.output, bot)
            bot.process.terminate()
            assert bot.process.wait(20) == 0
        finally:
            bot.process.kill()
            bot.process.wait()
    _see_that_nothing_is_told(tmp_path)


def _ask_in_every_way(api: BotApi, fault: Fault) -> None:
    """Let one fault befall everything that a question brings, and see that the bot goes on after it."""
    for method in ("sendMessage", "editMessageText", "answerInlineQuery", "answerCallbackQuery"):
        api.inject(method, fault)
    # A poll carries no question, so no refusal of Telegram's quotes one.
    api.inject("getUpdates", replace(fault, description=f"refused for {TOKEN}"))
    begun = api.begun["sendMessage"]
    number = api.say(QUESTION)
    api.wait(lambda: api.begun["sendMessage"] > begun)
    api.wait_answer(api.query(QUESTION))
    api.say(f"@{BOT['username']} {QUESTION}", chat=GROUP)
    api.post(photo=_PHOTO, caption=QUESTION)
    api.rewrite(number, f"{QUESTION} 改")
    helped = _helped(api)
    api.say("/help")
    api.wait(lambda: _helped(api) > helped)
    api.wait(lambda: MARKER not in str(api.pending()))


def _helped(api: BotApi) -> int:
    return sum(call.params["text"].startswith("<b>提问") for call in api.sent())


def _wait_answer(api: BotApi, asked: int) -> Call:
    def answers() -> list[Call]:
        quoted = [(call.params.get("reply_parameters", {}).get("message_id"), call) for call in api.sent()]
        return [call for number, call in quoted if number == asked]

    api.wait(lambda: bool(answers()))
    return answers()[0]


def _feedback_that_cannot_be_kept(api: BotApi, bot: Bot, folder: Path) -> None:
    """An exception in a handler, whose update has the question."""
    (folder / "data" / FILE_NAME).mkdir()
    asked = api.say(QUESTION)
    sent = _wait_answer(api, asked)
    keyboard: list[list[dict[str, Any]]] = sent.params["reply_markup"]["inline_keyboard"]
    good = next(each["callback_data"] for row in keyboard for each in row if each["text"].startswith("👍"))
    messages = (api.message(number) for chat, number in api.message_ids() if chat == PRIVATE["id"])
    number = next(
        each["message_id"] for each in messages if each.get("reply_to_message", {}).get("message_id") == asked
    )
    assert api.wait_answer(api.press(number, good))["text"] == ZH.trouble
    _until(lambda: "StateError" in bot.output, bot)
    (folder / "data" / FILE_NAME).rmdir()


def _with_a_broken_index(api: BotApi, bot: Bot, folder: Path) -> None:
    for file in sorted((folder / "data").rglob("*")):
        if file.is_file() and file.suffix not in (".lock",):
            file.write_bytes(b"\x00broken")
    bot.restart()
    api.say(QUESTION)
    api.wait(lambda: api.sent()[-1].params["text"] in (ZH.trouble, ZH.no_articles))


def _see_that_nothing_is_told(folder: Path) -> None:
    for file in (each for each in folder.rglob("*") if each.is_file()):
        raw = file.read_bytes()
        for secret in (SECRET, PASSWORD, "hunter!22-of-the-proxy", MARKER, MARKER[:4]):
            assert secret.encode() not in raw, f"{secret} in {file.name}"


def _until(condition: Callable[[], bool], bot: Bot) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, bot.output
        time.sleep(0.05)

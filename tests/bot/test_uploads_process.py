"""Articles by chat, as a real process with the real index: sent, pasted, forwarded, undone, killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import texts_for
from tests.bot.bot_process import Bot, huiwen, index
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_world import ALICE, PRIVATE
from tests.bot.uploading import HARBOUR, ORCHARD, RIVER, channel, pdf_of, word_of

ZH = texts_for("zh")
NAME = re.compile(r"(?:\d{4}-\d\d-\d\d-)?[a-p]{20}\.(txt|pdf|docx)")


@contextlib.contextmanager
def _bot(api: BotApi, folder: Path, **environment: str) -> Iterator[Bot]:
    bot = Bot(api, folder, HUIWEN_TELEGRAM__ADMINS=f"[{ALICE['id']}]", **environment)
    try:
        yield bot
    finally:
        bot.process.kill()
        bot.process.wait()


def _told(api: BotApi, number: int, *marks: str) -> dict[str, Any]:
    """Return a message of the bot's once it says one of `marks`."""

    def says() -> bool:
        text = api.message(number).get("text", "")
        return any(mark in text for mark in marks)

    api.wait(says, 60)
    return api.message(number)


def _answer_number(api: BotApi, before: set[tuple[int, int]]) -> int:
    """Return the number of the one message of the bot's that has come since."""

    def found() -> list[int]:
        new = set(api.message_ids()) - before
        return sorted(n for chat, n in new if api.message(n).get("from", {}).get("is_bot"))

    api.wait(lambda: bool(found()), 30)
    return found()[0]


def _buttons(message: dict[str, Any]) -> dict[str, str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return {button["text"]: button["callback_data"] for row in rows for button in row}


def _ask(api: BotApi, question: str) -> Call:
    before = len(api.sent())
    api.say(question)
    return api.wait_sent(before + 1, 30)[before]


def _stored(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "data" / "uploads").iterdir() if not each.is_dir())


def _hidden(folder: Path) -> list[str]:
    incoming = folder / "data" / "uploads" / ".incoming"
    return sorted(each.name for each in incoming.iterdir()) if incoming.exists() else []


def test_everything_an_admin_sends_is_found_and_can_be_undone(api: BotApi, tmp_path: Path) -> None:
    index(tmp_path, harbour=HARBOUR)
    with _bot(api, tmp_path) as bot:
        sent = [
            ("防汛2026年6月2日.txt", RIVER.encode("gb18030"), "水库"),
            ("../../etc/passwd.pdf", pdf_of(ORCHARD), "果园"),
        ]
        numbers = []
        for name, content, mark in sent:
            before = set(api.message_ids())
            api.send_file(content, name)
            number = _answer_number(api, before)
            told = _told(api, number, "已加入文章库")
            numbers.append(number)
            assert "1 篇" in told["text"] and set(_buttons(told)) == {ZH.button_whole, ZH.button_undo}
            assert mark in told["text"] or mark in _ask(api, f"{mark}怎么样？").shown
        stored = _stored(tmp_path)
        assert len(stored) == 2 and all(NAME.fullmatch(name) for name in stored) and not _hidden(tmp_path)
        assert stored[0].startswith("2026-06-02-")
        assert f"{ALICE['id']} has added {stored[0]}" in bot.output
        bot.restart()
        told = api.message(numbers[0])
        api.wait_answer(api.press(numbers[0], _buttons(told)[ZH.button_undo]))
        _told(api, numbers[0], ZH.upload_undone)
        again = api.wait_answer(api.press(numbers[0], _buttons(told)[ZH.button_undo]))
        assert again["text"] == ZH.upload_undone_before
        assert _stored(tmp_path) == stored[1:]
        (kept,) = (tmp_path / "data" / "uploads" / ".withdrawn").iterdir()
        assert kept.read_bytes() == RIVER.encode("gb18030")
        listed = json.loads(huiwen(tmp_path, "articles", "--json").stdout)
        assert len(listed["articles"]) == 2
        # A later run without a path knows the folder, also one that begins anew.
        full = json.loads(huiwen(tmp_path, "index", "--full", "--json").stdout)
        assert full["articles"] == 2
        assert bot.stop() == 0
    assert "Traceback" not in bot.output and "水库" not in bot.output

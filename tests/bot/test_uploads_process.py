"""Articles by chat, as a real process with the real index: sent, pasted, forwarded, undone, killed."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.texts import texts_for
from tests.bot.bot_process import Bot, huiwen, index
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_world import ALICE
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


def _answers(api: BotApi, before: set[tuple[int, int]], count: int) -> list[int]:
    """Return the numbers of the messages of the bot's that have come since, once there are so many."""

    def found() -> list[int]:
        new = set(api.message_ids()) - before
        return sorted(n for _, n in new if api.message(n).get("from", {}).get("is_bot"))

    api.wait(lambda: len(found()) >= count, 30)
    assert len(found()) == count
    return found()


def _name_in(text: str) -> str:
    """Return what is being read by what the bot says of it."""
    return text.removeprefix("正在读取 ").split(" 已加入")[0].split(" 已保存")[0].removesuffix(" …")


def _buttons(message: dict[str, Any]) -> dict[str, str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return {button["text"]: button["callback_data"] for row in rows for button in row}


def _ask(api: BotApi, question: str) -> Call:
    before = len(api.sent())
    api.say(question)
    return api.wait_sent(before + 1, 30)[before]


def _stored(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "data" / "uploads").iterdir() if not each.is_dir())


def _incoming(folder: Path) -> list[str]:
    incoming = folder / "data" / "uploads" / ".incoming"
    return sorted(each.name for each in incoming.iterdir()) if incoming.exists() else []


def test_what_an_admin_sends_is_found_and_can_be_undone_after_a_restart(api: BotApi, tmp_path: Path) -> None:
    index(tmp_path, harbour=HARBOUR)
    with _bot(api, tmp_path) as bot:
        sent = [
            ("防汛2026年6月2日.txt", RIVER.encode("gb18030"), 1),
            ("../../etc/passwd.pdf", pdf_of(ORCHARD), 0),
        ]
        before = set(api.message_ids())
        album = [api.send_file(content, name, breaks=n, media_group_id="1") for name, content, n in sent]
        numbers = {_name_in(api.message(each)["text"]): each for each in _answers(api, before, 2)}
        assert set(numbers) == {name for name, _, _ in sent} and len(album) == 2
        told = {name: _told(api, number, "已加入文章库") for name, number in numbers.items()}
        assert all(set(_buttons(each)) == {ZH.button_whole, ZH.button_undo} for each in told.values())
        assert RIVER.split()[0] in told[sent[0][0]]["text"] and ORCHARD[0] in told[sent[1][0]]["text"]
        assert told[sent[0][0]]["text"].count("2026年6月2日") == 1 + 1  # from the name
        stored = _stored(tmp_path)
        assert len(stored) == 2 and all(NAME.fullmatch(name) for name in stored) and not _incoming(tmp_path)
        assert f"{ALICE['id']} has added {stored[0]}" in bot.output
        bot.wait_serving(max(map(int, re.findall("第 (\\d+) 代", "".join(t["text"] for t in told.values())))))
        assert "二十四小时值守" in _ask(api, "防汛工作会议上副市长强调了什么？").shown
        bot.restart()
        number, buttons = numbers[sent[0][0]], _buttons(told[sent[0][0]])
        opened = len(api.sent())
        api.wait_answer(api.press(number, buttons[ZH.button_whole]))
        assert "二十四小时值守" in api.wait_sent(opened + 1)[opened].shown
        api.wait_answer(api.press(number, buttons[ZH.button_undo]))
        _told(api, number, ZH.upload_undone)
        again = api.wait_answer(api.press(number, buttons[ZH.button_undo]))
        assert again["text"] == ZH.upload_undone_before
        (taken_out,) = set(stored) - set(_stored(tmp_path))
        kept = tmp_path / "data" / "uploads" / ".withdrawn" / taken_out
        assert kept.read_bytes() == RIVER.encode("gb18030")
        # A later run without a path knows the folder, also one that begins anew.
        full = json.loads(huiwen(tmp_path, "index", "--full", "--json").stdout)
        assert full["articles"] == 2
        assert bot.stop() == 0
    assert "Traceback" not in bot.output and "二十四小时" not in bot.output


def test_texts_are_articles_or_questions(api: BotApi, tmp_path: Path) -> None:
    """From nothing: what is sent first makes the index."""
    long = "".join(f"会议研究了第{n}项议题，并对有关部门提出明确要求。" for n in range(300))
    pasted = f"{HARBOUR}{long}"
    cut = pasted.index("。", 3500) + 1
    with _bot(api, tmp_path) as bot:
        before = set(api.message_ids())
        api.say(pasted[:cut])
        api.say(pasted[cut : 2 * cut])
        api.say(pasted[2 * cut :])
        first = _answers(api, before, 1)[0]
        whole = _told(api, first, "已加入文章库")
        assert _name_in(whole["text"]) == ZH.upload_text and "1 篇" in whole["text"]
        (stored,) = _stored(tmp_path)
        text = (tmp_path / "data" / "uploads" / stored).read_text(encoding="utf-8")
        assert "".join(text.split()) == "".join(pasted.split())
        # The whole index: it is not emptied, and that is told.
        api.wait_answer(api.press(first, _buttons(whole)[ZH.button_undo]))
        refused = _told(api, first, ZH.upload_undone)
        assert "none of the 1 indexed articles is left" in refused["text"]
        # A word document and a forwarded post at once.
        before = set(api.message_ids())
        api.send_file(word_of(ORCHARD), "果园.docx")
        origin = channel(1_780_000_000)
        post = RIVER + "会议要求，各级各部门落实防汛责任，" * 8
        forwarded = api.say(post, forward_origin=origin)
        done = [_told(api, each, "已加入文章库")["text"] for each in _answers(api, before, 2)]
        assert sum(ORCHARD[0] in text for text in done) == sum("防汛工作会议" in text for text in done) == 1
        assert any(name.startswith("2026-05-") for name in _stored(tmp_path))
        # The same again is told of, and an edited one is not taken.
        before = set(api.message_ids())
        api.say(post, forward_origin=origin)
        (number,) = _answers(api, before, 1)
        assert ZH.upload_again in _told(api, number, "已加入文章库")["text"]
        sent = len(api.sent())
        api.rewrite(forwarded, post + "更正")
        assert api.wait_sent(sent + 1)[sent].params["text"] == ZH.upload_edited
        assert len(_stored(tmp_path)) == 2
        assert bot.stop() == 0
    assert "Traceback" not in bot.output and "防汛" not in bot.output


def test_a_bot_that_is_killed_completes_what_was_sent(api: BotApi, tmp_path: Path) -> None:
    index(tmp_path, harbour=HARBOUR)
    with _bot(api, tmp_path) as bot:
        before = set(api.message_ids())
        api.send_file(RIVER.encode(), "river.txt")
        (number,) = _answers(api, before, 1)
        _told(api, number, "正在编入索引")
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait()
        api.inject("download", Fault(delay=60))
        bot.restart()
        assert "已加入文章库" in _told(api, number, "已加入文章库")["text"]
        before = set(api.message_ids())
        api.send_file(pdf_of(ORCHARD), "果园.pdf")
        (number,) = _answers(api, before, 1)
        api.wait(lambda: api.downloads == 2)
        bot.restart()
        stopped = ZH.upload_stopped.format(name="果园.pdf")
        _told(api, number, stopped)
        assert len(_stored(tmp_path)) == 1
        assert bot.stop() == 0
    assert "Traceback" not in bot.output


def test_the_same_file_among_those_of_the_operator_is_not_added(api: BotApi, tmp_path: Path) -> None:
    index(tmp_path, harbour=HARBOUR, river=RIVER)
    with _bot(api, tmp_path, HUIWEN_INDEX__WATCH="true") as bot:  # which indexes it as well
        before = set(api.message_ids())
        api.send_file(RIVER.encode(), "other.txt")
        (number,) = _answers(api, before, 1)
        _told(api, number, ZH.upload_there.format(name="other.txt", file="river.txt"))
        assert _stored(tmp_path) == []
        # Another file with the same article is.
        before = set(api.message_ids())
        api.send_file(RIVER.encode("gb18030"), "other.txt")
        (number,) = _answers(api, before, 1)
        told = _told(api, number, "已加入文章库")["text"]
        assert ZH.upload_known_from.format(sources="river.txt") in told
        assert bot.stop() == 0

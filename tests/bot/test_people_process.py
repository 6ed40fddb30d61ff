"""What the bot keeps and lists, as real processes with the real index: killed, restarted, exported."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot.state import FILE_NAME
from bot.telegram_links import article_payload
from bot.texts import texts_for
from tests.bot.bot_process import Bot, huiwen, index, write
from tests.bot.botapi import BotApi, Call
from tests.bot.telegram_world import ALICE, BOB, PRIVATE

ZH, HANT, EN = texts_for("zh"), texts_for("zh-hant"), texts_for("en")
HARBOUR = "5月8日，<滨海>市召开港口安全 & 发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
RIVER = "6月2日，临江市召开防汛工作会议。副市长李春梅强调，要二十四小时值守水库。"
HARBOUR_QUESTION = "港口安全与发展工作会议决定新建什么？"
ADMIN = {"id": 1009, "is_bot": False, "first_name": "Admin", "language_code": "en"}


@contextlib.contextmanager
def _bot(api: BotApi, folder: Path) -> Iterator[Bot]:
    bot = Bot(api, folder, HUIWEN_TELEGRAM__ADMINS=f"[{ADMIN['id']}]")
    try:
        yield bot
    finally:
        bot.process.kill()
        bot.process.wait()


def _say(api: BotApi, text: str, user: dict[str, object] = ALICE) -> Call:
    before = len(api.sent())
    api.say(text, user=user)
    return api.wait_sent(before + 1)[before]


def _last(api: BotApi) -> int:
    return max(number for chat, number in api.message_ids() if chat == PRIVATE["id"])


def _buttons(call: Call) -> dict[str, str]:
    keyboard = call.params["reply_markup"]["inline_keyboard"]
    return {button["text"]: button["callback_data"] for row in keyboard for button in row}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index(tmp_path, harbour=HARBOUR)
    return tmp_path


def test_everything_kept_and_every_button_outlives_a_kill(api: BotApi, folder: Path) -> None:
    with _bot(api, folder) as bot:
        months = _say(api, "/articles")
        list_number = _last(api)
        assert _say(api, "/lang zh-hant").params["text"] == HANT.language_chosen
        assert _say(api, f"/ban {BOB['id']}", ADMIN).params["text"] == EN.banned.format(id=BOB["id"])
        answer = _say(api, HARBOUR_QUESTION)
        assert "三座防波堤" in answer.shown
        answer_number = _last(api)
        (article,) = [json.loads(line) for line in huiwen(folder, "articles", "--json").stdout.splitlines()]
        (listed,) = article["articles"]
        api.wait_answer(api.press(answer_number, _buttons(answer)["👎"]))
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait()
    with _bot(api, folder) as bot:
        api.say("我还在吗？", user=BOB)  # banned
        (month,) = _buttons(months).values()
        api.wait_answer(api.press(list_number, month))
        api.wait_called("editMessageText")
        (shown,) = [call for call in api.calls if call.method == "editMessageText"]
        before = len(api.sent())
        api.wait_answer(api.press(list_number, _buttons(shown)["1"]))
        opened = api.wait_sent(before + 1)[before]
        assert "三座防波堤" in opened.shown and HANT.button_file in _buttons(opened)
        assert _say(api, f"/start {article_payload(listed['id'])}").shown == opened.shown
        assert api.wait_answer(api.press(answer_number, _buttons(answer)["👍"]))["text"] == HANT.thanks_good
        assert len(api.sent()) == before + 2
        (kept,) = [json.loads(line) for line in huiwen(folder, "feedback", "--json").stdout.splitlines()]
        assert kept.pop("time").endswith("+00:00")
        assert kept == {
            "good": True,
            "question": HARBOUR_QUESTION,
            "passages": [{"article": listed["id"], "paragraph": 1}],
            "generation": 1,
            "user": ALICE["id"],
        }
        forgotten = HANT.all_forgotten.format(feedback=1)
        assert _say(api, "/forget").params["text"] == forgotten
        question = HARBOUR_QUESTION.encode()
        assert all(question not in path.read_bytes() for path in (folder / "data").glob(f"{FILE_NAME}*"))
        assert _say(api, "/stats").params["text"].startswith("<b>1</b> 篇报道，1 段（第 1 代索引，")
        assert bot.stop() == 0
    assert HARBOUR_QUESTION not in bot.output and "Traceback" not in bot.output
    assert huiwen(folder, "feedback").stderr == "0 good, 0 not\n"


def test_an_admin_indexes_and_looks_after_the_bot(api: BotApi, folder: Path) -> None:
    with _bot(api, folder) as bot:
        assert "generation" not in _say(api, "/reindex").shown  # not for everybody
        before = len(api.sent())
        api.say("/reindex", user=ADMIN)
        api.say("/reindex", user=ADMIN)
        told = [call.params["text"] for call in api.wait_sent(before + 3, 60)[before:]]
        assert sorted(told)[1:] == sorted([EN.index_busy, EN.index_started]) or EN.index_started in told
        assert any(text.startswith("Nothing new; generation 1 serves on (1 articles") for text in told)
        write(folder, river=RIVER)
        before = len(api.sent())
        api.say("/reindex", user=ADMIN)
        outcome = api.wait_sent(before + 2, 60)[-1].params["text"]
        assert outcome.startswith("Generation 2 published in") and "1 added" in outcome
        health = _say(api, "/health", ADMIN).params["text"]
        assert "Index: 2 (" in health and "articles 2" in health and "GiB" in health
        (folder / "articles" / "harbour.txt").unlink()
        (folder / "articles" / "river.txt").unlink()
        before = len(api.sent())
        api.say("/reindex", user=ADMIN)
        assert "The index is as it was: " in api.wait_sent(before + 2, 60)[-1].params["text"]
        # A run under way does not hold up the end.
        api.say("/reindex", user=ADMIN)
        api.wait_sent(before + 3)
        assert bot.stop() == 0
    assert "Traceback" not in bot.output


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_indexing_for_an_admin_has_the_lowest_priority_and_ends_with_the_bot(
    api: BotApi, folder: Path
) -> None:
    def index_runs() -> list[int]:
        """Return the niceness of each thread of the runs that the bot has started."""
        stats = []
        for entry in Path("/proc").glob("[0-9]*/task/*/stat"):
            with contextlib.suppress(OSError):
                stats.append(entry.read_text().rpartition(")")[2].split())
        return [int(fields[16]) for fields in stats if int(fields[1]) == bot.process.pid]

    def until(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, index_runs()
            time.sleep(0.02)

    with _bot(api, folder) as bot, FileLock(folder / "data" / "writer.lock"):  # for which the run waits
        assert _say(api, "/reindex", ADMIN).params["text"] == EN.index_started
        until(lambda: bool(index_runs()) and set(index_runs()) == {19})
        number = next(
            int(entry.parent.name)
            for entry in Path("/proc").glob("[0-9]*/stat")
            if _parent(entry) == bot.process.pid
        )
        bot.process.kill()
        bot.process.wait()
        until(lambda: not Path(f"/proc/{number}").exists())


def _parent(stat: Path) -> int:
    with contextlib.suppress(OSError):
        return int(stat.read_text().rpartition(")")[2].split()[1])
    return 0


def test_a_file_of_people_that_cannot_be_used_is_one_line(api: BotApi, tmp_path: Path) -> None:
    (tmp_path / "data" / FILE_NAME).mkdir(parents=True)
    bot = Bot(api, tmp_path)
    assert bot.process.wait(60) == 2
    assert bot.output.count("\n") == 1 and "cannot be opened" in bot.output
    refused = huiwen(tmp_path, "feedback", "--json")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and not refused.stdout

"""Alerts as people meet them: a real bot, real `huiwen index` beside it, told once whatever happens."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state import FILE_NAME
from bot.texts import texts_for
from tests.bot.bot_process import HUIWEN, Bot, environment_of, huiwen, index
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_world import BOB, FORUM, GROUP, PRIVATE, TOPIC

ZH, EN = texts_for("zh"), texts_for("en")
HARBOUR = "5月8日，滨海市召开港口安全工作会议。市长王建国主持会议。会议决定新建三座防波堤，并改造旧码头。"
CHEMICAL = (
    "6月2日，临江市召开化工园区安全生产工作会议。副市长李春梅强调，化工园区要逐一排查隐患，"
    "落实企业主体责任，年底前完成整治。会议还通报了上半年的检查情况，要求各区县抓好落实。各园区负责人签订了责任书，有关部门将在9月前逐一复查。"
)
CORRECTED = CHEMICAL.replace("9月前", "十月底之前")  # beyond what its id is made of
FLOOD = "7月1日，青山县召开防汛工作会议。县长周明要求二十四小时值守水库，做好群众转移安置准备。"
LATER = (
    "8月9日，东湖区化工园区举行安全应急演练。区委书记何静到场观摩，提出消防、医疗、环保三支队伍"
    "都要进园区驻守，让安全管理不留死角。"
)
QUESTION = "化工园区 安全"


@contextlib.contextmanager
def _bot(api: BotApi, folder: Path, **environment: str) -> Iterator[Bot]:
    bot = Bot(api, folder, HUIWEN_SEARCH__THRESHOLD="0.3", **environment)
    try:
        api.wait_called("setMyCommands")
        yield bot
        assert bot.stop() == 0, bot.output
    finally:
        bot.process.kill()
        bot.process.wait()
    assert "Traceback" not in bot.output
    assert QUESTION not in bot.output


def _say(api: BotApi, text: str, **where: object) -> Call:
    before = len(api.sent())
    api.say(text, **where)  # type: ignore[arg-type]
    return api.wait_sent(before + 1)[before]


def _buttons(call: Call) -> dict[str, str]:
    keyboard = call.params["reply_markup"]["inline_keyboard"]
    return {button["text"]: button["callback_data"] for row in keyboard for button in row}


def _last(api: BotApi) -> int:
    return max(number for chat, number in api.message_ids() if chat == PRIVATE["id"])


def wait_remembered(folder: Path) -> None:
    """Return when a bot has remembered what articles there are."""
    deadline = time.monotonic() + 30
    file = folder / "data" / FILE_NAME
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM seen").fetchone()
            if count:
                return
        time.sleep(0.05)
    raise AssertionError("the bot has not looked")


def _seen(folder: Path) -> int:
    with contextlib.closing(sqlite3.connect(folder / "data" / FILE_NAME)) as connection:
        return int(connection.execute("SELECT count(*) FROM seen").fetchone()[0])


def _until_seen_changes(folder: Path, before: int) -> None:
    deadline = time.monotonic() + 30
    while _seen(folder) <= before:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index(tmp_path, harbour=HARBOUR)
    return tmp_path


def test_a_new_article_is_told_once_to_all_who_keep_its_question(api: BotApi, folder: Path) -> None:
    with _bot(api, folder) as bot:
        kept = _say(api, f"/alerts {QUESTION}")
        assert QUESTION in kept.shown and ZH.alert_nothing_yet in kept.shown
        assert _say(api, "/alerts  化工园区   安全").params["text"] == ZH.alert_kept_already
        group = _say(
            api, f"/alerts {QUESTION}", user=BOB, chat=FORUM, message_thread_id=TOPIC, is_topic_message=True
        )
        assert EN.alert_nothing_yet in group.shown
        _say(api, "/alerts 防汛", user=BOB, chat=GROUP)
        assert "滨海市召开港口安全工作会议。" in _say(api, "/alerts 港口安全").shown  # the best there is
        wait_remembered(folder)
        before = len(api.sent())
        index(folder, chemical=CHEMICAL)
        told = api.wait_sent(before + 2, 40)[before:]
        assert {(call.params["chat_id"], call.params.get("message_thread_id")) for call in told} == {
            (PRIVATE["id"], None),
            (FORUM["id"], TOPIC),
        }
        for call in told:
            assert call.shown.startswith(f"🔔 {QUESTION}\n") and "化工园区" in call.shown
            assert "reply_parameters" not in call.params
        (mine,) = [call for call in told if call.params["chat_id"] == PRIVATE["id"]]
        buttons = _buttons(mine)
        opened, number = next(data for label, data in buttons.items() if label.startswith("📄")), _last(api)
        bot.restart()
        # Neither a restart, nor the correction, nor reading everything anew tells it again.
        seen = _seen(folder)
        index(folder, chemical=CORRECTED)
        _until_seen_changes(folder, seen)
        huiwen(folder, "index", "--full").check_returncode()
        (folder / "articles" / "chemical.txt").rename(folder / "articles" / "moved.txt")
        seen = _seen(folder)
        before = len(api.sent())
        index(folder, flood=FLOOD)
        (flood,) = api.wait_sent(before + 1, 40)[before:]
        assert flood.params["chat_id"] == GROUP["id"] and "青山县" in flood.shown
        # The buttons of before the restart.
        api.wait_answer(api.press(number, opened))
        assert "李春梅" in api.wait_sent(before + 2)[before + 1].shown
        stop = buttons[ZH.button_stop_alert]
        assert api.wait_answer(api.press(number, stop, user=BOB))["text"] == EN.alert_of_another
        assert api.wait_answer(api.press(number, stop))["text"] == ZH.alert_stopped
        assert api.wait_answer(api.press(number, stop))["text"] == ZH.alert_stopped
        before = len(api.sent())
        index(folder, later=LATER)
        (last,) = api.wait_sent(before + 1, 40)[before:]
        assert last.params["chat_id"] == FORUM["id"] and "东湖区" in last.shown
        assert len(api.sent()) == before + 1


def test_what_came_while_the_bot_was_away_is_told(api: BotApi, folder: Path) -> None:
    with _bot(api, folder) as bot:
        _say(api, f"/alerts {QUESTION}")
        wait_remembered(folder)
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait()
        for name, text in (
            ("chemical", CHEMICAL),
            ("flood", FLOOD),
            ("later", LATER),
            ("flood2", HARBOUR + FLOOD),
        ):
            index(folder, **{name: text})  # more generations than are kept
        before = len(api.sent())
        bot.restart()
        (told,) = api.wait_sent(before + 1, 40)[before:]
        assert "临江市" in told.shown and "东湖区" in told.shown


def test_exported_and_imported_it_is_not_new(api: BotApi, folder: Path) -> None:
    index(folder, chemical=CHEMICAL)
    huiwen(folder, "export", folder / "index.tar").check_returncode()
    with _bot(api, folder):
        assert "临江市" in _say(api, f"/alerts {QUESTION}").shown
        wait_remembered(folder)
        before = len(api.sent())
        huiwen(folder, "import", folder / "index.tar").check_returncode()
        index(folder, later=LATER)
        (told,) = api.wait_sent(before + 1, 40)[before:]
        assert "东湖区" in told.shown and "临江市" not in told.shown


def test_quiet_hours_hold_back_and_faults_do_not_lose(api: BotApi, folder: Path) -> None:
    with _bot(api, folder, HUIWEN_TELEGRAM__TIMEZONE="Asia/Shanghai", HUIWEN_TELEGRAM__QUIET_HOURS="0-24"):
        pass
    assert _refused(folder, HUIWEN_TELEGRAM__TIMEZONE="Moon/Sea") and _refused(
        folder, HUIWEN_TELEGRAM__QUIET_HOURS="late"
    )
    with _bot(api, folder) as bot:
        quiet = time.strftime("%H:00-") + time.strftime("%H:00", time.localtime(time.time() - 3600))
        assert quiet in _say(api, f"/alerts quiet {quiet}").shown
        assert _say(api, "/alerts quiet 25-7").params["text"] == ZH.quiet_usage
        _say(api, f"/alerts {QUESTION}")
        _say(api, f"/alerts {QUESTION}", user=BOB, chat=GROUP)
        wait_remembered(folder)
        before = len(api.sent())
        api.inject("sendMessage", Fault(status=429, retry_after=1), Fault(status=502))
        index(folder, chemical=CHEMICAL)
        (told,) = api.wait_sent(before + 1, 60)[before:]
        assert told.params["chat_id"] == GROUP["id"]
        bot.restart()
        assert ZH.quiet_none in _say(api, "/alerts quiet off").shown
        (kept,) = api.wait_sent(before + 3, 60)[before + 2 :]
        assert kept.params["chat_id"] == PRIVATE["id"] and "临江市" in kept.shown


def test_who_blocks_the_bot_is_left_alone_until_they_come_back(api: BotApi, folder: Path) -> None:
    with _bot(api, folder) as bot:
        _say(api, f"/alerts {QUESTION}")
        wait_remembered(folder)
        api.inject("sendMessage", Fault(status=403, description="Forbidden: bot was blocked by the user"))
        index(folder, chemical=CHEMICAL)
        api.wait(lambda: any(call.method == "sendMessage" and not call.served for call in api.calls), 40)
        seen, before = _seen(folder), len(api.sent())
        index(folder, later=LATER)
        _until_seen_changes(folder, seen)
        listed = _say(api, "/alerts")
        assert len(api.sent()) == before + 1 and QUESTION in listed.shown
        index(
            folder,
            again=LATER.replace("东湖区", "西湖区").replace("何静", "陈默").replace("8月9日", "12月9日"),
        )
        assert "西湖区" in api.wait_sent(before + 2, 40)[-1].shown
        assert _say(api, "/forget").params["text"] == ZH.all_forgotten.format(feedback=0)
        question = QUESTION.encode()
        assert all(question not in path.read_bytes() for path in (folder / "data").glob(f"{FILE_NAME}*"))
        assert _say(api, "/alerts").shown.startswith(ZH.alerts_none)
        assert bot.process.poll() is None


def test_alerts_are_listed_and_stopped(api: BotApi, folder: Path) -> None:
    with _bot(api, folder, HUIWEN_TELEGRAM__ALERTS="10"):
        for number in range(10):
            _say(api, f"/alerts 防汛 {number}")
        assert _say(api, "/alerts 港口").params["text"] == ZH.alert_too_many.format(limit=10)
        assert _say(api, "/alerts ？！").params["text"] == ZH.cannot_search
        assert _say(api, f"/alerts {'防' * 201}").params["text"] == ZH.too_long.format(limit=200)
        listed = _say(api, "/alerts")
        assert "8. 防汛 7" in listed.shown and "防汛 8" not in listed.shown
        number, buttons = _last(api), _buttons(listed)
        assert api.wait_answer(api.press(number, buttons["✖ 1. 防汛 0"]))["text"] == ZH.alert_stopped
        api.wait_called("editMessageText", 1)
        api.wait_answer(api.press(number, buttons["▶"]))
        api.wait_called("editMessageText", 2)
        assert "防汛 9" in api.message(number)["text"]
        api.wait_answer(api.press(number, "n:x:999:junk"))
        _say(api, "/alerts off")
        number = _last(api)
        api.wait_answer(api.press(number, "n:a"))
        api.wait_called("editMessageText", 3)
        assert api.message(number)["text"] == ZH.alerts_all_stopped.format(count=9)
        # The question of an answer that had nothing.
        nothing = _say(api, "xyzzy plugh")
        assert (
            api.wait_answer(api.press(_last(api), _buttons(nothing)[ZH.button_tell_me]))["text"]
            == ZH.alert_noted
        )
        assert "xyzzy plugh" in _say(api, "/alerts").shown


def _refused(folder: Path, **environment: str) -> bool:
    run = subprocess.run(
        [HUIWEN, "doctor"],
        env=environment_of(folder, **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode == 2 and run.stderr.count("\n") == 1

"""Which of an admin's messages are taken, and what is said of those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.state import FILE_NAME
from bot.texts import texts_for
from config import Settings
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.running import SmallAsker, running, settings_for
from tests.bot.telegram_world import ALICE, BOB, GROUP, TOKEN
from tests.bot.uploading import RIVER, channel, pdf_of, word_of

ZH, EN = texts_for("zh"), texts_for("en")
ADMINS = [ALICE["id"]]
UNDO = "u:abcdefghijklmnopabcd.txt"


def _settings(api: BotApi, folder: Path, **telegram: object) -> Settings:
    return settings_for(api, folder / "data", **{"admins": ADMINS, **telegram})


def _sent(api: BotApi, count: int = 1) -> list[Call]:
    return api.wait_sent(count)


def _outcome(api: BotApi, *, after: int = 0) -> str:
    """Return what the bot's message about a file says in the end."""
    api.wait_called("editMessageText", after + 1)
    return [call for call in api.calls if call.method == "editMessageText"][after].shown


def _files(folder: Path) -> list[Path]:
    """Return all that is on the disk but what is kept of people."""
    data = folder / "data"
    return [
        each
        for each in data.rglob("*")
        if each.is_file() and not each.name.startswith((FILE_NAME, "uploads."))
    ]


def test_others_do_not_learn_of_it(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, _settings(api, tmp_path, admins=[BOB["id"]])):
        api.send_file(RIVER.encode(), "river.txt")
        assert _sent(api)[0].params["text"] == ZH.text_only
        api.say("/upload")
        assert _sent(api, 2)[1].params["text"] == ZH.unknown_command
        api.say(RIVER * 30, forward_origin=channel(1_780_000_000))
        assert "1000" in _sent(api, 3)[2].params["text"]
        number = api.post(text="a")
        assert api.wait_answer(api.press(number, UNDO))["text"] == ZH.button_gone
        _sent(api, 4)
    assert "getFile" not in {call.method for call in api.calls} and _files(tmp_path) == []


def test_how_it_is_used_is_told(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, _settings(api, tmp_path, upload_mb=1.5)):
        for count, text in enumerate(("/upload", "/upload help"), start=1):
            api.say(text)
            assert ".docx" in (told := _sent(api, count)[-1].shown) and "1.5 MB" in told
        number = api.say("短", chat=GROUP)
        api.say("/upload", chat=GROUP, reply_to=number)
        assert ".docx" in _sent(api, 3)[-1].shown
        api.say("/help")
        assert ".docx" in (told := _sent(api, 4)[-1].shown) and "/latest" in told
        api.say("/help", user=BOB)
        assert ".docx" not in _sent(api, 5)[-1].shown
        api.wait_called("setMyCommands", 3)
    scopes = {"chat": True, "all_private_chats": False, "all_group_chats": False}
    for call in api.calls:
        if call.method == "setMyCommands":
            commands = {each["command"] for each in call.params["commands"]}
            assert ("upload" in commands) is scopes[call.params["scope"]["type"]]


def test_it_can_be_switched_off(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, _settings(api, tmp_path, upload_mb=0)):
        api.say("/upload")
        assert _sent(api)[0].params["text"] == ZH.upload_off
        api.send_file(RIVER.encode(), "river.txt")
        assert _sent(api, 2)[1].params["text"] == ZH.text_only


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("old.doc", "an old Word document: save it as .docx"),
        ("../../etc/passwd.<b>", "unknown kind of file (.<b>)"),
        ("📰" * 300 + ".zip", "an archive (.zip)"),
        ("page.json", "JSON"),
    ],
)
def test_what_is_not_read_is_not_fetched(
    api: BotApi, asker: SmallAsker, tmp_path: Path, name: str, reason: str
) -> None:
    with running(api, asker, _settings(api, tmp_path)):
        api.send_file(b"text", name)
        shown = _sent(api)[0].shown
        assert reason in shown and name[:20] in shown and len(shown) < 400
    assert "getFile" not in {call.method for call in api.calls}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.pdf", RIVER.encode(), "not a PDF, or a damaged one"),
        ("page.txt", pdf_of(("题", "文")), "not a text file but a PDF"),
        ("page.docx", word_of(("题", "文"))[:-200], "not a Word document, or a damaged one"),
        ("page.jsonl", b'{"id": 1}\n[]\n', ""),
        ("empty.txt", b"", "an empty file"),
        (None, bytes(range(256)) * 4, "text"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_kept(
    api: BotApi, asker: SmallAsker, tmp_path: Path, name: str | None, content: bytes, reason: str
) -> None:
    with running(api, asker, _settings(api, tmp_path)):
        api.send_file(content, name)
        told = _outcome(api)
        assert told.startswith(f"没有添加 {name or ZH.upload_file}：") and reason in told
        api.wait(lambda: _files(tmp_path) == [])


def test_size_is_checked_before_while_and_by_telegram(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    said = ZH.upload_too_large.format(name="page.txt", limit="0.001").replace("<b>", "")
    with running(api, asker, _settings(api, tmp_path, upload_mb=0.001)):
        api.send_file(b"x" * 2000, "page.txt")
        assert _sent(api)[0].shown == said
        assert "getFile" not in {call.method for call in api.calls}
        api.send_file(b"x" * 2000, "page.txt", told_size=900)
        assert _outcome(api) == said
        # Telegram's own limit is another than ours.
    with running(api, asker, _settings(api, tmp_path, upload_mb=50)):
        api.send_file(b"x", "page.txt", told_size=30_000_000)
        assert "50 MB" in _outcome(api, after=1)
    assert _files(tmp_path) == []


def test_a_stop_lets_the_outcome_arrive_first(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    settings = _settings(api, tmp_path)
    api.inject("editMessageText", Fault(delay=1.0))
    with running(api, asker, settings):
        api.send_file(b"", "empty.txt")
        api.wait(lambda: api.begun["editMessageText"] == 1)
    assert "没有添加 empty.txt" in _outcome(api)
    with running(api, asker, settings):  # it would say now that it was interrupted
        api.say("/help")
        _sent(api, 2)
    assert [call.method for call in api.calls].count("editMessageText") == 1


def test_a_download_that_fails_for_good_is_told(
    api: BotApi, asker: SmallAsker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    with running(api, asker, _settings(api, tmp_path)):
        api.send_file(RIVER.encode(), "page.txt", breaks=9)
        assert "cannot be fetched from Telegram" in _outcome(api)
        assert api.downloads == 4
        api.inject("getFile", Fault(400, "wrong file_id"))
        api.send_file(RIVER.encode(), "page.txt")
        assert "send it again" in _outcome(api, after=1)
    assert _files(tmp_path) == [] and TOKEN.partition(":")[2] not in caplog.text


def test_a_folder_that_cannot_be_written_is_told(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "uploads").write_text("a file where the folder should be")
    with running(api, asker, _settings(api, tmp_path)):
        api.send_file(RIVER.encode(), "page.txt")
        assert _outcome(api).startswith("没有添加 page.txt：无法保存（")


def test_files_of_a_server_in_local_mode(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, _settings(api, tmp_path, upload_mb=0.001)):
        api.send_file(b"x", "page.pdf", path=str(tmp_path / "elsewhere"))
        assert "--local" in _outcome(api)
        (tmp_path / "there").write_bytes(b"no page")
        api.send_file(b"no page", "page.pdf", path=str(tmp_path / "there"))
        assert "not a PDF" in _outcome(api, after=1)
        (tmp_path / "there").write_bytes(b"x" * 2000)
        api.send_file(b"x", "page.pdf", path=str(tmp_path / "there"))
        assert "0.001" in _outcome(api, after=2)
    assert api.downloads == 0


def test_short_texts_of_admins_are_questions(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, _settings(api, tmp_path)):
        api.say("大会哪天召开？")
        api.say("大会哪天召开？", forward_origin=channel(1_780_000_000))
        own = {"type": "user", "date": 1, "sender_user": {"id": 123456789, "is_bot": True, "first_name": "x"}}
        api.say("会议强调了什么？" * 30, forward_origin=own)  # an answer of ours, passed on
        _sent(api, 3)
    assert len(asker.questions) == 3

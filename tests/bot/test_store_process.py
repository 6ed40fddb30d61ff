"""Commands and the bot as real processes over a store on a server, which goes away and comes back."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts import texts_for
from tests.bot.bot_process import HUIWEN, environment_of, running, write
from tests.bot.telegram_world import ALICE, PRIVATE
from tests.bot.test_alerts_process import CHEMICAL, LATER, wait_remembered
from tests.retrieval.stores import PATIENCE_S, LiteServer, lenient, needs_milvus

pytestmark = [needs_milvus, lenient]

_ZH = texts_for("zh")
_HARBOUR = "5月8日，滨海市召开港口安全与发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
_QUESTION = "港口安全与发展工作会议决定新建什么？"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiteServer]:
    (tmp_path / "server").mkdir()
    started = LiteServer(tmp_path / "server" / "data")
    started.start()
    yield started
    started.kill()


def _huiwen(folder: Path, server: LiteServer, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HUIWEN, *arguments],
        env=environment_of(folder, HUIWEN_STORE__URI=server.uri, HUIWEN_STORE__TIMEOUT="3"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_reader_needs_the_address_alone(tmp_path: Path, server: LiteServer) -> None:
    writer, reader = tmp_path / "writer", tmp_path / "reader"
    for folder in (writer, reader):
        folder.mkdir()
    write(writer, harbour=_HARBOUR)
    indexed = _huiwen(writer, server, "index", writer / "articles")
    assert indexed.returncode == 0 and "generation 1 serves in the store at" in indexed.stderr
    asked = _huiwen(reader, server, "ask", _QUESTION, "--json")
    assert asked.returncode == 0
    assert json.loads(asked.stdout)["hits"][0]["article"]["source"] == "harbour.txt"
    listed = json.loads(_huiwen(reader, server, "articles", "--json").stdout)
    assert [article["source"] for article in listed["articles"]] == ["harbour.txt"]
    shown = _huiwen(reader, server, "show", listed["articles"][0]["id"])
    assert "防波堤" in shown.stdout
    checked = {
        check["name"]: check
        for check in json.loads(_huiwen(reader, server, "doctor", "--json").stdout)["checks"]
    }
    assert checked["store"]["state"] == "ok" and "generation 1" in checked["store"]["detail"]
    assert not (reader / "data").exists()
    write(writer, harbour="临江市召开防汛会议。")
    assert _huiwen(writer, server, "index").returncode == 0
    assert "三座防波堤" not in _huiwen(reader, server, "ask", _QUESTION).stdout
    assert "serves again" in _huiwen(writer, server, "rollback").stdout
    assert "三座防波堤" in _huiwen(reader, server, "ask", _QUESTION).stdout
    server.kill()
    away = _huiwen(reader, server, "ask", _QUESTION)
    assert away.returncode == 2
    assert away.stderr.startswith("huiwen: the store at http://127.0.0.1") and away.stderr.count("\n") == 1


def test_the_bot_outlives_its_server(tmp_path: Path, server: LiteServer) -> None:
    writer, reader = tmp_path / "writer", tmp_path / "reader"
    for folder in (writer, reader):
        folder.mkdir()
    write(writer, harbour=_HARBOUR)
    assert _huiwen(writer, server, "index", writer / "articles").returncode == 0
    with running(reader, HUIWEN_STORE__URI=server.uri, HUIWEN_STORE__TIMEOUT="3") as bot:

        def answer() -> str:
            before = len(bot.api.sent())
            bot.api.say(_QUESTION, chat=PRIVATE, user=ALICE)
            return bot.api.wait_sent(before + 1)[before].shown

        assert "三座防波堤" in answer()
        server.kill()
        assert answer() == _ZH.trouble
        server.start()
        until = time.monotonic() + PATIENCE_S
        while "三座防波堤" not in answer():
            assert time.monotonic() < until
            time.sleep(0.3)


def test_who_keeps_a_question_is_told_by_a_bot_that_has_no_index_of_its_own(
    tmp_path: Path, server: LiteServer
) -> None:
    writer, reader = tmp_path / "writer", tmp_path / "reader"
    for folder in (writer, reader):
        folder.mkdir()
    write(writer, harbour=_HARBOUR)
    assert _huiwen(writer, server, "index", writer / "articles").returncode == 0
    with running(
        reader,
        HUIWEN_STORE__URI=server.uri,
        HUIWEN_STORE__TIMEOUT="3",
        HUIWEN_SEARCH__THRESHOLD="0.3",
    ) as bot:
        bot.api.say("/alerts 化工园区 安全", chat=PRIVATE, user=ALICE)
        assert _ZH.alert_nothing_yet in bot.api.wait_sent(1)[0].shown
        wait_remembered(reader)
        write(writer, chemical=CHEMICAL)
        assert _huiwen(writer, server, "index").returncode == 0
        assert "化工园区安全生产工作会议" in bot.api.wait_sent(2)[1].shown
        server.kill()
        server.start()
        write(writer, flood="7月1日，青山县召开防汛工作会议。", later=LATER)
        assert _huiwen(writer, server, "index").returncode == 0
        assert "应急演练" in bot.api.wait_sent(3)[2].shown
        assert len(bot.api.sent()) == 3

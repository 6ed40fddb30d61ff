"""`huiwen bot` by webhook, as a real process behind a pretended proxy, and what operators see of it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.texts import texts_for
from tests.bot.bot_process import SECRET, Bot, free_port, index, running, webhook
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.telegram_world import ALICE, BOB, GROUP, PRIVATE

ZH = texts_for("zh")
HARBOUR = "5月8日，<滨海>市召开港口安全 & 发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
QUESTION = "港口安全与发展工作会议决定新建什么？"
EDITED = "港口安全与发展工作会议由谁主持？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bot")
    index(folder, harbour=HARBOUR)
    return folder


@pytest.fixture(scope="module")
def monitoring() -> int:
    return free_port()


@pytest.fixture(scope="module")
def bot(folder: Path, monitoring: int) -> Iterator[Bot]:
    listen = f"127.0.0.1:{monitoring}"
    with running(folder, by_webhook=True, HUIWEN_MONITORING__LISTEN=listen, HUIWEN_LOG__FORMAT="json") as bot:
        yield bot
    for line in bot.output.splitlines():
        assert set(json.loads(line)) >= {"time", "level", "logger", "message"}
    assert bot.api.webhook.secret not in bot.output


def _deliver(
    bot: Bot, body: bytes, secret: str | None = None, path: str = "/hook", method: str = "POST"
) -> int:
    """Deliver something past Telegram; return the status."""
    secret = bot.api.webhook.secret if secret is None else secret
    request = urllib.request.Request(f"http://{bot.api.webhook.listen}{path}", body, method=method)
    request.add_header("X-Telegram-Bot-Api-Secret-Token", secret)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _figures(port: int) -> dict[tuple[str, ...], float]:
    status, text = _get(port, "/metrics")
    assert status == 200
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_is_set(bot: Bot) -> None:
    webhook = bot.api.webhook
    assert webhook.url == "https://bot.example.org/hook"
    assert len(webhook.secret) == 64 and webhook.connections == 64
    assert webhook.allowed == ["message", "edited_message", "callback_query", "inline_query"]
    assert not [call for call in bot.api.calls if call.method in ("getUpdates", "deleteWebhook")]


def test_questions_edits_buttons_and_inline(bot: Bot, monitoring: int) -> None:
    before, counted = len(bot.api.sent()), _figures(monitoring)
    number = bot.api.say(QUESTION)
    (sent,) = bot.api.wait_sent(before + 1)[before:]
    assert "三座防波堤" in sent.shown
    bot.api.rewrite(number, EDITED)
    bot.api.wait_called("editMessageText")
    buttons = [b for row in sent.params["reply_markup"]["inline_keyboard"] for b in row]
    good = next(button["callback_data"] for button in buttons if button["text"] == "👍")
    answer = max(number for chat, number in bot.api.message_ids() if chat == PRIVATE["id"])
    assert bot.api.wait_answer(bot.api.press(answer, good))["text"] == ZH.thanks_good
    assert bot.api.wait_answer(bot.api.query(QUESTION))["results"]
    bot.api.wait(lambda: not bot.api.update_ids())
    now = _figures(monitoring)

    def more(*name: str) -> float:
        return now[name] - counted.get(name, 0)

    for kind in ("private", "edited", "inline"):
        assert more("huiwen_questions_total", f"kind={kind}") == 1
    for kind in ("message", "edited_message", "callback_query", "inline_query"):
        assert more("huiwen_updates_total", f"type={kind}") == 1
    assert more("huiwen_answers_total", "answered=true") == more("huiwen_answer_seconds_count") == 3
    assert more("huiwen_answer_seconds_bucket", "le=+Inf") == 3
    assert more("huiwen_handling_seconds_count") == 4
    assert now["huiwen_errors_total", "kind=internal"] == 0
    assert now["huiwen_generation",] == now["huiwen_articles",] == now["huiwen_passages",] == 1
    assert now["huiwen_queue",] == 0 and now["huiwen_healthy",] == 1
    assert now["huiwen_last_update_timestamp_seconds",] > 1e9
    text = _get(monitoring, "/metrics")[1]
    assert str(ALICE["id"]) not in text and QUESTION not in text


def test_health(bot: Bot, monitoring: int) -> None:
    bot.api.wait(lambda: not bot.api.update_ids())
    status, text = _get(monitoring, "/healthz")
    report = json.loads(text)
    assert (status, report["status"], report["telegram"], report["mode"]) == (200, "ok", "ok", "webhook")
    assert (report["generation"], report["articles"], report["queue"]) == (1, 1, 0)
    assert report["problems"] == [] and report["uptime_seconds"] > 0
    assert _get(monitoring, "/healthz?verbose")[0] == 200
    assert _get(monitoring, "/else")[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", monitoring, timeout=10)
    for method, expected in (("HEAD", 200), ("HEAD", 200), ("POST", 405)):
        connection.request(method, "/healthz")
        response = connection.getresponse()
        assert response.status == expected and (method == "POST" or response.read() == b"")
    connection.close()


def test_who_is_not_telegram_is_refused(bot: Bot) -> None:
    update = {"message_id": 7, "date": 1, "chat": PRIVATE, "from": ALICE, "text": "/start"}
    update["entities"] = [{"type": "bot_command", "offset": 0, "length": 6}]
    body = json.dumps({"update_id": 910_000_000, "message": update}).encode()
    before = len(bot.api.sent())
    assert _deliver(bot, body, "") == 403
    assert _deliver(bot, body, "wrong") == 403
    assert _deliver(bot, body, "größer") == 403
    assert _deliver(bot, body, path="/") == 404
    assert _deliver(bot, body, path="/hook/more") == 404
    assert _deliver(bot, body, method="PUT") == 405
    assert _deliver(bot, b"{" + b" " * (1 << 20) + b"}") == 413
    assert _deliver(bot, b'{"update_id": 1, ') == 400
    assert _deliver(bot, b"[" * 100_000) == 400
    assert _deliver(bot, b'["\xff"]') == 400
    assert _deliver(bot, b'{"message": {}}') == 400
    assert _deliver(bot, b'{"update_id": 910000001, "message": 5}') == 200
    assert _deliver(bot, b'{"update_id": 910000002, "something": "new"}') == 200
    assert len(bot.api.sent()) == before
    assert _deliver(bot, body) == 200
    assert _deliver(bot, body) == 200
    bot.api.wait_sent(before + 1)
    bot.api.say("/help")
    bot.api.wait_sent(before + 2)
    assert len(bot.api.sent()) == before + 2


def test_slow_clients_keep_nobody_waiting(bot: Bot) -> None:
    host, port = bot.api.webhook.listen.split(":")
    slow = [socket.create_connection((host, int(port)), timeout=30) for _ in range(300)]
    try:
        for each in slow[-40:]:
            each.sendall(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-")
        before = len(bot.api.sent())
        bot.api.say(QUESTION)
        bot.api.wait_sent(before + 1)
    finally:
        for each in slow:
            each.close()


def test_nothing_is_lost_or_answered_twice_over_kills(folder: Path) -> None:
    with running(folder, by_webhook=True, HUIWEN_LOG__FORMAT="json") as bot:
        # Killed while the answer is on its way to Telegram: it had not been confirmed, and comes again.
        bot.api.inject("sendMessage", Fault(drop="before", delay=5))
        bot.api.say(QUESTION)
        bot.api.wait_faulted("sendMessage")
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait()
        bot.api.say(EDITED)
        bot.api.say(f"/ask {QUESTION}", chat=GROUP, user=BOB)
        assert bot.api.sent() == [] and len(bot.api.update_ids()) == 3
        bot.restart()
        bot.api.wait_sent(3)
        bot.api.wait(lambda: not bot.api.update_ids())
        bot.restart()
        bot.api.say("/help")
        bot.api.wait_sent(4)
    assert len(bot.api.sent()) == 4


def test_a_stop_finishes_what_is_under_way_and_leaves_the_rest(folder: Path) -> None:
    with running(folder, by_webhook=True, HUIWEN_LOG__FORMAT="json") as bot:
        bot.api.inject("sendMessage", Fault(429, retry_after=1))
        number = bot.api.say(QUESTION)
        assert number
        bot.api.wait(lambda: any(c.method == "sendMessage" and not c.served for c in bot.api.calls))
        bot.process.send_signal(signal.SIGTERM)
        bot.api.wait_sent(1)
        assert bot.process.wait(5) == 0
        assert bot.api.update_ids() == [] and bot.api.webhook.url
        bot.api.say(EDITED)
        bot.restart()
        bot.api.wait_sent(2)


def test_what_takes_too_long_at_the_end_comes_again(folder: Path) -> None:
    with running(folder, by_webhook=True, HUIWEN_LOG__FORMAT="json") as bot:
        bot.api.inject("sendMessage", Fault(429, retry_after=60))
        bot.api.say(QUESTION)
        bot.api.wait(lambda: any(c.method == "sendMessage" and not c.served for c in bot.api.calls))
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(5) == 0
        assert len(bot.api.update_ids()) == 1
        bot.restart()
        bot.api.wait_sent(1)
        bot.api.wait(lambda: not bot.api.update_ids())


@pytest.mark.parametrize("key", ["TELEGRAM__WEBHOOK_LISTEN", "MONITORING__LISTEN"])
def test_a_taken_port_is_one_line(tmp_path: Path, key: str) -> None:
    with BotApi() as api, socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        bot = Bot(
            api,
            tmp_path,
            **{**webhook(api), f"HUIWEN_{key}": f"127.0.0.1:{port}", "HUIWEN_LOG__LEVEL": "ERROR"},
        )
        assert bot.process.wait(30) == 2
        assert api.calls == []
    assert bot.output.count("\n") == 1 and port in bot.output and key.split("__")[1].lower() in bot.output
    assert "in use" in bot.output and SECRET not in bot.output


def test_health_without_an_index_and_by_polling(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, HUIWEN_MONITORING__LISTEN=f"127.0.0.1:{port}") as bot:
        status, text = _get(port, "/healthz")
        report = json.loads(text)
        assert (status, report["status"], report["mode"], report["generation"]) == (
            503,
            "troubled",
            "polling",
            None,
        )
        assert "huiwen index" in report["problems"][0]
        bot.api.say(QUESTION)
        bot.api.wait_sent(1)
        figures = _figures(port)
        assert figures["huiwen_errors_total", "kind=no_index"] == 1 and figures["huiwen_healthy",] == 0
        index(tmp_path, harbour=HARBOUR)
        bot.api.say(QUESTION)
        bot.api.wait_sent(2)
        assert _get(port, "/healthz")[0] == 200

"""What is told of the bot's health, and when it is no longer well."""

from __future__ import annotations

import asyncio
import threading

import pytest
from telegram.error import NetworkError

from bot import health, telegram_link
from bot.health import Health
from bot.metrics import Metrics
from bot.telegram_app import build_application
from bot.telegram_library import IndexState
from bot.telegram_link import Link
from bot.telegram_polling import Poller
from retrieval.errors import BrokenIndexError, RetrievalError
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.running import SmallAsker, settings_for
from tests.bot.telegram_world import TOKEN

STATE = IndexState(7, 3, 40)


class Index:
    """An index whose state a test decides."""

    def __init__(self) -> None:
        self.state: IndexState | RetrievalError = STATE

    def __call__(self) -> IndexState:
        if isinstance(self.state, RetrievalError):
            raise self.state
        return self.state


def test_health_while_starting_running_and_cut_off(
    api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)
    released = threading.Event()
    asker.before = lambda question: assert_set(released)
    metrics, index = Metrics(), Index()

    def assert_set(event: threading.Event) -> None:
        assert event.wait(20)

    async def run() -> None:
        application = build_application(settings_for(api), metrics.measure(asker))
        serving = Poller(application)
        looked = Health(serving, index)
        metrics.watch(application)
        metrics.report(looked.look)
        assert looked.look().telegram == "starting" and looked.look().status == "ok"
        stop = asyncio.Event()
        served = asyncio.create_task(serving.run(stop))
        api.say("问？")
        await asyncio.to_thread(api.wait, lambda: bool(asker.questions))
        report = looked.look()
        assert (report.status, report.telegram, report.queue, report.generation) == ("ok", "ok", 1, 7)
        assert report.last_update is not None and report.last_update.endswith("+00:00")
        assert b"huiwen_queue 1.0" in metrics.render("")[0]
        released.set()
        await asyncio.to_thread(api.wait_sent, 1)

        index.state = IndexState(6, 3, 40, "generation 7 is damaged")
        assert looked.look().status == "ok" and looked.look().problems == ("index: generation 7 is damaged",)
        index.state = BrokenIndexError("none is whole")
        assert looked.look().status == "troubled" and looked.look().generation is None
        index.state = STATE

        monkeypatch.setattr(health, "_SILENCE_S", 0.05)
        api.inject("getUpdates", *[Fault(502, "down")] * 500)
        api.say("又问？")
        while looked.look().telegram != "troubled" or not looked.look().problems:
            await asyncio.sleep(0.02)
        assert looked.look().status == "troubled" and "telegram: NetworkError" in looked.look().problems[0]
        stop.set()
        await served

    asyncio.run(run())


def test_trouble_does_not_name_the_token() -> None:
    async def run() -> Link:
        link, failed = Link(), iter([NetworkError(f"The token `{TOKEN}` was rejected"), None])

        async def action() -> None:
            if error := next(failed):
                raise error

        insisting = asyncio.create_task(link.insist(action))
        await asyncio.sleep(0)
        assert "rejected" in link.trouble and TOKEN not in link.trouble
        await insisting
        return link

    link = asyncio.run(run())
    assert link.trouble == "" and link.answered is not None


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("", "text/plain"), ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")],
)
def test_figures_come_in_the_form_that_is_asked_for(accept: str, kind: str) -> None:
    text, content_type = Metrics().render(accept)
    assert content_type.startswith(kind)
    # What has not happened yet is there, or its first time would be in no rate.
    assert b'huiwen_errors_total{kind="internal"} 0.0' in text
    assert b"process_resident_memory_bytes" in text


def test_what_is_asked_by_nobody_is_not_counted(asker: SmallAsker) -> None:
    metrics = Metrics()
    assert metrics.measure(asker).ask("会议", 1).answered
    assert b"huiwen_answer_seconds_count 0.0" in metrics.render("")[0]

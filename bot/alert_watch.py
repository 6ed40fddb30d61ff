"""Looks at each new generation for alerts, and tells people what has come, beside the answers.

The looking is done in a thread of low priority. What is sent goes around the limiter of the answers, slowly:
where Telegram says 429 only that chat waits, and no answer does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.alert_rendering import SHOWN, render_told
from bot.alerts import Alert, Alerts, Arrived
from bot.quiet_hours import QuietHours, zone_named
from bot.state import State
from bot.state_file import StateError
from bot.telegram_gate import Gate
from bot.telegram_sending import announce
from bot.texts import texts_for
from config import TelegramSettings
from embeddings import EmbeddingError
from retrieval import NoIndexError, RetrievalError, Searcher

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
_TELL_AGAIN_S = 20.0  # while something waits for the end of quiet hours, or for a chat
_FAILED_S = 30.0
_PAUSE_S = 0.1  # between messages: two thirds of what Telegram takes are left to the answers
_PRIVATE_S, _GROUP_S = 1.0, 6.0  # between those in one chat, a third of what a group takes
_FIRST_AWAY_S, _LONGEST_AWAY_S = 5.0, 300.0
_NICE = 10

Generation = tuple[int, str]
_WRONG = (sqlite3.Error, StateError, RetrievalError, EmbeddingError, OSError)


class AlertWatch:
    """Runs beside the poller."""

    def __init__(
        self,
        settings: TelegramSettings,
        state: State,
        alerts: Alerts,
        gate: Gate,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Take also the clock on the wall; by default that of the zone in the settings."""
        self._settings = settings
        self._state = state
        self._alerts = alerts
        self._gate = gate
        zone = zone_named(settings.timezone)
        self._now = now or (lambda: datetime.now(zone))
        self._woken = asyncio.Event()
        self._looked: Generation | None = None
        self._knows = False
        """Whether the articles of that generation are remembered."""
        self._look_at = self._tell_at = 0.0
        self._later: dict[int, float] = {}
        self._away_s = _FIRST_AWAY_S
        self._complaint = ""

    def wake(self) -> None:
        """Look at once if this is the first alert, so that what there is now is not told as new."""
        if not self._knows:
            self._looked = None
        self._woken.set()

    async def run(self, searcher: Callable[[], Searcher], bot: ExtBot[Any], stop: asyncio.Event) -> None:
        """Look and tell until `stop` is set; `searcher` returns the one of the newest generation."""
        thread = ThreadPoolExecutor(1, "alerts", _be_nice)
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._woken.clear()
                try:
                    if time.monotonic() >= self._look_at:
                        await self._look(thread, searcher, stop)
                    if time.monotonic() >= self._tell_at:
                        await self._tell(bot, stop)
                    self._complaint = ""
                except _WRONG as error:
                    self._put_off(error)
                woken = asyncio.create_task(self._woken.wait())
                await asyncio.wait(
                    (woken, stopping), timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
                )
                woken.cancel()
        finally:
            stopping.cancel()
            thread.shutdown(wait=False, cancel_futures=True)

    def _put_off(self, error: BaseException) -> None:
        self._look_at = self._tell_at = time.monotonic() + _FAILED_S
        if self._complaint != type(error).__name__:  # a full disk is told once
            self._complaint = type(error).__name__
            _log.warning("Alerts cannot be looked after: %s; trying again", error)

    async def _look(
        self, thread: ThreadPoolExecutor, searcher: Callable[[], Searcher], stop: asyncio.Event
    ) -> None:
        """See what a new generation brings for whom."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(thread, searcher)
        except NoIndexError:
            return
        generation = (found.store.generation, found.store.created)
        if generation == self._looked:
            return
        if not await self._alerts.any():
            await self._alerts.forget_seen()  # who keeps the first alert is told of what comes after it
            self._looked, self._knows = generation, False
            return
        from retrieval.checking import Standing, check

        model = found.store.fingerprint
        standing = [
            Standing(number, question, vector if own == model else None)
            for number, question, own, vector in await self._alerts.standing()
        ]
        seen = await self._alerts.seen()
        checked = await loop.run_in_executor(
            thread, lambda: check(found, standing, seen, SHOWN, lambda: not stop.is_set())
        )
        if checked is None:
            return
        arrived = {
            each.number: Arrived(tuple(judged.hit for judged in each.found), each.articles)
            for each in checked.matches
        }
        if checked.seen or checked.vectors:
            await self._alerts.arrived(checked.seen, arrived, model, checked.vectors)
        if arrived:
            _log.info("Generation %d has news for %d alerts", generation[0], len(arrived))
            self._tell_at = 0.0
        self._looked, self._knows = generation, True

    async def _tell(self, bot: ExtBot[Any], stop: asyncio.Event) -> None:
        """Send what waits, and come again when more may be sent."""
        quiet = await self._alerts.quiet_hours()
        held = False
        for alert in await self._alerts.waiting():
            if stop.is_set():
                return
            place = alert.place
            hours = QuietHours.parse(quiet.get(place.user, self._settings.quiet_hours))
            if (hours is not None and hours.holds(self._now())) or time.monotonic() < self._later.get(
                place.chat, 0.0
            ):
                held = True
            elif not await self._tell_one(bot, alert.number, stop):
                return
        now = time.monotonic()
        self._later = {chat: at for chat, at in self._later.items() if at > now}
        soonest = min([now + _TELL_AGAIN_S, *self._later.values()])
        self._tell_at = soonest if held else now + _TELL_AGAIN_S

    async def _tell_one(self, bot: ExtBot[Any], number: int, stop: asyncio.Event) -> bool:
        """Send what waits of an alert, and tell whether others are worth a try."""
        alert, hits = await self._alerts.get(number), await self._alerts.hits(number)
        if alert is None or not hits:  # stopped meanwhile
            return True
        place = alert.place
        if not self._gate.lets_in(place.user, None if place.chat == place.user else place.chat):
            await self._alerts.told(alert, list(hits))
            return True
        texts = texts_for(self._state.language_of(place.user) or alert.language)
        try:
            await announce(
                bot, place.chat, place.topic or None, render_told(alert, list(hits.values()), texts)
            )
        except TelegramError as error:
            return await self._failed(alert, error)
        except RuntimeError:  # the bot has stopped and its client is closed
            return False
        self._away_s = _FIRST_AWAY_S
        await self._alerts.told(alert, list(hits))
        self._later[place.chat] = time.monotonic() + (_PRIVATE_S if place.chat > 0 else _GROUP_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PAUSE_S)
        return True

    async def _failed(self, alert: Alert, error: TelegramError) -> bool:
        """Do what an error asks for, and tell whether others are worth a try."""
        chat = alert.place.chat
        if isinstance(error, RetryAfter):
            wait = error.retry_after
            self._later[chat] = time.monotonic() + (wait if isinstance(wait, int) else wait.total_seconds())
        elif isinstance(error, ChatMigrated):
            await self._alerts.move(chat, error.new_chat_id)
            self._tell_at = 0.0
        elif isinstance(error, Forbidden | BadRequest):
            _log.info("Alerts of a chat are paused: %s", error.message)
            await self._alerts.pause(chat)
        else:
            _log.debug("Alerts wait for Telegram: %s", type(error).__name__)
            self._tell_at = time.monotonic() + self._away_s
            self._away_s = min(2 * self._away_s, _LONGEST_AWAY_S)
            return False
        return True


def _be_nice() -> None:
    """Let the thread have what the answers leave, where the system can do that for one thread."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)

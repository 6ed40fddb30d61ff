"""Everything about people and what they ask of the bot itself, put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telegram.ext import Application, ExtBot

from bot.alert_watch import AlertWatch
from bot.alerts import Alerts
from bot.inbox import Inbox, inbox_folder
from bot.index_keeper import index_process
from bot.index_queue import IndexQueue
from bot.index_run import IndexRun
from bot.shelf import Shelf
from bot.state import FILE_NAME, State
from bot.state_file import StateError
from bot.telegram_admin import AdminCommands
from bot.telegram_alerts import AlertCommands
from bot.telegram_commands import Commands
from bot.telegram_contents import ContentsHandlers
from bot.telegram_feedback import FeedbackHandlers
from bot.telegram_gate import Gate
from bot.telegram_handlers import Handlers
from bot.telegram_languages import Languages
from bot.telegram_library import Asker, Library
from bot.telegram_menus import Menus
from bot.telegram_uploads import UploadHandlers
from bot.upload_notes import Notes
from bot.uploads import Uploads
from config import Settings

_log = logging.getLogger(__name__)

_EXPIRE_EVERY_S = 6 * 3600.0


class People:
    """What is kept of them and who may do what. Close it at the end."""

    def __init__(
        self, settings: Settings, state: State, index_run: IndexRun, environment: Mapping[str, str]
    ) -> None:
        """Take the environment of processes that know no secrets."""
        self._settings = settings
        self._state = state
        self._index_run = index_run
        self._menus = Menus(settings.telegram.admins, state.language_of)
        self._gate = Gate(settings.telegram, state)
        self._alerts = Alerts(state)
        self._watch = AlertWatch(settings.telegram, state, self._alerts, self._gate)
        self._started = asyncio.Event()
        self._uploads = _uploads(settings, index_run, environment)

    @classmethod
    def open(cls, settings: Settings, config_file: Path | None = None, secrets: Sequence[str] = ()) -> People:
        """Return what the data folder has of people. Raises StateError."""
        state = State.open(settings.data_dir / FILE_NAME, settings.telegram.keep_days)
        command, environment = index_process(
            settings.data_dir, config_file, secrets, "--json", "--wait", "--tied"
        )
        return cls(settings, state, IndexRun(command, environment), environment)

    def close(self) -> None:
        """Finish what is being written."""
        self._state.close()

    def add_to(
        self, application: Application[Any, Any, Any, Any, Any, Any], asker: Asker, handlers: Handlers
    ) -> None:
        """Register all handlers, before those that take every command and button that is left."""
        telegram, data_dir = self._settings.telegram, self._settings.data_dir
        gate, shelf = self._gate, Shelf(data_dir, self._settings.store)
        contents = ContentsHandlers(asker, shelf)
        gate.add_to(application)
        contents.add_to(application)
        Languages(self._state, self._menus).add_to(application)
        FeedbackHandlers(asker, self._state).add_to(application)
        AlertCommands(telegram, self._alerts, gate, asker.present, self._watch.wake).add_to(application)
        commands = Commands(
            self._state, gate, shelf, self._menus, contents, handlers.answer, handlers.forget_person
        )
        commands.add_to(application)
        AdminCommands(telegram, self._state, gate, self._index_run, data_dir, self._settings.store).add_to(
            application
        )
        self._uploads.add_to(application)

    async def greet(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Announce the commands, and go on with what was left undone."""
        self._started.set()
        await self._uploads.resume(application.bot)
        await self._menus.announce(application.bot)

    async def part(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Finish what is being told beside the handlers."""
        await self._uploads.finish()

    async def watch(self, library: Library, bot: ExtBot[Any], stop: asyncio.Event) -> None:
        """Tell people of new articles until `stop` is set, once the bot has started."""
        waits = [asyncio.create_task(event.wait()) for event in (self._started, stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        await self._watch.run(library.searcher, bot, stop)

    async def tidy(self, stop: asyncio.Event) -> None:
        """Delete what has been kept long enough, again and again until `stop` is set."""
        while not stop.is_set():
            try:
                await self._state.expire()
            except (sqlite3.Error, StateError) as error:
                _log.warning("What is kept of people could not be tidied up: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _EXPIRE_EVERY_S)


def _uploads(settings: Settings, index_run: IndexRun, environment: Mapping[str, str]) -> UploadHandlers:
    queue, data_dir = IndexQueue(index_run), settings.data_dir
    uploads = Uploads(Inbox(inbox_folder(settings)), data_dir, queue, environment)
    return UploadHandlers(settings.telegram, uploads, queue, Notes(data_dir))

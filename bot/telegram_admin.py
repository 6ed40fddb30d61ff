"""What admins may do: /ban, /unban, /reindex and /health. To others these commands are unknown."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CommandHandler, ContextTypes, filters

from bot.index_run import IndexRun, Outcome
from bot.state import State
from bot.telegram_gate import Gate
from bot.telegram_languages import texts_of
from bot.telegram_markup import escape, one_line
from bot.telegram_sending import reply
from bot.texts import Texts
from config import StoreSettings, TelegramSettings
from retrieval.errors import RetrievalError
from retrieval.opening import open_holdings

_log = logging.getLogger(__name__)

_ID = re.compile(r"-?[1-9]\d{0,15}")
_LISTED = 50
_EMBEDDED = StoreSettings()
_REASON_UNITS = 500


class AdminCommands:
    """The handlers."""

    def __init__(
        self,
        settings: TelegramSettings,
        state: State,
        gate: Gate,
        index_run: IndexRun,
        data_dir: Path,
        store: StoreSettings = _EMBEDDED,
    ) -> None:
        self._settings = settings
        self._state = state
        self._gate = gate
        self._index_run = index_run
        self._data_dir, self._store = data_dir, store
        self._started = time.monotonic()
        self._runs: set[asyncio.Task[None]] = set()  # asyncio itself keeps weak references only

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers."""
        ours = filters.UpdateType.MESSAGE & filters.User(self._settings.admins)
        application.add_handler(CommandHandler("ban", self._ban, ours))
        application.add_handler(CommandHandler("unban", self._unban, ours))
        application.add_handler(CommandHandler("reindex", self._reindex, ours))
        application.add_handler(CommandHandler("health", self._health, ours))

    async def _ban(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        subject = _subject(message, context.args or [])
        if subject is None:
            banned = ", ".join(f"<code>{each}</code>" for each in self._state.banned()[:_LISTED])
            await reply(message, [texts.ban_usage.format(banned=banned or "-")])
        elif self._gate.is_admin(subject) or subject == context.bot.id:
            await reply(message, [texts.not_to_ban.format(id=subject)])
        else:
            assert message.from_user is not None, "an admin has written it"
            await self._state.ban(subject, message.from_user.id)
            _log.info("%d is banned by %d", subject, message.from_user.id)
            await reply(message, [texts.banned.format(id=subject)])

    async def _unban(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        subject = _subject(message, context.args or [])
        if subject is None:
            await reply(message, [texts.unban_usage])
        elif await self._state.unban(subject):
            _log.info("The ban of %d is lifted", subject)
            await reply(message, [texts.unbanned.format(id=subject)])
        else:
            await reply(message, [texts.not_banned.format(id=subject)])

    async def _reindex(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        if self._index_run.busy:
            await reply(message, [texts.index_busy])
            return
        # Beside the handlers: those are waited for when the bot stops, a run may take an hour.
        run = asyncio.create_task(self._tell_run(self._index_run.start(), message, texts))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)

    async def _tell_run(self, run: asyncio.Task[Outcome], message: Message, texts: Texts) -> None:
        try:
            await reply(message, [texts.index_started])
            await reply(message, [_render_outcome(await run, texts)])
        except Exception as error:  # there is nobody else to tell
            _log.warning("The outcome of an index run could not be told: %s", type(error).__name__)

    async def _health(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        health = await asyncio.to_thread(self._look)
        lines = [texts.health.format(up=_duration(time.monotonic() - self._started), **health)]
        lines.append(texts.index_busy if self._index_run.busy else "")
        await reply(message, ["\n".join(line for line in lines if line)])

    def _look(self) -> Mapping[str, object]:
        place = next(path for path in (self._data_dir, *self._data_dir.absolute().parents) if path.exists())
        free = f"{shutil.disk_usage(place).free / (1 << 30):.1f} GiB"
        seen = {"questions": self._gate.questions, "free": free}
        try:
            held = open_holdings(self._data_dir, self._store)
        except RetrievalError as error:
            return {**seen, "index": escape(one_line(str(error), _REASON_UNITS))}
        counts = ", ".join(f"{name} {count}" for name, count in held.counts.items())
        index = f"{held.generation} ({held.created}; {held.model}; {counts})"
        damage = f"; {held.damage}" if held.damage else ""
        return {**seen, "index": escape(one_line(index + damage, _REASON_UNITS))}


def _asked(update: Update) -> tuple[Message, Texts]:
    assert update.message is not None, "registered for new messages only"
    return update.message, texts_of(update.message.from_user)


def _subject(message: Message, arguments: list[str]) -> int | None:
    """Return the user or chat that a command is about: its number, or who wrote what it replies to."""
    if arguments:
        return int(arguments[0]) if _ID.fullmatch(arguments[0]) else None
    original = message.reply_to_message
    author = (original.sender_chat or original.from_user) if original is not None else None
    return author.id if author is not None else None


def _render_outcome(outcome: Outcome, texts: Texts) -> str:
    report = outcome.report
    if not report:
        return texts.index_failed.format(reason=escape(one_line(outcome.reason, _REASON_UNITS)))
    names = ("generation", "articles", "passages", "added", "changed", "removed", "failed")
    values = {name: report.get(name, "?") for name in names}
    if not report.get("published"):
        return texts.index_unchanged.format(**values)
    return texts.index_done.format(**values, seconds=f"{float(report.get('seconds', 0)):.1f}")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return (f"{days} d " if days else "") + f"{hours}:{minutes:02d}:{rest:02d}"

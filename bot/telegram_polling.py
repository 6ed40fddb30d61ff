"""Running a bot by long polling: connect, fetch, hand over, stop cleanly.

The library's own `Updater` is not used: it fetches a batch with one unreadable update again and again, ends
in silence when the token is refused while it runs, and writes what it cannot parse to the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.telegram_reasons import reason_of

_log = logging.getLogger(__name__)

_POLL_S = 25
_ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_REFUSALS = 5  # a token that worked is given up after this many; one 404 may be a proxy being restarted
_SAME_COMPLAINT_S = 600.0
_FINISH_S = 4.5  # answers in flight get this long; a service manager would kill us before long
_OTHER_POLLER = (
    "Another process polls Telegram with this token (409 Conflict): stop it, "
    "or give this one a token of its own"
)
_WEBHOOK = (
    "Another process has set a webhook for this token (409 Conflict): stop it and restart this one, "
    "or give this one a token of its own"
)

_Result = TypeVar("_Result")
_AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class QuietRequest(HTTPXRequest):
    """Does not write what it cannot parse to the log: it may be a user's question."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the JSON object that Telegram has sent."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(parsed, dict):
            raise TelegramError("Invalid server response")
        return parsed


class UpdatesRequest(QuietRequest):
    """Empties updates that cannot be read, so that they are passed over instead of fetched for ever."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the JSON object that Telegram has sent, each of its updates fit to be read."""
        parsed = QuietRequest.parse_json_payload(payload)
        updates = parsed.get("result")
        if isinstance(updates, list):
            readable = [_readable(update) for update in updates]
            parsed["result"] = [update for update in readable if update is not None]
            if updates and not parsed["result"]:
                raise TelegramError("Updates without a number")
        return parsed


def _readable(update: object) -> dict[str, Any] | None:
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        return None
    try:
        Update.de_json(update, None)
    except Exception as error:  # whatever a parser may raise on what is not as documented
        _log.warning(
            "Update %d cannot be read (%s) and is passed over", update["update_id"], type(error).__name__
        )
        return {"update_id": update["update_id"]}
    return update


class Poller:
    """Feeds an application with updates until it is told to stop."""

    def __init__(self, application: _AnyApplication) -> None:
        self._application = application
        self._offset: int | None = None
        self._complaints: dict[str, float] = {}
        self._troubled = False

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish the answers in flight. Raises InvalidToken."""
        work = asyncio.create_task(self._serve())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            work.cancel()
            await asyncio.wait((work, stopping))
            await self._finish()
        if not work.cancelled():
            work.result()

    async def _serve(self) -> None:
        bot = self._application.bot
        await self._insist(self._application.initialize)
        await self._insist(bot.delete_webhook)  # with a webhook set Telegram refuses to be polled
        await self._application.start()
        _log.info("@%s takes questions", bot.username)
        if self._application.post_init is not None:
            self._application.create_task(self._application.post_init(self._application))
        while True:
            for update in await self._insist(self._fetch):
                await self._application.update_queue.put(update)
                self._offset = update.update_id + 1

    async def _fetch(self) -> tuple[Update, ...]:
        bot: Bot = self._application.bot
        return await bot.get_updates(self._offset, timeout=_POLL_S, allowed_updates=_ALLOWED_UPDATES)

    async def _insist(self, action: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return the result of `action` however long the network is away."""
        pause, refusals = _FIRST_PAUSE_S, 0
        while True:
            try:
                result = await action()
            except InvalidToken as error:
                refusals += 1
                if not self._application.running or refusals >= _REFUSALS:
                    raise
                self._complain(error)
            except TelegramError as error:
                refusals = 0
                self._complain(error)
            else:
                if self._troubled:
                    self._troubled = False
                    _log.info("Telegram answers again")
                return result
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _complain(self, error: TelegramError) -> None:
        """Say what is wrong once, and again only after a while."""
        kind, now = type(error).__name__, time.monotonic()
        if now - self._complaints.get(kind, -_SAME_COMPLAINT_S) < _SAME_COMPLAINT_S:
            return
        self._complaints[kind] = now
        if isinstance(error, Conflict):
            _log.error(_WEBHOOK if "webhook" in error.message.lower() else _OTHER_POLLER)
            return
        self._troubled = True
        _log.warning("Telegram: %s: %s; trying again", kind, reason_of(error))

    async def _finish(self) -> None:
        """Confirm what was fetched, and let the answers in flight end."""
        application = self._application
        try:
            async with asyncio.timeout(_FINISH_S):
                if application.running:
                    await asyncio.gather(self._confirm(), application.update_queue.join())
                    await application.stop()
                await application.shutdown()
        except TimeoutError:
            _log.warning("Stopped with answers still under way")
        await application.bot.shutdown()

    async def _confirm(self) -> None:
        """Tell Telegram not to send again what we have."""
        if self._offset is None:
            return
        with contextlib.suppress(TelegramError):
            await self._application.bot.get_updates(
                self._offset, limit=1, timeout=0, allowed_updates=_ALLOWED_UPDATES
            )

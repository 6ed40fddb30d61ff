"""Running a bot by long polling: fetch, hand over, confirm.

The library's own `Updater` is not used: it fetches a batch with one unreadable update again and again, ends
in silence when the token is refused while it runs, and writes what it cannot parse to the log.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.telegram_intake import ALLOWED_UPDATES, readable
from bot.telegram_serving import Serving

_POLL_S = 25


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
            fit = [readable(update) for update in updates]
            parsed["result"] = [update for update in fit if update is not None]
            if updates and not parsed["result"]:
                raise TelegramError("Updates without a number")
        return parsed


class Poller(Serving):
    """Fetches the updates."""

    mode = "polling"

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        super().__init__(application)
        self._offset: int | None = None

    async def _connect(self) -> None:
        # With a webhook set Telegram refuses to be polled.
        await self.link.insist(self._application.bot.delete_webhook)

    async def _feed(self) -> None:
        while True:
            for update in await self.link.insist(self._fetch):
                await self.intake.room()
                self.intake.take(update)
                self._offset = update.update_id + 1

    async def _fetch(self) -> tuple[Update, ...]:
        bot: Bot = self._application.bot
        return await bot.get_updates(self._offset, timeout=_POLL_S, allowed_updates=ALLOWED_UPDATES)

    async def _close(self) -> None:
        """Tell Telegram not to send again what we have."""
        if self._offset is None:
            return
        with contextlib.suppress(TelegramError):
            await self._application.bot.get_updates(
                self._offset, limit=1, timeout=0, allowed_updates=ALLOWED_UPDATES
            )

"""The loopback Bot API's webhook: delivers updates as Telegram does, by way of a pretended reverse proxy."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from tests.bot.botapi_answers import error, ok

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_RETRY_S = 0.1  # Telegram takes longer; nothing depends on that
_TIMEOUT_S = 60.0
_DEFAULT_CONNECTIONS = 40


class Webhook:
    """What is set, and what came of the deliveries."""

    def __init__(
        self,
        pending: MutableMapping[int, dict[str, Any]],
        changed: threading.Condition,
        pushed: asyncio.Event,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._loop = loop
        self.url = ""
        self.secret = ""
        self.connections = 0
        self.allowed: list[str] = []
        self.listen = ""
        """Where the reverse proxy passes on to, as HOST:PORT."""
        self.statuses: list[tuple[int, int]] = []
        """Number and status of every delivery that was answered; 0 where it was not."""
        self.at_once = 0
        """The most deliveries there were at once."""
        self._pending = pending
        self._changed = changed
        self._pushed = pushed
        self._under_way: dict[int, object] = {}
        self._failed: dict[str, Any] = {}

    def fail(self, reason: str) -> None:
        """Claim that a delivery has just failed."""
        self._failed = {"last_error_date": int(time.time()) + 1, "last_error_message": reason}

    def repeat(self, number: int) -> None:
        """Begin the delivery of an update anew although it is under way."""
        del self._under_way[number]
        self._loop.call_soon_threadsafe(self._pushed.set)

    def serve(self, method: str, params: dict[str, Any]) -> web.Response:
        """Serve one of the three methods."""
        if method == "getWebhookInfo":
            found = {"url": self.url, "has_custom_certificate": False, "allowed_updates": self.allowed}
            with self._changed:
                return ok({**found, "pending_update_count": len(self._pending), **self._failed})
        if method == "deleteWebhook":
            self.url = ""
            return ok(True)
        wrong = self._wrong(params)
        if wrong:
            return error(400, wrong)
        self.url, self.secret = params["url"], params.get("secret_token", "")
        self.connections = params.get("max_connections", _DEFAULT_CONNECTIONS)
        self.allowed = params.get("allowed_updates", [])
        self._pushed.set()
        return ok(True)

    def _wrong(self, params: dict[str, Any]) -> str:
        if urlsplit(params["url"]).scheme != "https":
            return "bad webhook: An HTTPS URL must be provided for webhook"
        if "secret_token" in params and not _SECRET.fullmatch(params["secret_token"]):
            return "secret token contains unallowed characters"
        if not 1 <= params.get("max_connections", _DEFAULT_CONNECTIONS) <= 100:
            return "max_connections is out of range"
        return ""

    async def deliver(self) -> None:
        """Deliver what is pending, for ever: in turn what one person or chat says, the rest at once."""
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        tasks: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                while True:
                    self._pushed.clear()
                    for number, update in self._next():
                        task = asyncio.create_task(self._post(session, number, update))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
                    await self._pushed.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _next(self) -> list[tuple[int, dict[str, Any]]]:
        if not self.url or not self.listen:
            return []
        with self._changed:
            waiting = sorted(self._pending.items())
        found = []
        for number, update in waiting:
            speaker = _speaker(update)
            free = len(self._under_way) < self.connections
            if free and number not in self._under_way and speaker not in self._under_way.values():
                self._under_way[number] = speaker
                found.append((number, update))
        self.at_once = max(self.at_once, len(self._under_way))
        return found

    async def _post(self, session: aiohttp.ClientSession, number: int, update: dict[str, Any]) -> None:
        status = 0
        try:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
            url = f"http://{self.listen}{urlsplit(self.url).path or '/'}"
            async with session.post(url, json=update, headers=headers) as response:
                status = response.status
        except aiohttp.ClientError:
            pass
        with self._changed:
            self.statuses.append((number, status))
            if 200 <= status < 300:
                self._pending.pop(number, None)
            self._changed.notify_all()
        if not 200 <= status < 300:
            await asyncio.sleep(_RETRY_S)
        self._under_way.pop(number, None)
        self._pushed.set()


def _speaker(update: dict[str, Any]) -> object:
    for kind in ("message", "edited_message"):
        if isinstance(update.get(kind), dict):
            return "chat", update[kind].get("chat", {}).get("id")
    for kind in ("callback_query", "inline_query"):
        if isinstance(update.get(kind), dict):
            return "user", update[kind]["from"]["id"]
    return "other", update.get("update_id")

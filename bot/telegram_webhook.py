"""Running a bot by webhook: Telegram delivers updates over HTTP, by way of a reverse proxy.

A delivery is confirmed when its update has been handled, or has taken long: until then Telegram keeps it and
sends it again, so that a process that is killed loses nothing. Telegram delivers what one chat says in turn
and what many say at once, so this paces it as well.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from typing import Any

from telegram import Update, WebhookInfo
from telegram.ext import Application

from bot.http_server import HttpServer, Request, Response
from bot.telegram_intake import ALLOWED_UPDATES, readable
from bot.telegram_serving import Serving
from bot.webhook_address import LISTEN, WebhookAddress

_log = logging.getLogger(__name__)

_SECRET_HEADER = "x-telegram-bot-api-secret-token"
_DELIVERIES = 64  # at once; as many as are handled at once
_HOLD_S = 10.0  # Telegram would wait about a minute; what waits out a flood limit must not hold up its chat
_LOOK_EVERY_S = 60.0
_RECENT_S = 300.0
_REASON_CHARS = 200
_RETRY_S = "5"
_MEND = "mend telegram.webhook_url, or what it leads to"


class Webhook(Serving):
    """Takes the deliveries."""

    mode = "webhook"

    def __init__(
        self, application: Application[Any, Any, Any, Any, Any, Any], address: WebhookAddress
    ) -> None:
        super().__init__(application)
        self._address = address
        self._server = HttpServer(self, LISTEN, address.listen)
        self._began = time.time()  # while nobody listened, deliveries had to fail
        self._closing = False

    def refuse(self, head: Request) -> Response | None:
        """Refuse what does not come from Telegram, and everything while it cannot be handled."""
        if head.path != self._address.path:
            return Response.plain(404)
        if head.method != "POST":
            return Response.plain(405, Allow="POST")
        given = head.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("latin-1"), self._address.secret.encode()):
            if self.link.news("secret"):
                _log.warning(
                    "A delivery without the right secret is refused (403): if it is Telegram's, does a proxy"
                    " keep the header X-Telegram-Bot-Api-Secret-Token from us?"
                )
            return Response.plain(403)
        if self._closing or not self._application.running or self.intake.full:
            return Response.plain(503, Retry_After=_RETRY_S)
        return None

    async def respond(self, request: Request) -> Response:
        """Handle the update that is delivered."""
        try:
            update = readable(json.loads(request.body))
        except (ValueError, RecursionError):
            update = None
        if update is None:
            if self.link.news("delivery"):
                _log.warning("A delivery is no update and is refused (400)")
            return Response.plain(400)
        if self._closing:
            return Response.plain(503, Retry_After=_RETRY_S)
        handled = self.intake.take(Update.de_json(update, self._application.bot))
        await asyncio.wait({handled}, timeout=_HOLD_S)
        if self._closing and not handled.done():
            return Response.plain(503, Retry_After=_RETRY_S)
        return Response.plain(200)

    async def _open(self) -> None:
        address = await self._server.open()
        _log.info("Deliveries of Telegram are taken on %s", address)

    async def _connect(self) -> None:
        await self.link.insist(self._set, _MEND)

    async def _feed(self) -> None:
        """See again and again that Telegram still delivers."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            info = await self.link.insist(self._application.bot.get_webhook_info)
            if info.url != self._address.url:
                if self.link.news("address"):
                    _log.error(
                        "Another process has changed the webhook of this token: stop it, or give this one a"
                        " token of its own; the webhook is set again"
                    )
                await self.link.insist(self._set, _MEND)
            self._judge(info)

    async def _set(self) -> None:
        await self._application.bot.set_webhook(
            self._address.url,
            max_connections=_DELIVERIES,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._address.secret,
        )

    def _judge(self, info: WebhookInfo) -> None:
        """Pass on what Telegram says of its deliveries."""
        failed = info.last_error_date.timestamp() if info.last_error_date else 0.0
        reason = (info.last_error_message or "")[:_REASON_CHARS]
        self.trouble = reason if time.time() - failed < _RECENT_S and failed > self._began else ""
        if self.trouble and self.link.news(f"error {reason}"):
            _log.warning(
                "Telegram could not deliver to the webhook: %s (%d updates wait)",
                reason,
                info.pending_update_count,
            )

    async def _close(self) -> None:
        # The webhook stays set: what is said meanwhile waits with Telegram.
        self._closing = True
        self._server.stop_accepting()

    async def _end(self, seconds: float) -> None:
        await self._server.close(seconds)

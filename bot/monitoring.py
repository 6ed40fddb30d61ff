"""What operators see over HTTP while the bot runs: /healthz and /metrics."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from telegram.ext import Application

from bot.health import Health
from bot.http_server import HttpServer, Request, Response
from bot.telegram_library import Asker, IndexState
from bot.telegram_serving import Serving
from config import Address, ConfigError, MonitoringSettings

if TYPE_CHECKING:
    from bot.metrics import Metrics

_log = logging.getLogger(__name__)

KEY = "monitoring.listen"

_END_S = 0.2


class Monitoring:
    """The site, and what it knows."""

    def __init__(self, address: Address, metrics: Metrics) -> None:
        self._metrics = metrics
        self._address = address
        self._server = HttpServer(self, KEY, address)
        self._health: Health | None = None

    @classmethod
    def of(cls, settings: MonitoringSettings) -> Monitoring | None:
        """Return what the settings ask for, None where they ask for nothing. Raises ConfigError."""
        if not settings.listen:
            return None
        try:
            from bot.metrics import Metrics
        except ImportError:
            raise ConfigError(f"{KEY}: needs a package; run `pip install prometheus-client`") from None
        return cls(Address.parse(settings.listen), Metrics())

    def measure(self, asker: Asker) -> Asker:
        """Return an asker that does as `asker` and is counted."""
        return self._metrics.measure(asker)

    def watch(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        serving: Serving,
        index: Callable[[], IndexState],
    ) -> None:
        """Take what is to be looked after."""
        self._health = Health(serving, index)
        self._metrics.watch(application)
        self._metrics.report(self._health.look)
        serving.intake.observe = self._metrics.observe_handling

    async def open(self) -> None:
        """Begin to listen. Raises ConfigError."""
        address = await self._server.open()
        _log.info("How the bot is doing: http://%s/healthz and /metrics", address)
        if not address.is_loopback:
            _log.warning("%s: %s can be reached from outside this machine by anybody", KEY, address)

    async def close(self) -> None:
        """End."""
        await self._server.close(_END_S)

    def refuse(self, head: Request) -> Response | None:
        """Refuse what is not there."""
        if head.path not in ("/healthz", "/metrics"):
            return Response.plain(404)
        return None if head.method in ("GET", "HEAD") else Response.plain(405, Allow="GET, HEAD")

    async def respond(self, request: Request) -> Response:
        """Return the health or the figures."""
        if request.path == "/metrics":
            accept = request.headers.get("accept", "")
            return Response(200, *await asyncio.to_thread(self._metrics.render, accept))
        assert self._health is not None, "opened after it was given something to watch"
        report = await asyncio.to_thread(self._health.look)
        body = json.dumps(asdict(report), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        return Response(200 if report.status == "ok" else 503, body, "application/json")

"""What all ways of getting updates have in common: connect, take what comes, stop cleanly."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Any

from telegram.ext import Application

from bot.telegram_intake import Intake
from bot.telegram_link import Link

_log = logging.getLogger(__name__)

_FINISH_S = 4.2  # for answers in flight; with what else a process has to do at its end, less than five
_LAST_S = 0.3  # for telling Telegram that they have gone out

_AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Serving(ABC):
    """Feeds an application with updates until it is told to stop."""

    mode: str
    """ "polling" or "webhook"."""

    def __init__(self, application: _AnyApplication) -> None:
        self._application = application
        self.link = Link()
        self.intake = Intake(application)
        self.trouble = ""
        """Why Telegram cannot hand updates over, as far as it has told."""

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish the answers in flight. Raises InvalidToken, ConfigError."""
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
        application = self._application
        await self._open()
        await self.link.insist(application.initialize)
        await application.start()  # first, for what has waited is delivered at once
        await self._connect()
        _log.info("@%s takes questions", application.bot.username)
        if application.post_init is not None:
            application.create_task(application.post_init(application))
        await self._feed()

    async def _open(self) -> None:
        """Do what needs no Telegram. Raises ConfigError."""
        return

    @abstractmethod
    async def _connect(self) -> None:
        """Tell Telegram how updates are to come."""

    @abstractmethod
    async def _feed(self) -> None:
        """Take them, for ever."""

    @abstractmethod
    async def _close(self) -> None:
        """Take no more, and let Telegram know what it need not send again."""

    async def _finish(self) -> None:
        """Let the answers in flight end."""
        application, late = self._application, False
        try:
            async with asyncio.timeout(_FINISH_S):
                await asyncio.gather(self._close(), self.intake.finish())
                if application.running:
                    await application.stop()
                    if application.post_stop is not None:
                        await application.post_stop(application)
                await application.shutdown()
        except TimeoutError:
            late = True
            _log.warning("Stopped with answers still under way")
        await self._end(0.0 if late else _LAST_S)
        await application.bot.shutdown()

    async def _end(self, seconds: float) -> None:
        """Give up what is still open after so many seconds."""
        return

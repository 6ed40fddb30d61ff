"""The updates that have come and are being handled, whichever way they came."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator
from typing import Any

from telegram import Update
from telegram.ext import Application

_log = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
"""What Telegram is asked to send."""
QUEUE = 1000
"""So many may wait for their turn; the rest stays with Telegram, which keeps it for a day."""

_AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def readable(update: object) -> dict[str, Any] | None:
    """Return an update that can be read, emptied where it could not be, None where it has no number."""
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


class Intake:
    """Hands updates to an application, and knows which of them are not done with."""

    def __init__(self, application: _AnyApplication) -> None:
        self._application = application
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._fewer = asyncio.Event()
        self.last: float | None = None
        """When the last one came, by `time.time()`."""
        self.observe: Callable[[float], None] | None = None
        """Called with the seconds from an update's arrival to its end."""

    @property
    def pending(self) -> int:
        """How many are not done with."""
        return len(self._under_way)

    @property
    def full(self) -> bool:
        """Whether no more should be taken for now."""
        return len(self._under_way) >= QUEUE

    def take(self, update: Update) -> asyncio.Task[None]:
        """Begin to handle an update; return what ends with it. Never raises what a handler does."""
        self.last = time.time()
        known = self._under_way.get(update.update_id)
        if known is not None:
            return known
        task = asyncio.create_task(self._handle(update))
        self._under_way[update.update_id] = task
        task.add_done_callback(lambda _: self._end(update.update_id))
        return task

    async def room(self) -> None:
        """Wait until another one may be taken."""
        while self.full:
            self._fewer.clear()
            await self._fewer.wait()

    async def finish(self) -> None:
        """Wait until all are done with."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    def _end(self, number: int) -> None:
        del self._under_way[number]
        self._fewer.set()

    async def _handle(self, update: Update) -> None:
        started = time.monotonic()
        try:
            await self._application.update_processor.process_update(
                update, _Processing(self._application, update)
            )
        except Exception as error:  # handlers' own errors have been seen to by the application
            _log.error("Update %d could not be handled: %s", update.update_id, type(error).__name__)
        if self.observe is not None:
            self.observe(time.monotonic() - started)


class _Processing:
    """Begins only when its turn has come: a coroutine that never began would be complained of at the end."""

    def __init__(self, application: _AnyApplication, update: Update) -> None:
        self._application = application
        self._update = update

    def __await__(self) -> Generator[Any, None, None]:
        return self._application.process_update(self._update).__await__()

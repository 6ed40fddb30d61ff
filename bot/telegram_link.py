"""The way to Telegram, which may be away for hours: insist, and say what is wrong once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from bot.logs import redact
from bot.telegram_reasons import reason_of

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_REFUSALS = 5  # a token that worked is given up after this many; one 404 may be a proxy being restarted
_SAME_COMPLAINT_S = 600.0
_OTHER_POLLER = (
    "Another process polls Telegram with this token (409 Conflict): stop it, "
    "or give this one a token of its own"
)
_WEBHOOK = (
    "Another process has set a webhook for this token (409 Conflict): stop it and restart this one, "
    "or give this one a token of its own"
)

_Result = TypeVar("_Result")


class Link:
    """What is known of how Telegram can be reached."""

    def __init__(self) -> None:
        self.answered: float | None = None
        """When it last answered, by `time.monotonic()`; None before the first time."""
        self.trouble = ""
        """What it has not answered for, until it answers again."""
        self._complaints: dict[str, float] = {}
        self._troubled = False

    async def insist(self, action: Callable[[], Awaitable[_Result]], mend: str = "") -> _Result:
        """Return the result of `action` however long the network is away.

        `mend` is what an operator may do where Telegram refuses it. Raises InvalidToken: at once if the token
        has never worked.
        """
        pause, refusals = _FIRST_PAUSE_S, 0
        while True:
            try:
                result = await action()
            except InvalidToken as error:
                refusals += 1
                if self.answered is None or refusals >= _REFUSALS:
                    raise
                self._complain(error)
            except TelegramError as error:
                refusals = 0
                self._complain(error, mend)
            else:
                self.answered = time.monotonic()
                self.trouble = ""
                if self._troubled:
                    self._troubled = False
                    _log.info("Telegram answers again")
                return result
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def news(self, kind: str) -> bool:
        """Tell whether something of this kind has not been said for a while, and count it as said now."""
        now = time.monotonic()
        if now - self._complaints.get(kind, -_SAME_COMPLAINT_S) < _SAME_COMPLAINT_S:
            return False
        self._complaints[kind] = now
        return True

    def _complain(self, error: TelegramError, mend: str = "") -> None:
        kind = type(error).__name__
        # Some of the library's errors name the token.
        self.trouble = f"{kind}: {redact(reason_of(error))}"
        if not self.news(kind):
            return
        if isinstance(error, Conflict):
            _log.error(_WEBHOOK if "webhook" in error.message.lower() else _OTHER_POLLER)
            return
        self._troubled = True
        hint = f"; {mend}" if mend and isinstance(error, BadRequest) else ""
        _log.warning("Telegram: %s%s; trying again", self.trouble, hint)

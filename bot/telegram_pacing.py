"""How fast requests go out: Telegram's limits are kept to, and a flood wait holds up one chat, not all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

UNASKED = -1
"""As rate_limit_args: goes out at once, and RetryAfter is raised to whoever paces it."""

_FLOOD_RETRIES = 5
_LONGEST_FLOOD_S = 60.0  # an answer that comes later is of no use, and each that waits keeps a handler busy
_MARGIN_S = 0.1


class AnswersFirst(AIORateLimiter):
    """Paces what is sent and waits out 429, except for the typing action and what nobody has asked for.

    That one would use up half of a group's twenty messages a minute, and its 429 would hold up the answer.
    The library itself would let everybody wait while one chat has to.
    """

    def __init__(self) -> None:
        super().__init__()
        self._closed: dict[object, float] = {}
        """Until when Telegram takes nothing for a chat; by its id, None for what goes to none."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401
        """Send a request when its turn has come. Raises RetryAfter where that is too far away."""
        if endpoint == "sendChatAction" or rate_limit_args == UNASKED:
            return await callback(*args, **kwargs)

        async def send(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as flood:  # handed back: the library would stop everybody
                return flood

        chat = data.get("chat_id")
        for attempt in range(_FLOOD_RETRIES + 1):
            await self._wait(chat)
            result = await super().process_request(send, args, kwargs, endpoint, data, rate_limit_args)
            if not isinstance(result, RetryAfter):
                return result
            wait = _seconds(result.retry_after)
            if attempt == _FLOOD_RETRIES or wait > _LONGEST_FLOOD_S:
                raise result
            self._closed[chat] = max(self._closed.get(chat, 0.0), time.monotonic() + wait + _MARGIN_S)

    async def _wait(self, chat: object) -> None:
        while (left := self._closed.get(chat, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(left)
        self._closed.pop(chat, None)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

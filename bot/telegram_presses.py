"""Answering the press of a button, which ends its waiting sign."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator

from telegram import CallbackQuery
from telegram.error import TelegramError

from bot.telegram_sending import persist

_log = logging.getLogger(__name__)


async def tell(query: CallbackQuery, note: str = "", *, alert: bool = False) -> None:
    """Answer a press, with plain text of at most 200 units. Never fails: a late answer is of no use."""
    try:
        await persist(lambda: query.answer(note or None, show_alert=alert))
    except TelegramError as error:
        _log.debug("A press could not be confirmed: %s", type(error).__name__)


@contextlib.asynccontextmanager
async def apologizing(query: CallbackQuery, note: str) -> AsyncIterator[None]:
    """Answer a press with `note` where the body fails, which is then told on."""
    try:
        yield
    except Exception:
        await tell(query, note, alert=True)
        raise

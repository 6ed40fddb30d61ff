"""One thing at a time for each message: an edit waits for the answer that it changes."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from telegram import Message


class Turns:
    """A lock for each message that is being worked on."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def of(self, message: Message) -> asyncio.Lock:
        """Return the lock of a message."""
        return self._locks.setdefault((message.chat_id, message.message_id), asyncio.Lock())

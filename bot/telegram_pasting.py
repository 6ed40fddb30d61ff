"""Telling articles from questions in what admins write, and joining what Telegram has cut into messages."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from telegram import Message, MessageOrigin, MessageOriginUser

from bot.telegram_handlers import QUESTION_CHARS
from bot.utf16 import utf16_len
from retrieval.reading.typography import ends_sentence

GATHER_S = 2.0  # parts of one text come within a moment of each other

_FORWARDED_CHARS = 150  # what is forwarded and shorter may well be somebody else's question
_CUT_UNITS = 2048  # Telegram's apps cut at a break between half of the limit of 4096 and all of it
_WRITTEN_TOGETHER = timedelta(seconds=5)
_REMEMBERED = 4096


@dataclass(slots=True)
class Gathering:
    """One text that is coming in."""

    origin: MessageOrigin | None
    """Where it is forwarded from."""
    parts: dict[int, str] = field(default_factory=dict)
    """By the number of the message."""
    last: int = 0
    """Length of the latest part, in UTF-16 units."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, message: Message, text: str) -> None:
        """Take up a part."""
        self.parts[message.message_id] = text
        self.last = utf16_len(text)
        self.arrived.set()

    def goes_on(self, message: Message) -> bool:
        """Tell whether a message may be the next part."""
        return self.may_go_on() and _are_one(self.origin, message.forward_origin)

    def may_go_on(self) -> bool:
        """Tell whether the latest part is long enough to have been cut."""
        return self.last >= _CUT_UNITS


class Pasting:
    """The texts that are coming in, by chat and person."""

    def __init__(self, gather_s: float = GATHER_S) -> None:
        self._gather_s = gather_s
        self._coming: dict[tuple[int, int], Gathering] = {}
        self._taken: OrderedDict[tuple[int, int], None] = OrderedDict()

    def is_article(self, message: Message) -> bool:
        """Tell whether a message is an article, or part of one that is coming in."""
        text = text_of(message)
        if not text or _is_ours(message):
            return False
        coming = self._coming.get(_key(message))
        if coming is not None and coming.goes_on(message):
            return True
        return len(text) >= (_FORWARDED_CHARS if message.forward_origin else QUESTION_CHARS + 1)

    def was_taken(self, message: Message) -> bool:
        """Tell whether a message was taken for an article, or would be."""
        return (message.chat_id, message.message_id) in self._taken or self.is_article(message)

    def begin(self, message: Message, text: str) -> Gathering | None:
        """Return a text that begins with, or is, `text`; None where one under way has taken it up.

        This is at once known to `is_article`: the next part may already be there.
        """
        self._taken[message.chat_id, message.message_id] = None
        if len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)
        key = _key(message)
        coming = self._coming.get(key)
        if coming is not None and coming.goes_on(message):
            coming.add(message, text)
            return None
        own = Gathering(message.forward_origin)
        own.add(message, text)
        if own.may_go_on():
            self._coming[key] = own
        return own

    async def complete(self, message: Message, own: Gathering) -> str:
        """Return the whole of a text that `message` begins, once no more of it is to come."""
        key = _key(message)
        try:
            while own.may_go_on():
                own.arrived.clear()
                async with asyncio.timeout(self._gather_s):
                    await own.arrived.wait()
        except TimeoutError:
            pass
        finally:
            if self._coming.get(key) is own:
                del self._coming[key]
        return _joined([part for _, part in sorted(own.parts.items())])


def text_of(message: Message) -> str:
    """Return the text of a message, or what stands below its picture."""
    return message.text or message.caption or ""


def _key(message: Message) -> tuple[int, int]:
    return message.chat_id, message.from_user.id if message.from_user else 0


def _are_one(one: MessageOrigin | None, other: MessageOrigin | None) -> bool:
    """Tell whether two messages may be parts of one text: several that are forwarded at once need not be."""
    if one is None or other is None:
        return one is other
    authors = [{**each.to_dict(), "date": 0, "message_id": 0} for each in (one, other)]
    return authors[0] == authors[1] and abs(one.date - other.date) <= _WRITTEN_TOGETHER


def _is_ours(message: Message) -> bool:
    """Tell whether the bot itself has written a text: its answers are passed on, too."""
    origin = message.forward_origin
    author = origin.sender_user if isinstance(origin, MessageOriginUser) else message.via_bot
    return author is not None and author.id == message.get_bot().id


def _joined(parts: list[str]) -> str:
    """Return a text that was cut: anywhere, where it has no break in time."""
    whole = ""
    for part in parts:
        if not whole or ends_sentence(whole):
            joint = "\n" if whole else ""
        else:
            joint = " " if whole[-1].isascii() and part[:1].isascii() else ""
        whole += joint + part
    return whole

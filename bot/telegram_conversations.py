"""What was talked of in each chat, in memory: after a restart the first question stands by itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from telegram import Message

from retrieval.conversation import Conversation

LAPSE_S = 600.0  # who comes back later has something else in mind
_KEPT = 4096  # of each kind: people talking, answers that may be replied to

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given."""

    question: str
    before: Conversation
    """What its question went on from."""
    after: Conversation
    """What a reply to it goes on from."""
    numbers: tuple[int, ...] = ()
    """Of the messages that show it."""
    person: int = field(default=0, compare=False)
    """Who asked."""


class Conversations:
    """The conversations of all chats: one a person and topic of a chat, one an answer that was given."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, kept: int = _KEPT) -> None:
        self._clock = clock
        self._talks: _Newest[tuple[int, int, int], tuple[Conversation, float]] = _Newest(kept)
        self._answers: _Newest[tuple[int, int], Given] = _Newest(kept)
        self._asked: _Newest[tuple[int, int], Given] = _Newest(kept)

    def before(self, message: Message) -> Conversation:
        """Return what a message goes on from: the answer it replies to, or what its author asked last."""
        replied = message.reply_to_message
        answered = self._answers.get((message.chat_id, replied.message_id)) if replied else None
        if answered is not None:
            return answered.after
        talk = self._talks.get(_place(message))
        if talk is None or self._clock() - talk[1] > LAPSE_S:
            return Conversation()
        return talk[0]

    def keep(self, message: Message, talk: Conversation) -> None:
        """Remember the conversation as it stands after a message."""
        self._talks.put(_place(message), (talk, self._clock()))

    def keep_answer(self, message: Message, given: Given) -> None:
        """Remember what a message was answered, for those who reply to that, press its buttons or edit it."""
        given = replace(given, person=_place(message)[1])
        self._asked.put((message.chat_id, message.message_id), given)
        for number in given.numbers:
            self._answers.put((message.chat_id, number), given)

    def given_to(self, message: Message) -> Given | None:
        """Return what a message was answered."""
        return self._asked.get((message.chat_id, message.message_id))

    def given_in(self, answer: Message) -> Given | None:
        """Return the answer that a message of ours shows."""
        return self._answers.get((answer.chat_id, answer.message_id))

    def turn(self, answer: Message, after: Conversation) -> None:
        """Let replies to one of our messages go on from what it shows now."""
        given = self.given_in(answer)
        if given is not None:
            self._answers.put((answer.chat_id, answer.message_id), replace(given, after=after))

    def forget(self, message: Message) -> None:
        """Forget what the author of a message asked there; answers may still be replied to."""
        self._talks.drop(_place(message))

    def forget_person(self, person: int) -> None:
        """Forget all that somebody asked, and what they were answered."""
        self._talks.drop_where(lambda place, _: place[1] == person)
        self._asked.drop_where(lambda _, given: given.person == person)
        self._answers.drop_where(lambda _, given: given.person == person)


class _Newest(Generic[_Key, _Value]):
    """A dictionary of bounded size: what was put or asked for longest ago goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[_Key, _Value] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: _Key, value: _Value) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def drop(self, key: _Key) -> None:
        self._values.pop(key, None)

    def drop_where(self, goes: Callable[[_Key, _Value], bool]) -> None:
        for key in [key for key, value in self._values.items() if goes(key, value)]:
            del self._values[key]


def _place(message: Message) -> tuple[int, int, int]:
    """Return chat, author and topic; who writes as a chat is that chat."""
    author = message.sender_chat or message.from_user
    topic = message.message_thread_id if message.is_topic_message else None
    return message.chat_id, author.id if author else 0, topic or 0

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from telegram import Message

from bot.telegram_conversations import LAPSE_S, Conversations, Given
from retrieval.conversation import Conversation
from tests.bot.telegram_world import ALICE, BOB, BOT, FORUM, GROUP, PRIVATE, TOPIC

_FIRST, _SECOND, _NONE = Conversation("一"), Conversation("二"), Conversation()


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _message(chat: dict[str, Any] = PRIVATE, user: dict[str, Any] = ALICE, **fields: object) -> Message:
    payload = {"message_id": 1, "date": 1, "chat": chat, "from": user, "text": "谁？", **fields}
    message = Message.de_json(payload, None)
    assert isinstance(message, Message)
    return message


def _reply(number: int, chat: dict[str, Any] = GROUP, user: dict[str, Any] = ALICE) -> Message:
    original = {"message_id": number, "date": 1, "chat": chat, "from": BOT, "text": "答"}
    return _message(chat, user, reply_to_message=original)


def test_each_person_chat_and_topic_has_its_own() -> None:
    places = [
        _message(),
        _message(GROUP),
        _message(GROUP, BOB),
        _message(FORUM),
        _message(FORUM, message_thread_id=TOPIC, is_topic_message=True),
        _message(GROUP, sender_chat=GROUP),
    ]
    conversations = Conversations()
    for number, place in enumerate(places):
        assert conversations.before(place) == _NONE
        conversations.keep(place, Conversation(str(number)))
    assert [conversations.before(place).question for place in places] == [str(n) for n in range(len(places))]
    # A thread of replies in a group is no topic.
    assert conversations.before(_message(GROUP, message_thread_id=5)).question == "1"


def test_it_lapses_but_an_answer_that_is_replied_to_does_not() -> None:
    clock = _Clock()
    conversations = Conversations(clock)
    conversations.keep(_message(GROUP), _FIRST)
    conversations.keep_answer(_message(GROUP), Given("一", _NONE, _FIRST, (7, 8)))
    clock.now = LAPSE_S
    assert conversations.before(_message(GROUP)) == _FIRST
    clock.now = LAPSE_S + 1
    assert conversations.before(_message(GROUP)) == _NONE
    assert conversations.before(_reply(8, user=BOB)) == _FIRST
    assert conversations.before(_reply(8, chat=FORUM)) == _NONE


def test_a_reply_to_what_is_not_known_goes_on_from_its_author() -> None:
    conversations = Conversations()
    conversations.keep(_message(GROUP), _SECOND)
    assert conversations.before(_reply(99)) == _SECOND
    assert conversations.before(_reply(99, user=BOB)) == _NONE


def test_an_answer_is_found_by_its_question_and_by_its_messages() -> None:
    conversations = Conversations()
    answer = _message(GROUP, BOT, message_id=8)
    given = Given("一", _NONE, _FIRST, (7, 8))
    assert conversations.given_to(_message(GROUP)) is None
    conversations.keep_answer(_message(GROUP), given)
    assert conversations.given_to(_message(GROUP)) == given
    assert conversations.given_to(_message(FORUM)) is None
    assert conversations.given_in(answer) == given
    conversations.turn(answer, _SECOND)
    assert conversations.before(_reply(8)) == _SECOND
    assert conversations.before(_reply(7)) == _FIRST
    conversations.turn(_message(GROUP, BOT, message_id=99), _SECOND)


def test_forgetting() -> None:
    conversations = Conversations()
    conversations.forget(_message())
    conversations.keep(_message(), _FIRST)
    conversations.keep(_message(GROUP), _SECOND)
    conversations.forget(_message())
    assert conversations.before(_message()) == _NONE
    assert conversations.before(_message(GROUP)) == _SECOND


@given(st.lists(st.integers(0, 6), max_size=30))
def test_only_the_newest_are_kept(users: list[int]) -> None:
    conversations = Conversations(kept=3)
    for user in users:
        conversations.keep(_message(user={**ALICE, "id": user}), Conversation(str(user)))
    newest = list(dict.fromkeys(reversed(users)))[:3]
    for user in range(7):
        kept = conversations.before(_message(user={**ALICE, "id": user}))
        assert kept == (Conversation(str(user)) if user in newest else _NONE)

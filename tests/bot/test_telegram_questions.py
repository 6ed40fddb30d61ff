from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message, User

from bot.telegram_questions import is_from_person, question_after_command, question_in
from tests.bot.telegram_world import ALICE, BOT, FORUM, GROUP, PRIVATE, TOPIC, telegram_entities

_BOT = User(id=BOT["id"], first_name="会问", is_bot=True, username=BOT["username"])
_HANDLE = f"@{BOT['username']}"


def _message(text: str, chat: dict[str, Any] = GROUP, **fields: object) -> Message:
    payload = {"message_id": 1, "date": 1, "chat": chat, "from": ALICE, "text": text}
    message = Message.de_json({**payload, "entities": telegram_entities(text), **fields}, None)
    assert isinstance(message, Message)
    return message


def _original(text: str, author: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {"message_id": 2, "date": 1, "chat": GROUP, "from": author, "text": text, **fields}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (f"{_HANDLE} 大会何时召开？", "大会何时召开？"),
        (f"大会何时召开？ {_HANDLE}", "大会何时召开？"),
        (f"😀𠮷 {_HANDLE.upper()} 大会何时召开？", "😀𠮷 大会何时召开？"),
        (f"请问{_HANDLE.lower()} 大会", "请问 大会"),
        (f"{_HANDLE}大会", "大会"),
        ("/ask大会", "大会"),
        (f"{_HANDLE} @Alice_Liddell 大会", "@Alice_Liddell 大会"),
        (_HANDLE, ""),
        ("大会何时召开？", None),
        ("@Huiwen_Test_bot2 大会", None),
        (f"me{_HANDLE} is an address", None),
    ],
)
def test_mentions_in_groups(text: str, question: str | None) -> None:
    assert question_in(_message(text), _BOT) == question


@given(st.text("好😀𠮷 a", max_size=8), st.text("好😀𠮷 a", max_size=8))
def test_a_mention_may_stand_anywhere(before: str, after: str) -> None:
    text = f"{before} {_HANDLE} {after}"
    assert question_in(_message(text), _BOT) == " ".join(f"{before} {after}".split())


def test_everything_is_a_question_in_private() -> None:
    assert question_in(_message(" 大会\n何时 ", PRIVATE), _BOT) == "大会 何时"


def test_a_mention_by_name_counts() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 2, "user": BOT}
    assert question_in(_message("会问 大会？", entities=[entity]), _BOT) == "大会？"
    entity["user"] = ALICE
    assert question_in(_message("会问 大会？", entities=[entity]), _BOT) is None


def test_replies_to_the_bot_are_questions_and_others_are_not() -> None:
    assert question_in(_message("何时？", reply_to_message=_original("答", BOT)), _BOT) == "何时？"
    assert question_in(_message("何时？", reply_to_message=_original("答", ALICE)), _BOT) is None


def test_a_topic_opened_by_the_bot_is_no_reply() -> None:
    opening = _original("", BOT, forum_topic_created={"name": "会", "icon_color": 1})
    message = _message(
        "闲聊", FORUM, message_thread_id=TOPIC, is_topic_message=True, reply_to_message=opening
    )
    assert question_in(message, _BOT) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("/ask 大会\n何时？", "大会 何时？"),
        (f"/ask{_HANDLE} 大会", "大会"),
        (f"/ask {_HANDLE} 大会", "大会"),
        ("/ask", ""),
        (f"/ask{_HANDLE}  \n", ""),
        ("/ask /etc 在哪", "/etc 在哪"),
    ],
)
def test_questions_after_a_command(text: str, question: str) -> None:
    assert question_after_command(_message(text), _BOT) == question


@pytest.mark.parametrize("text", ["/ask", _HANDLE])
def test_a_bare_call_hands_on_what_it_replies_to(text: str) -> None:
    message = _message(text, reply_to_message=_original("大会\n何时？", ALICE))
    asked = question_after_command(message, _BOT) if text == "/ask" else question_in(message, _BOT)
    assert asked == "大会 何时？"
    own = _message(text, reply_to_message=_original("我的回答", BOT))
    assert question_after_command(own, _BOT) == ""


@pytest.mark.parametrize("span", [(90, 5), (0, 999), (3, 0)])
def test_impossible_entities_do_no_harm(span: tuple[int, int]) -> None:
    entity = {"type": "mention", "offset": span[0], "length": span[1]}
    assert question_in(_message("大会", PRIVATE, entities=[entity]), _BOT) == "大会"
    command = {"type": "bot_command", "offset": span[0], "length": span[1]}
    assert isinstance(question_after_command(_message("/ask 大会", entities=[command]), _BOT), str)


def test_bots_are_not_answered_but_anonymous_people_are() -> None:
    bot = {"id": 5, "is_bot": True, "first_name": "b"}
    assert is_from_person(_message("x"))
    assert not is_from_person(_message("x", **{"from": bot}))
    assert is_from_person(_message("x", **{"from": bot, "sender_chat": GROUP}))

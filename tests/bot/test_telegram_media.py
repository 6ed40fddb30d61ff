"""Pictures, voices and the rest: captions are answered, what cannot be read gets a kind line."""

from __future__ import annotations

from typing import Any

import pytest

from bot.telegram_callbacks import Action, Press, encode
from bot.texts import texts_for
from tests.bot.botapi import BotApi, Call
from tests.bot.running import SENTENCE, SmallAsker, running, settings_for
from tests.bot.telegram_world import BOB, BOT, GROUP, PRIVATE, telegram_entities

ZH = texts_for("zh")
HANDLE = f"@{BOT['username']}"
QUESTION = "警示教育大会是哪天召开的？"

_FILE = {"file_id": "f", "file_unique_id": "u"}
_PLACE = {"latitude": 1.0, "longitude": 2.0}
_PHOTO: dict[str, Any] = {"photo": [{**_FILE, "width": 1, "height": 1}]}
_PICTURE = {**_FILE, "width": 1, "height": 1}
_POLL = {
    **{"id": "1", "question": "去吗？", "options": [], "total_voter_count": 0, "type": "regular"},
    **{"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False},
    **{"allows_revoting": False, "members_only": False},
}
_STICKER = {**_PICTURE, "type": "regular", "is_animated": False, "is_video": False}
_KINDS: dict[str, tuple[Any, str]] = {
    "voice": ({**_FILE, "duration": 3}, ZH.not_heard),
    "audio": ({**_FILE, "duration": 3}, ZH.not_heard),
    "video_note": ({**_FILE, "length": 3, "duration": 3}, ZH.not_heard),
    "photo": (_PHOTO["photo"], ZH.not_seen),
    "video": ({**_PICTURE, "duration": 3}, ZH.not_seen),
    "animation": ({**_PICTURE, "duration": 3}, ZH.not_seen),
    "sticker": (_STICKER, ZH.not_seen),
    "document": (_FILE, ZH.text_only),
    "location": (_PLACE, ZH.text_only),
    "venue": ({"location": _PLACE, "title": "礼堂", "address": "一号"}, ZH.text_only),
    "contact": ({"phone_number": "1", "first_name": "张"}, ZH.text_only),
    "poll": (_POLL, ZH.text_only),
    "dice": ({"emoji": "🎲", "value": 3}, ZH.text_only),
    "story": ({"id": 1, "chat": PRIVATE}, ZH.text_only),
    "some_kind_to_come": ({}, ZH.text_only),
}


def _post(api: BotApi, caption: str = "", **fields: Any) -> int:  # noqa: ANN401  as BotApi.post has it
    said: dict[str, Any] = {"caption": caption} if caption else {}
    if entities := telegram_entities(caption):
        said["caption_entities"] = entities
    return api.post(**{**_PHOTO, **said, **fields})


def _answer_id(api: BotApi, chat: dict[str, Any]) -> int:
    """Return the number of the bot's newest message."""
    numbers = [number for place, number in api.message_ids() if place == chat["id"]]
    return max(number for number in numbers if api.message(number, chat=chat)["from"] == BOT)


def _settled(api: BotApi) -> list[Call]:
    """Return what has been sent when all that came before is dealt with: the album's pause included."""
    before = len(api.sent())
    _post(api, media_group_id=f"last-{before}", user=BOB)
    api.wait(lambda: any("make out pictures" in call.params["text"] for call in api.sent()[before:]))
    return [call for call in api.sent() if "make out pictures" not in call.params["text"]]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kind", _KINDS)
def test_what_cannot_be_read_gets_a_kind_line(api: BotApi, kind: str) -> None:
    value, line = _KINDS[kind]
    api.say(f"/ask {QUESTION}", chat=GROUP)
    api.wait_sent(1)
    own = api.say("大家好", chat=GROUP)
    api.post(chat=GROUP, **{kind: value})
    api.post(chat=GROUP, reply_to=own, **{kind: value})
    api.post(**{kind: value})
    (private,) = api.wait_sent(2)[1:]
    api.post(chat=GROUP, reply_to=_answer_id(api, GROUP), **{kind: value})
    (group,) = api.wait_sent(3)[2:]
    assert private.params["text"] == group.params["text"] == line
    assert private.params["chat_id"] == PRIVATE["id"] and group.params["chat_id"] == GROUP["id"]
    assert group.params["reply_parameters"]["message_id"]


@pytest.mark.usefixtures("bot")
def test_what_telegram_itself_says_gets_no_answer(api: BotApi) -> None:
    api.post(pinned_message={"message_id": 1, "date": 0, "chat": PRIVATE})
    api.say("/help")
    assert len(api.wait_sent(1)) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("kind", ["photo", "video", "animation", "document", "audio", "voice"])
def test_a_caption_is_a_question_in_private(api: BotApi, asker: SmallAsker, kind: str) -> None:
    number = api.post(**{kind: _KINDS[kind][0]}, caption=f" {QUESTION}\n")
    (sent,) = api.wait_sent(1)
    assert asker.questions == [QUESTION] and SENTENCE in sent.shown
    assert sent.params["reply_parameters"]["message_id"] == number


@pytest.mark.usefixtures("bot")
def test_captions_in_groups_when_the_bot_is_meant(api: BotApi, asker: SmallAsker) -> None:
    _post(api, "今天的合影", chat=GROUP)
    _post(api, "/ask@Another_bot 别的", chat=GROUP)
    _post(api, f"/ask {QUESTION}", chat=GROUP)
    api.wait_sent(1)
    _post(api, f"/ask{HANDLE} 二 {QUESTION}", chat=GROUP)
    _post(api, f"😀 {HANDLE} 三 {QUESTION}", chat=GROUP)
    _post(api, f"/ask四 {QUESTION}", chat=GROUP)
    _post(api, f"五 {QUESTION}", chat=GROUP, reply_to=_answer_id(api, GROUP))
    api.wait_sent(5)
    _post(api, HANDLE, chat=GROUP)
    assert api.wait_sent(6)[5].params["text"] == ZH.usage
    assert sorted(asker.questions) == sorted(
        [QUESTION, f"二 {QUESTION}", f"😀 三 {QUESTION}", f"四 {QUESTION}", f"五 {QUESTION}"]
    )


@pytest.mark.usefixtures("bot")
def test_a_caption_is_handed_on_and_edited_like_a_text(api: BotApi, asker: SmallAsker) -> None:
    asked = _post(api, QUESTION, chat=GROUP, user=BOB)
    api.say(HANDLE, chat=GROUP, reply_to=asked)
    (sent,) = api.wait_sent(1)
    assert asker.questions == [QUESTION] and sent.params["reply_parameters"]["message_id"] == asked
    number = _post(api, QUESTION)
    api.wait_sent(2)
    edited = {**api.message(number), "caption": "改成几号？", "edit_date": 2}
    api.push({"update_id": 8_000_000, "edited_message": {**edited, "caption": QUESTION}})  # nothing new
    api.push({"update_id": 8_000_001, "edited_message": edited})
    api.wait_called("editMessageText")
    assert asker.questions == [QUESTION, QUESTION, "改成几号？"] and len(api.sent()) == 2


def test_the_buttons_find_a_caption_again_after_a_restart(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        _post(api, f"/ask {QUESTION}", chat=GROUP)
        api.wait_sent(1)
    with running(api, SmallAsker()):
        press = encode(Press(Action.HIT, 1, "a1"))
        answer = api.wait_answer(api.press(_answer_id(api, GROUP), press, chat=GROUP))
        assert "text" not in answer  # as there would be, were the question gone


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("at", range(3))
def test_an_album_is_answered_once(api: BotApi, asker: SmallAsker, at: int) -> None:
    for each in range(3):
        _post(api, QUESTION if each == at else "", media_group_id="album")
    (sent,) = _settled(api)
    assert SENTENCE in sent.shown and asker.questions == [QUESTION]


@pytest.mark.usefixtures("bot")
def test_an_album_of_captions_and_one_of_none(api: BotApi, asker: SmallAsker) -> None:
    for each in range(3):
        _post(api, f"{each} {QUESTION}", media_group_id="captions")
        _post(api, media_group_id="none")
        _post(api, HANDLE if each == 1 else f"{each}", chat=GROUP, media_group_id="group")
    said = [call.params["text"] for call in _settled(api)]
    assert len(asker.questions) == 1 and len(said) == 3
    assert said.count(ZH.not_seen) == said.count(ZH.usage) == 1


@pytest.mark.usefixtures("bot")
def test_another_command_in_a_caption_is_none(api: BotApi, asker: SmallAsker) -> None:
    _post(api, "/help")
    assert [call.params["text"] for call in api.wait_sent(1)] == [ZH.not_seen]
    assert not asker.questions


def test_captions_and_replies_count_as_questions(api: BotApi, asker: SmallAsker) -> None:
    limits: dict[str, Any] = {"questions_per_minute": 0.01, "question_burst": 2}
    with running(api, asker, settings_for(api, **limits)):
        _post(api, QUESTION)
        api.wait_sent(1)
        _post(api, media_group_id="free")
        api.wait_sent(2)
        _post(api, f"{HANDLE} {QUESTION}", chat=GROUP)
        api.wait_sent(3)
        answer = _answer_id(api, GROUP)
        api.post(chat=GROUP, reply_to=answer, sticker=_STICKER)
        api.post(location=_PLACE)
        refused = api.wait_sent(4)[3].params["text"]
        _post(api, QUESTION)  # told already
        api.say("/help", user=BOB)
        api.wait_sent(5)
    assert refused.startswith(ZH.slow_down.partition("{")[0])
    assert len(asker.questions) == 2 and len(api.sent()) == 5

from __future__ import annotations

import asyncio
import random
from typing import Any

from telegram import Bot, Message

from bot.telegram_pasting import Pasting, text_of
from tests.bot.telegram_world import ALICE, PRIVATE, TOKEN

_BOT = Bot(TOKEN)
LONG = "会议指出，要抓好落实。" * 250


def _message(number: int, text: str, **fields: Any) -> Message:  # noqa: ANN401
    said = {"message_id": number, "date": 1, "chat": PRIVATE, "from": ALICE, "text": text, **fields}
    message = Message.de_json(said, _BOT)
    assert message is not None
    return message


async def _whole(pasting: Pasting, *messages: Message) -> list[str]:
    """Return the texts that come of messages which come at once."""
    begun = []
    for message in messages:
        if pasting.is_article(message):
            coming = pasting.begin(message, message.text or "")
            begun += [(message, coming)] if coming else []
    return await asyncio.gather(*(pasting.complete(*each) for each in begun))


def test_a_text_is_joined_however_it_was_cut() -> None:
    draws = random.Random(7)
    article = "".join(f"会议研究了第{n}项议题，提出要求。\n" for n in range(600))
    for _ in range(20):
        parts, rest, number = [], article, 5
        while rest:
            size = draws.randint(2100, 4096)
            parts.append(_message(number, rest[:size].strip()))
            rest, number = rest[size:], number + 1
        (whole,) = asyncio.run(_whole(Pasting(0.05), *parts))
        assert "".join(whole.split()) == "".join(article.split())


def test_parts_are_joined_in_the_order_of_the_chat() -> None:
    parts = [_message(number, f"{number}{LONG}") for number in (3, 2, 4)]
    (whole,) = asyncio.run(_whole(Pasting(0.05), *parts))
    assert [whole.index(f"{number}会") for number in (2, 3, 4)] == sorted(
        whole.index(f"{number}会") for number in (2, 3, 4)
    )


def test_what_is_not_cut_stands_alone() -> None:
    short = LONG[:1100]
    texts = asyncio.run(
        _whole(Pasting(60.0), _message(1, short), _message(2, short + "二"), _message(3, "谁？"))
    )
    assert texts == [short, short + "二"]  # and nothing was waited for


def test_what_was_forwarded_is_none_of_what_was_pasted() -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    messages = [_message(1, LONG), _message(2, LONG + "二", forward_origin=origin)]
    assert asyncio.run(_whole(Pasting(0.05), *messages)) == [LONG, LONG + "二"]


def test_posts_that_are_forwarded_together_are_articles_of_their_own() -> None:
    def post(number: int, date: int, sender: str) -> Message:
        origin = {"type": "hidden_user", "date": date, "sender_user_name": sender}
        return _message(number, f"{number}{LONG}", forward_origin=origin)

    posts = [post(1, 100, "x"), post(2, 102, "x"), post(3, 900, "x"), post(4, 900, "y")]
    first, *others = asyncio.run(_whole(Pasting(0.05), *posts))
    assert "".join(first.split()) == f"1{LONG}2{LONG}" and others == [f"3{LONG}", f"4{LONG}"]


def test_words_that_were_cut_apart_stay_apart() -> None:
    first = "The meeting was held in the city " * 70
    (whole,) = asyncio.run(_whole(Pasting(0.05), _message(1, first.strip()), _message(2, "hall.")))
    assert whole.endswith("in the city hall.")


def test_a_part_is_remembered_for_its_edits() -> None:
    pasting = Pasting(0.05)
    asyncio.run(_whole(pasting, _message(1, LONG), _message(2, "完。")))
    assert pasting.was_taken(_message(2, "改。")) and not pasting.was_taken(_message(3, "谁？"))


def test_what_stands_below_a_picture_that_was_forwarded_is_a_text() -> None:
    picture = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    message = _message(1, "", photo=picture, caption=LONG[:900], forward_origin=origin)
    assert Pasting().is_article(message) and text_of(message) == LONG[:900]
    assert not Pasting().is_article(_message(1, "", photo=picture, caption=LONG[:900]))

"""Who is in the loopback Telegram, and how it marks what they write."""

from __future__ import annotations

import re
from typing import Any

from tests.bot.botapi_checks import units

TOKEN = "123456789:TESTtoken-of_the-loopback-server_0000"
BOT: dict[str, Any] = {"id": 123456789, "is_bot": True, "first_name": "会问", "username": "Huiwen_Test_bot"}
ALICE = {"id": 1001, "is_bot": False, "first_name": "Alice", "language_code": "zh-hans"}
BOB = {"id": 1002, "is_bot": False, "first_name": "Bob", "language_code": "en"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Alice"}
GROUP: dict[str, Any] = {"id": -1002000000001, "type": "supergroup", "title": "读报小组"}
FORUM = {"id": -1002000000002, "type": "supergroup", "title": "论坛", "is_forum": True}
TOPIC = 77

_ENTITIES = re.compile(
    r"(?P<bot_command>(?<!\S)/[a-zA-Z0-9_]+(?:@[a-zA-Z0-9_]+)?(?!\w))|(?P<mention>(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w))"
)


def telegram_entities(text: str) -> list[dict[str, Any]]:
    """Find commands and mentions as Telegram does, offsets in UTF-16 units."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match[0])}
        for match in _ENTITIES.finditer(text)
    ]

"""What a message asks of the bot, if anything. Pure: reads messages, sends nothing."""

from __future__ import annotations

import re

from telegram import Chat, Message, MessageEntity, User

from bot.utf16 import piece, utf16_len, without

# Chinese is written without spaces, and Telegram marks neither "/ask大会" as a command nor "请问@bot" as a
# mention: it takes both for parts of longer words.
_GLUED_COMMAND = re.compile(r"/ask(?=[^\x00-\x7f])", re.IGNORECASE)


def question_in(message: Message, bot: User) -> str | None:
    """Return the question a text message puts to `bot`, empty if it only calls it, None if it is not meant.

    In private everything is; in groups, what mentions the bot and what replies to it.
    """
    text = message.text or ""
    spans = [*_mentions(message, bot), *((0, match.end()) for match in [_GLUED_COMMAND.match(text)] if match)]
    if not (spans or message.chat.type == Chat.PRIVATE or _replies_to(message, bot)):
        return None
    question = " ".join(without(text, spans).split())
    return question or _quoted_question(message, bot)


def question_after_command(message: Message, bot: User) -> str:
    """Return what follows the command that `message` begins with, or else what it was sent in reply to."""
    text = message.text or ""
    command = next((entity for entity in message.entities if entity.type == MessageEntity.BOT_COMMAND), None)
    spans = [(0, command.length), *_mentions(message, bot)] if command else _mentions(message, bot)
    question = " ".join(without(text, spans).split())
    return question or _quoted_question(message, bot)


def is_from_person(message: Message) -> bool:
    """Tell whether a person wrote it: other bots get no answer, so that two cannot talk for ever.

    Anonymous administrators and channels appear as a bot of Telegram's, with a `sender_chat`.
    """
    author = message.from_user
    return author is None or not author.is_bot or message.sender_chat is not None


def _mentions(message: Message, bot: User) -> list[tuple[int, int]]:
    """Return offset and length, in UTF-16 units, of each mention of the bot."""
    text, handle = message.text or "", f"@{bot.username}"
    marked = [
        (entity.offset, entity.length)
        for entity in message.entities
        if (
            entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id
        )
        or (
            entity.type == MessageEntity.MENTION
            and piece(text, entity.offset, entity.length).lower() == handle.lower()
        )
    ]
    return marked or [
        (utf16_len(text[: match.start()]), len(handle))
        for match in re.finditer(rf"(?<!\w){handle}(?!\w)", text, re.IGNORECASE | re.ASCII)
    ]


def _replies_to(message: Message, bot: User) -> bool:
    original = message.reply_to_message
    # In a topic that the bot opened, every message is marked as a reply to that opening.
    if original is None or original.forum_topic_created is not None:
        return False
    return original.from_user is not None and original.from_user.id == bot.id


def _quoted_question(message: Message, bot: User) -> str:
    """Return the text that is being answered by a bare call, as somebody else's question is handed on."""
    original = message.reply_to_message
    if original is None or not original.text or _replies_to(message, bot):
        return ""
    return " ".join(original.text.split())

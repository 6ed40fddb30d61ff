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
    called = _mentions(message, bot) or _GLUED_COMMAND.match(message.text or "")
    if not (called or message.chat.type == Chat.PRIVATE or _replies_to(message, bot)):
        return None
    return _own_question(message, bot) or _quoted_question(message, bot)


def question_after_command(message: Message, bot: User) -> str:
    """Return what follows the command that `message` begins with, or else what it was sent in reply to."""
    return _own_question(message, bot) or _quoted_question(message, bot)


def question_replied_to(answer: Message, bot: User) -> str | None:
    """Return the question that one of the bot's messages answers, None where it can no longer be seen."""
    asked = answer.reply_to_message
    return (_own_question(asked, bot) or None) if asked is not None else None


def source_of(message: Message, bot: User) -> Message:
    """Return the message that a question was taken from: where a bare call hands one on, that one."""
    original = message.reply_to_message
    handed_on = original is not None and not _own_question(message, bot) and _quoted_question(message, bot)
    return original if original is not None and handed_on else message


def is_from_person(message: Message) -> bool:
    """Tell whether a person wrote it: other bots get no answer, so that two cannot talk for ever.

    Anonymous administrators and channels appear as a bot of Telegram's, with a `sender_chat`.
    """
    author = message.from_user
    return author is None or not author.is_bot or message.sender_chat is not None


def _own_question(message: Message, bot: User) -> str:
    """Return the text of a message without what calls the bot."""
    text = message.text or ""
    spans = _mentions(message, bot)
    command = next((entity for entity in message.entities if entity.type == MessageEntity.BOT_COMMAND), None)
    if command is not None and command.offset == 0:
        spans.append((0, command.length))
    elif glued := _GLUED_COMMAND.match(text):
        spans.append((0, glued.end()))
    return " ".join(without(text, spans).split())


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

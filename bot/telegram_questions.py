"""What a message asks of the bot, if anything. Pure: reads messages, sends nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import Chat, Message, MessageEntity, User

from bot.telegram_links import read_payload
from bot.utf16 import piece, utf16_len, without

# Chinese is written without spaces, and Telegram marks neither "/ask大会" as a command nor "请问@bot" as a
# mention: it takes both for parts of longer words.
_GLUED_COMMAND = re.compile(r"/ask(?=[^\x00-\x7f])", re.IGNORECASE)


def question_in(message: Message, bot: User) -> str | None:
    """Return the question a message puts to `bot`, empty if it only calls it, None if it is not meant.

    In private everything is; in groups, what mentions the bot and what replies to it.
    """
    called = _mentions(message, bot) or _GLUED_COMMAND.match(words_of(message))
    if not (called or message.chat.type == Chat.PRIVATE or replies_to(message, bot)):
        return None
    return _own_question(message, bot) or _quoted_question(message, bot)


def question_after_command(message: Message, bot: User) -> str:
    """Return what follows the command that `message` begins with, or else what it was sent in reply to."""
    return _own_question(message, bot) or _quoted_question(message, bot)


def question_in_caption(message: Message, bot: User) -> str | None:
    """Return the question of a caption likewise; in it Telegram knows no commands, but people write /ask.

    None too where it begins with another command, which is none beneath a picture.
    """
    command = command_of(message, bot)
    if command == "ask":
        return question_after_command(message, bot)
    return question_in(message, bot) if command is None else None


def question_replied_to(answer: Message, bot: User) -> str | None:
    """Return the question that one of the bot's messages answers, None where it can no longer be seen."""
    asked = answer.reply_to_message
    if asked is None or asked.from_user == bot:  # a list of ours, from which an article was opened
        return None
    command = command_of(asked, bot)
    if command == "start":
        link = read_payload(_own_question(asked, bot))
        return (link.question or None) if link else None
    return (_own_question(asked, bot) or None) if command in (None, "ask") else None


def command_of(message: Message, bot: User) -> str | None:
    """Return the name of the command for `bot` that a message begins with, None if with none."""
    entities = _entities(message)
    first = entities[0] if entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return None
    name, _, addressee = words_of(message)[1 : first.length].partition("@")
    return name.lower() if addressee.lower() in ("", str(bot.username).lower()) else None


def replies_to(message: Message, bot: User) -> bool:
    """Tell whether a message replies to one of the bot's."""
    original = message.reply_to_message
    # In a topic that the bot opened, every message is marked as a reply to that opening.
    if original is None or original.forum_topic_created is not None:
        return False
    return original.from_user is not None and original.from_user.id == bot.id


def words_of(message: Message) -> str:
    """Return what is written in a message: its text or its caption."""
    return message.text or message.caption or ""


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
    text = words_of(message)
    spans = _mentions(message, bot)
    command = next(
        (entity for entity in _entities(message) if entity.type == MessageEntity.BOT_COMMAND), None
    )
    if command is not None and command.offset == 0:
        spans.append((0, command.length))
    elif glued := _GLUED_COMMAND.match(text):
        spans.append((0, glued.end()))
    return " ".join(without(text, spans).split())


def _mentions(message: Message, bot: User) -> list[tuple[int, int]]:
    """Return offset and length, in UTF-16 units, of each mention of the bot."""
    text, handle = words_of(message), f"@{bot.username}"
    marked = [
        (entity.offset, entity.length)
        for entity in _entities(message)
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


def _entities(message: Message) -> Sequence[MessageEntity]:
    return message.entities if message.text else message.caption_entities


def _quoted_question(message: Message, bot: User) -> str:
    """Return the text that is being answered by a bare call, as somebody else's question is handed on."""
    original = message.reply_to_message
    if original is None or replies_to(message, bot):
        return ""
    return " ".join(words_of(original).split())

"""Messages that are no text: the caption of a picture may ask something; the rest gets a kind line.

Handlers for particular kinds (a document sent by an admin) are registered before these and take theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Chat, Message, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.telegram_languages import texts_of
from bot.telegram_questions import question_in_caption, replies_to
from bot.telegram_recent import Recent
from bot.telegram_sending import reply
from bot.texts import Texts

# The messages of an album come within this, that with the caption not always as the first.
_ALBUM_S = 0.7

Answer = Callable[[Message, str], Awaitable[None]]
"""Answers a question where a message came from."""


class MediaHandlers:
    """Answers captions, and says what the bot cannot read: an album, which is many messages, once."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._albums_asking = Recent()
        self._albums_mute = Recent()

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers, after those for text."""
        new = filters.UpdateType.MESSAGE
        captioned = (new | filters.UpdateType.EDITED_MESSAGE) & filters.CAPTION
        # What Telegram itself says in a chat (somebody has joined) is nobody's question.
        other = new & ~filters.TEXT & ~filters.StatusUpdate.ALL
        application.add_handler(MessageHandler(captioned, self._caption))
        application.add_handler(MessageHandler(other & filters.ChatType.PRIVATE, self._not_text))
        in_reply = other & filters.ChatType.GROUPS & filters.REPLY
        application.add_handler(MessageHandler(in_reply, self._not_text_in_reply))

    async def _caption(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        question = question_in_caption(message, context.bot.bot)
        album = message.media_group_id
        if question is None:
            if update.message is not None and message.chat.type == Chat.PRIVATE:
                await self._not_text(update, context)
        elif album is None or update.edited_message is not None or self._albums_asking.add(album):
            await self._answer(message, question)

    async def _not_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        album = message.media_group_id
        if album is not None:
            if not self._albums_mute.add(album):
                return
            await asyncio.sleep(_ALBUM_S)
            if album in self._albums_asking:
                return
        await reply(message, [_what_is_read(message, texts_of(message.from_user))])

    async def _not_text_in_reply(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if replies_to(_message(update), context.bot.bot):
            await self._not_text(update, context)


def _message(update: Update) -> Message:
    message = update.message or update.edited_message
    assert message is not None, "registered for messages only"
    return message


def _what_is_read(message: Message, texts: Texts) -> str:
    """Return a kind line about what the bot cannot read."""
    if message.voice or message.audio or message.video_note:
        return texts.not_heard
    if message.photo or message.video or message.animation or message.sticker:
        return texts.not_seen
    return texts.text_only

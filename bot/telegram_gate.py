"""Who is let in, and how fast: looks at every update before the handlers do."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from typing import Any

from telegram import Bot, Chat, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationHandlerStop, ContextTypes, TypeHandler

from bot.state import State
from bot.state_file import StateError
from bot.telegram_languages import speak, texts_of
from bot.telegram_limits import Buckets, Limits, Verdict
from bot.telegram_presses import tell
from bot.telegram_questions import (
    command_of,
    question_after_command,
    question_in,
    question_in_caption,
    replies_to,
    words_of,
)
from bot.telegram_sending import reply
from config import TelegramSettings

_log = logging.getLogger(__name__)

GROUP = -1  # after what drops repeated updates, before what answers
_LIGHT = 5  # as many times as a question a press or an inline query, one for every few keys, may come
_REFUSED = 4096  # people who have been told that the bot is not for them


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an update comes from."""

    person: int
    """The user, or the chat for which somebody writes."""
    user: User | None
    chat: int | None
    """None in private and for inline queries."""


class Gate:
    """Stops the updates of those who may not use the bot, and of those who ask too fast."""

    def __init__(self, settings: TelegramSettings, state: State) -> None:
        self._settings = settings
        self._state = state
        self._allow, self._block = frozenset(settings.allow), frozenset(settings.block)
        self._admins = frozenset(settings.admins)
        self._questions, self._light = _limits(settings, 1), _limits(settings, _LIGHT)
        self._refused: OrderedDict[int, None] = OrderedDict()
        self.questions = 0
        """Let in since the start."""

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handler."""
        application.add_handler(TypeHandler(Update, self._look), group=GROUP)

    def is_admin(self, person: int) -> bool:
        """Tell whether a person is one of the admins."""
        return person in self._admins

    def lets_in(self, person: int, chat: int | None) -> bool:
        """Tell whether a person may use the bot in a chat, None for in private."""
        places = {person} if chat is None else {person, chat}
        if person in self._admins:
            return True
        if places & self._block or any(self._state.is_banned(place) for place in places):
            return False
        return not self._allow or bool(places & self._allow)

    async def _look(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        source = _source(update)
        if source is None:
            return
        speak(self._state.language_of(source.person))
        if not self.lets_in(source.person, source.chat):
            await self._refuse(update, source)
            raise ApplicationHandlerStop
        try:
            await self._state.touch(source.person)
        except (sqlite3.Error, StateError) as error:  # no reason to leave a question without an answer
            _log.warning("What is kept of people could not be written: %s", error)
        if source.person in self._admins:
            verdict = Verdict()
        elif update.callback_query or update.inline_query:
            verdict = self._light.admit(source.person, source.chat, time.monotonic())
        elif _asks(update, context.bot.bot):
            verdict = self._questions.admit(source.person, source.chat, time.monotonic())
        else:
            return
        if verdict.wait_s > 0:
            await _slow_down(update, source, verdict)
            raise ApplicationHandlerStop
        self._note(update, source, context.bot)

    def _note(self, update: Update, source: _Source, bot: Bot) -> None:
        """Count a question, and log it where the operator wants that."""
        message = update.message
        if message is None or not words_of(message):
            return
        command = command_of(message, bot.bot)
        if command == "ask":
            question: str | None = question_after_command(message, bot.bot)
        else:
            question = question_in(message, bot.bot) if command is None else None
        if not question:
            return
        self.questions += 1
        if self._settings.log_questions:
            _log.info("Question of %d in %d: %s", source.person, source.chat or source.person, question)

    async def _refuse(self, update: Update, source: _Source) -> None:
        """End the waiting of whoever is not let in; in private say why, once, unless they are banned."""
        if update.callback_query:
            await tell(update.callback_query)
        elif update.inline_query:
            await _no_results(update)
        message = update.message
        out = self._state.is_banned(source.person) or source.person in self._block
        if message is None or source.chat is not None or out or source.person in self._refused:
            return
        self._refused[source.person] = None
        if len(self._refused) > _REFUSED:
            self._refused.popitem(last=False)
        await reply(message, [texts_of(source.user).not_for_you.format(id=source.person)])


def _limits(settings: TelegramSettings, times: int) -> Limits:
    return Limits(
        Buckets(settings.questions_per_minute * times, settings.question_burst * times),
        Buckets(settings.chat_questions_per_minute * times, settings.chat_question_burst * times),
    )


def _source(update: Update) -> _Source | None:
    if update.callback_query:
        message = update.callback_query.message
        user = update.callback_query.from_user
        return _Source(user.id, user, _group(message.chat) if message else None)
    if update.inline_query:
        return _Source(update.inline_query.from_user.id, update.inline_query.from_user, None)
    written = update.message or update.edited_message
    if written is None:
        return None
    author = written.sender_chat or written.from_user
    return _Source(author.id if author else written.chat_id, written.from_user, _group(written.chat))


def _group(chat: Chat) -> int | None:
    return None if chat.type == Chat.PRIVATE else chat.id


def _asks(update: Update, bot: User) -> bool:
    """Tell whether a message is meant for the bot, which then answers."""
    message = update.message or update.edited_message
    if message is None:
        return False
    if message.text:
        return command_of(message, bot) is not None or question_in(message, bot) is not None
    if message.caption and question_in_caption(message, bot) is not None:
        return True
    if message.media_group_id:  # an album is answered once
        return False
    return update.message is not None and (message.chat.type == Chat.PRIVATE or replies_to(message, bot))


async def _slow_down(update: Update, source: _Source, verdict: Verdict) -> None:
    notice = texts_of(source.user).slow_down.format(seconds=ceil(verdict.wait_s))
    if update.callback_query:
        await tell(update.callback_query, notice)
    elif update.inline_query:
        await _no_results(update)
    elif verdict.tell and isinstance(update.message, Message):
        await reply(update.message, [notice])


async def _no_results(update: Update) -> None:
    query = update.inline_query
    assert query is not None
    try:
        await query.answer([], cache_time=1, is_personal=True)
    except TelegramError as error:  # too old, mostly
        _log.debug("An inline query could not be answered: %s", type(error).__name__)

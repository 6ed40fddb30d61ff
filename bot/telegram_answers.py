"""What the Telegram bot does with the buttons beneath its answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, Message, Update, User
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bot.telegram_articles import PAGES, find_hit, pages_of, render_context, render_file, render_page
from bot.telegram_callbacks import Action, Press, decode
from bot.telegram_conversations import Conversations
from bot.telegram_followups import talk_about
from bot.telegram_languages import texts_of
from bot.telegram_library import Asker
from bot.telegram_presses import tell
from bot.telegram_questions import question_replied_to
from bot.telegram_rendering import render_answer, render_others
from bot.telegram_screens import Screen
from bot.telegram_sending import edit, send_file
from bot.telegram_turns import Turns
from bot.texts import Texts
from retrieval.conversation import Conversation
from retrieval.errors import BadQueryError, NoIndexError
from retrieval.model import Answer, Article

_MANY = 10  # hits looked at for other articles


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a press brings."""

    screen: Screen | None = None
    """What the message shows from now on."""
    note: str = ""
    """What the user is told for a moment, or in a box where nothing else happens."""
    file: Article | None = None
    after: Conversation | None = None
    """What replies to the message go on from now."""


class AnswerButtons:
    """Answers presses, each exactly once."""

    def __init__(self, asker: Asker, k: int, conversations: Conversations) -> None:
        self._asker = asker
        self._k = k
        self._conversations = conversations
        self._turns = Turns()

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handler. It takes every button that no handler before it has taken."""
        application.add_handler(CallbackQueryHandler(self._pressed))

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts = texts_of(query.from_user)
        answer = query.message if isinstance(query.message, Message) else None
        press = decode(query.data or "")
        if answer is None or press is None:
            await _tell(query, Outcome(note=texts.button_gone))
            return
        async with self._turns.of(answer):  # quick presses are shown in their order
            try:
                outcome = await self._find(press, answer, context.bot.bot, texts)
            except Exception:
                await _tell(query, Outcome(note=texts.trouble))
                raise
            await _tell(query, outcome)
            if outcome.after is not None:
                self._conversations.turn(answer, outcome.after)
            if outcome.screen is not None:
                await edit(answer.get_bot(), answer.chat_id, answer.message_id, outcome.screen)
            if outcome.file is not None:
                await send_file(answer, *render_file(outcome.file, texts))

    async def _find(self, press: Press, answer: Message, bot: User, texts: Texts) -> Outcome:
        if press.action in (Action.WHOLE, Action.FILE):
            return _read(press, await asyncio.to_thread(self._asker.article, press.article), texts)
        asked = await asyncio.to_thread(self._ask_again, press, answer, bot)
        if press.action is Action.MORE:
            article = await asyncio.to_thread(self._asker.article, press.article)
            if article is None:
                return Outcome(note=texts.article_gone)
            hit = find_hit(asked[0], press) if asked else None
            after = talk_about(article, press) if press.listed else None
            return Outcome(render_context(article, press, hit, texts), after=after)
        if asked is None:
            return Outcome(note=texts.question_gone)
        found, after = asked
        anew = texts.searched_anew if found.generation != press.generation else ""
        if press.action is Action.OTHERS:
            others = render_others(found, texts, press.position)
            return Outcome(others, anew) if others else Outcome(note=texts.no_others)
        return Outcome(render_answer(found, texts, press.position), anew, after=_turned(after, found, press))

    def _ask_again(self, press: Press, answer: Message, bot: User) -> tuple[Answer, Conversation] | None:
        """Return the answer to the question that a message answers, None where that cannot be had.

        What it went on from is remembered, or else it went on about the article of the button.
        """
        given = self._conversations.given_in(answer)
        question = given.question if given else question_replied_to(answer, bot)
        if not question:
            return None
        wide = press.listed or press.action is Action.OTHERS
        k = max(self._k, _MANY) if wide else self._k
        try:
            talk = given.before if given else self._talk_about(press)
            return self._asker.converse(talk, question, k)
        except (BadQueryError, NoIndexError):
            return None

    def _talk_about(self, press: Press) -> Conversation:
        article = self._asker.article(press.article) if press.follows else None
        return talk_about(article, press) if article else Conversation()


def _read(press: Press, article: Article | None, texts: Texts) -> Outcome:
    if article is None:
        return Outcome(note=texts.article_gone)
    if press.action is Action.FILE:
        return Outcome(file=article)
    if len(pages_of(article)) > PAGES:
        return Outcome(note=texts.sent_as_file, file=article)
    return Outcome(render_page(article, press, texts))


def _turned(after: Conversation, answer: Answer, press: Press) -> Conversation:
    """Return the conversation when another hit than the first is looked at."""
    if not answer.answered or not 1 < press.position <= len(answer.hits):
        return after
    hit = answer.hits[press.position - 1]
    return replace(after, about=hit, told=(hit.text,))


async def _tell(query: CallbackQuery, outcome: Outcome) -> None:
    """Answer the press, in a box where nothing else comes of it."""
    alert = bool(outcome.note) and outcome.screen is None and outcome.file is None
    await tell(query, outcome.note, alert=alert)

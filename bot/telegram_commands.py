"""/start, /stats and /forget: what a person asks of the bot itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CommandHandler, ContextTypes, filters

from bot.shelf import Shelf
from bot.state import State
from bot.telegram_contents import ContentsHandlers
from bot.telegram_gate import Gate
from bot.telegram_inline import START as INLINE_START
from bot.telegram_languages import texts_of
from bot.telegram_links import find_digest, read_payload
from bot.telegram_markup import escape, render_date
from bot.telegram_menus import Menus
from bot.telegram_rendering import render_inline_usage, render_start
from bot.telegram_sending import reply
from bot.texts import Texts
from retrieval.errors import NoIndexError

Answer = Callable[[Message, str], Awaitable[None]]
"""Answers a question where a message came from."""


class Commands:
    """The handlers."""

    def __init__(
        self,
        state: State,
        gate: Gate,
        shelf: Shelf,
        menus: Menus,
        contents: ContentsHandlers,
        answer: Answer,
        forget_person: Callable[[int], None],
    ) -> None:
        self._state = state
        self._gate = gate
        self._shelf = shelf
        self._menus = menus
        self._contents = contents
        self._answer = answer
        self._forget_person = forget_person

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers."""
        new = filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler("start", self._start, new))
        application.add_handler(CommandHandler("stats", self._stats, new))
        application.add_handler(CommandHandler("forget", self._forget, new))

    async def _start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        if message.from_user is not None and self._gate.is_admin(message.from_user.id):
            await self._menus.show(context.bot, message.from_user.id)  # now that there is a chat for it
        payload = context.args[0] if context.args and len(context.args) == 1 else ""
        link = read_payload(payload)
        if payload == INLINE_START:
            inline = bool(context.bot.supports_inline_queries)  # otherwise the button is refused
            screen = render_inline_usage(texts_of(message.from_user), context.bot.username, button=inline)
            await reply(message, [screen])
        elif link is None:
            await reply(message, [render_start(texts_of(message.from_user))])
        elif link.question:
            await self._answer(message, link.question)
        elif not await self._show(message, link.article, digest=link.digest):
            await reply(message, [texts_of(message.from_user).article_gone])

    async def _show(self, message: Message, article: str, *, digest: bool) -> bool:
        article_id = await asyncio.to_thread(self._find, article) if digest else article
        return article_id is not None and await self._contents.show(message, article_id)

    def _find(self, digest: str) -> str | None:
        try:
            return find_digest(digest, (each.id for each in self._shelf.contents().articles))
        except NoIndexError:
            return None

    async def _stats(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        texts = texts_of(message.from_user)
        lines = await asyncio.to_thread(self._tell_index, texts)
        lines.append(texts.stats_questions.format(questions=self._gate.questions))
        user = message.from_user
        if user is not None and message.chat_id == user.id:
            language = self._state.language_of(user.id)
            kept = texts.language if language else texts.language_of_telegram
            lines.append(texts.stats_you.format(id=user.id, language=kept))
        if user is not None and self._gate.is_admin(user.id):
            counts = await self._state.counts()
            lines.append(
                texts.stats_people.format(
                    good=counts.good, bad=counts.bad, languages=counts.languages, bans=counts.bans
                )
            )
            lines.append(texts.stats_alerts.format(alerts=counts.alerts))
        await reply(message, ["\n".join(lines)])

    def _tell_index(self, texts: Texts) -> list[str]:
        try:
            contents = self._shelf.contents()
        except NoIndexError:
            return [texts.no_articles]
        created = escape(render_date(contents.created[:10], texts))
        counts = {"articles": len(contents.articles), "passages": contents.passages}
        lines = [texts.stats_index.format(**counts, generation=contents.generation, created=created)]
        dates = [article.date for article in contents.articles if article.date[:1].isdigit()]
        if dates:  # the newest first
            first, last = (escape(render_date(date, texts)) for date in (dates[-1], dates[0]))
            lines.append(texts.stats_dates.format(first=first, last=last))
        return lines

    async def _forget(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        author = message.sender_chat or message.from_user
        if author is None:
            return
        texts = texts_of(message.from_user)
        forgotten = await self._state.forget(author.id)
        self._forget_person(author.id)
        if forgotten.language:
            await self._menus.show(context.bot, author.id)
        await reply(message, [texts.all_forgotten.format(feedback=forgotten.feedback)])


def _message(update: Update) -> Message:
    assert update.message is not None, "registered for new messages only"
    return update.message

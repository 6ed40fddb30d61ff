"""/latest and /articles: what there is to read, by buttons."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.contents_rendering import ALL, ARTICLE_PREFIX, LIST_PREFIX, MONTHS, Page, read_page, render_list
from bot.shelf import Shelf
from bot.telegram_articles import PAGES, pages_of, render_file, render_page
from bot.telegram_callbacks import Action, Press, article_key
from bot.telegram_languages import texts_of
from bot.telegram_library import Asker
from bot.telegram_presses import apologizing, tell
from bot.telegram_screens import Screen
from bot.telegram_sending import edit, reply, send_file
from bot.texts import Texts
from retrieval.errors import NoIndexError
from retrieval.model import Article


class ContentsHandlers:
    """Lists articles and shows them."""

    def __init__(self, asker: Asker, shelf: Shelf) -> None:
        self._asker = asker
        self._shelf = shelf

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers."""
        new = filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler("latest", self._latest, new))
        application.add_handler(CommandHandler("articles", self._articles, new))
        application.add_handler(CallbackQueryHandler(self._turned, f"^{LIST_PREFIX}"))
        application.add_handler(CallbackQueryHandler(self._opened, f"^{ARTICLE_PREFIX}"))

    async def show(self, message: Message, article_id: str) -> bool:
        """Send an article in reply to a message, and tell whether there is one of that id."""
        found = await asyncio.to_thread(self._find, article_key(article_id))
        if found is not None:
            await _send(message, *found, texts_of(message.from_user))
        return found is not None

    async def _latest(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._list(update.message, ALL)

    async def _articles(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._list(update.message, MONTHS)

    async def _list(self, message: Message | None, what: str) -> None:
        assert message is not None, "registered for new messages only"
        await reply(message, [await self._page(Page(what), texts_of(message.from_user))])

    async def _turned(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts = texts_of(query.from_user)
        page = read_page(query.data or "")
        if page is None or not isinstance(query.message, Message):
            await tell(query, texts.button_gone, alert=True)
            return
        async with apologizing(query, texts.trouble):
            screen = await self._page(page, texts)
        await tell(query)
        await edit(context.bot, query.message.chat_id, query.message.message_id, screen)

    async def _opened(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts = texts_of(query.from_user)
        key = (query.data or "").removeprefix(ARTICLE_PREFIX)
        async with apologizing(query, texts.trouble):
            found = await asyncio.to_thread(self._find, key) if key else None
        if found is None or not isinstance(query.message, Message):
            await tell(query, texts.article_gone, alert=True)
            return
        await tell(query)
        await _send(query.message, *found, texts)

    async def _page(self, page: Page, texts: Texts) -> Screen:
        try:
            return render_list(await asyncio.to_thread(self._shelf.contents), page, texts)
        except NoIndexError:
            return Screen(texts.no_articles)

    def _find(self, key: str) -> tuple[Article, int] | None:
        """Return an article and the generation that serves."""
        try:
            article = self._asker.article(key)
        except NoIndexError:
            return None
        if article is None:
            return None
        with suppress(NoIndexError):
            return article, self._shelf.contents().generation
        return article, 0


async def _send(message: Message, article: Article, generation: int, texts: Texts) -> None:
    """Send an article in reply to a message: its first page, or a file where there are too many."""
    if len(pages_of(article)) > PAGES:
        await send_file(message, *render_file(article, texts))
        return
    press = Press(Action.WHOLE, generation, article_key(article.id), alone=True)
    await reply(message, [render_page(article, press, texts)])

"""What people think of answers: keeps it when they press 👍 or 👎."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bot.state import State
from bot.state_file import Feedback
from bot.telegram_callbacks import Press
from bot.telegram_languages import texts_of
from bot.telegram_library import Asker
from bot.telegram_presses import apologizing, tell
from bot.telegram_questions import question_replied_to
from bot.telegram_ratings import RATING_PREFIX, read_rating
from retrieval.errors import RetrievalError


class FeedbackHandlers:
    """Keeps what people press."""

    def __init__(self, asker: Asker, state: State) -> None:
        self._asker = asker
        self._state = state

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handler."""
        application.add_handler(CallbackQueryHandler(self._pressed, f"^{RATING_PREFIX}"))

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts = texts_of(query.from_user)
        rating = read_rating(query.data or "")
        if rating is None or not isinstance(query.message, Message):
            await tell(query, texts.button_gone, alert=True)
            return
        good, press = rating
        question = question_replied_to(query.message, context.bot.bot) or ""
        async with apologizing(query, texts.trouble):
            article_id = await asyncio.to_thread(self._article_id, press.article)
            await self._state.add_feedback(_feedback(query, query.message, press, good, question, article_id))
        await tell(query, texts.thanks_good if good else texts.thanks_bad)

    def _article_id(self, key: str) -> str:
        """Return the id that a key stands for; the key where the article is gone."""
        try:
            article = self._asker.article(key)
        except RetrievalError:
            return key
        return article.id if article is not None else key


def _feedback(
    query: CallbackQuery, answer: Message, press: Press, good: bool, question: str, article_id: str
) -> Feedback:
    return Feedback(
        user=query.from_user.id,
        chat=answer.chat_id,
        message=answer.message_id,
        passages=((article_id, press.paragraph),),
        question=question,
        generation=press.generation,
        good=good,
        time=int(time.time()),
    )

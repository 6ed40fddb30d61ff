"""Answers in any chat: what is typed after the bot's name brings passages to choose from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import Application, ContextTypes, InlineQueryHandler

from bot.telegram_languages import texts_of
from bot.telegram_library import Asker
from bot.telegram_markup import headline, one_line
from bot.telegram_rendering import render_citation
from bot.telegram_sending import persist
from bot.texts import Texts, texts_for
from retrieval.errors import BadQueryError, NoIndexError
from retrieval.model import Answer, Hit

_PAGE = 10
_MOST = 50  # results in all; whoever wants more has another question
# Telegram keeps results for everybody who types the same, and cannot be told of a new generation.
_CACHE_S = 30
_CACHE_EMPTY_S = 600
_SENTENCE_UNITS = 200
START = "inline"  # what /start is given by the button above the results

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_OFFSET = re.compile(r"(\d{1,12})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results."""

    results: tuple[InlineQueryResultArticle, ...]
    next_offset: str
    """Empty after the last page."""
    note: str = ""
    """What stands above the results."""
    cache_s: int = _CACHE_S


class InlineAnswers:
    """Answers inline queries, each exactly once."""

    def __init__(self, asker: Asker, *, closed: bool = False) -> None:
        """Take what finds passages, and whether the bot is not open to everybody."""
        self._asker = asker
        self._closed = closed

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handler."""
        application.add_handler(InlineQueryHandler(self._queried))

    async def _queried(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        assert query is not None, "registered for inline queries only"
        # Results are kept for all who type this, whatever their language: the question's own decides.
        texts = texts_for("zh" if _CHINESE.search(query.query) else "en")
        question = " ".join(query.query.split())
        if not question:
            empty = texts_of(query.from_user).inline_empty
            page = Page((), "", empty, _CACHE_EMPTY_S)
        else:
            page = await asyncio.to_thread(self._find, question, query.offset, texts)
        button = InlineQueryResultsButton(page.note, start_parameter=START) if page.note else None
        try:
            await persist(
                lambda: query.answer(
                    page.results,
                    cache_time=page.cache_s,
                    is_personal=self._closed or not question,
                    next_offset=page.next_offset,
                    button=button,
                )
            )
        except BadRequest as refusal:
            if "query" not in refusal.message.lower():  # too old: more has been typed since
                raise

    def _find(self, question: str, offset: str, texts: Texts) -> Page:
        generation, start = _read_offset(offset)
        try:
            answer = self._asker.ask(question, min(start + _PAGE, _MOST) + 1)
        except (BadQueryError, NoIndexError):
            return Page((), "", texts.inline_nothing)
        if start and answer.generation != generation:
            return Page((), "")  # what has been shown is of other articles; a new query brings these
        return render_results(answer, start, texts)


def render_results(answer: Answer, start: int, texts: Texts) -> Page:
    """Return the page of an answer's hits that begins after `start` of them."""
    if not answer.answered:
        return Page((), "", texts.inline_nothing)
    end = min(start + _PAGE, _MOST)
    hits: Sequence[Hit] = answer.hits[start:end]
    more = len(answer.hits) > end and end < _MOST
    results = tuple(_result(answer, hit, texts) for hit in hits)
    return Page(results, f"{answer.generation}.{end}" if more else "")


def _result(answer: Answer, hit: Hit, texts: Texts) -> InlineQueryResultArticle:
    start, end = hit.highlight
    sentence = one_line(hit.text[start:end], _SENTENCE_UNITS) or one_line(hit.text, _SENTENCE_UNITS)
    return InlineQueryResultArticle(
        id=f"{answer.generation}.{hit.rank}",
        title=headline(hit.article, texts),
        input_message_content=InputTextMessageContent(
            render_citation(hit, texts),
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        description=sentence,
    )


def _read_offset(offset: str) -> tuple[int, int]:
    """Return the generation and number of the results already shown."""
    match = _OFFSET.fullmatch(offset)
    return (int(match[1]), min(int(match[2]), _MOST)) if match else (0, 0)

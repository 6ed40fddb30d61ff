"""Figures for Prometheus: how much is asked, how fast and how often it is answered.

Their labels name kinds, never people or texts. They stand in a registry of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from telegram import Chat, Update
from telegram.error import TelegramError
from telegram.ext import Application, CallbackContext, ContextTypes, TypeHandler

from bot.health import Report
from bot.telegram_intake import ALLOWED_UPDATES
from bot.telegram_library import Asker
from embeddings import EmbeddingError
from retrieval.conversation import Conversation
from retrieval.errors import NoIndexError, RetrievalError
from retrieval.model import Answer, Article, Hit

_FIRST_GROUP = -1000  # before whatever may stop an update
_ANSWER_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_HANDLING_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_ERRORS = ("telegram", "no_index", "search", "internal")

# How the question being answered was asked; None where it is none of a person's. Each update is handled in a
# task of its own, and threads begun for it inherit this.
_kind: ContextVar[str | None] = ContextVar("kind_of_question", default=None)


class Metrics:
    """Counts what happens in the bot."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._updates = Counter(
            "huiwen_updates", "Updates that Telegram has sent.", ["type"], registry=registry
        )
        self._questions = Counter(
            "huiwen_questions", "Questions asked of the index.", ["kind"], registry=registry
        )
        self._answers = Counter(
            "huiwen_answers",
            "Answers, and whether they show passages or say that nothing is relevant.",
            ["answered"],
            registry=registry,
        )
        self._seconds = Histogram(
            "huiwen_answer_seconds",
            "From a question to its passages, without Telegram.",
            buckets=_ANSWER_S,
            registry=registry,
        )
        self._handling = Histogram(
            "huiwen_handling_seconds",
            "From an update's arrival to its end, Telegram included.",
            buckets=_HANDLING_S,
            registry=registry,
        )
        self._errors = Counter("huiwen_errors", "What went wrong.", ["kind"], registry=registry)
        # A rate can be taken only of what was there before it first happened.
        for answered in ("true", "false"):
            self._answers.labels(answered)
        for error in _ERRORS:
            self._errors.labels(error)

    def watch(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Count the updates of an application, and its errors."""
        application.add_handler(TypeHandler(Update, self._came), group=_FIRST_GROUP)
        application.add_error_handler(self._failed)

    def measure(self, asker: Asker) -> Asker:
        """Return an asker that does as `asker` and is counted."""
        return _Measured(asker, self)

    def observe_handling(self, seconds: float) -> None:
        """Note how long an update took."""
        self._handling.observe(seconds)

    def report(self, look: Callable[[], Report]) -> None:
        """Give figures of what `look` returns, too."""
        self._registry.register(_States(look))

    def render(self, accept: str) -> tuple[bytes, str]:
        """Return all figures in a form that is accepted, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    @contextmanager
    def question(self) -> Iterator[_Question]:
        """Count the question that the body has answered, unless it is nobody's, and what comes of it."""
        question, started = _Question(), time.perf_counter()
        kind = _kind.get()
        try:
            yield question
        except NoIndexError:  # handlers have a kind word for it, so no error handler hears of it
            self._errors.labels("no_index").inc()
            raise
        finally:
            if kind is not None:
                self._questions.labels(kind).inc()
        if kind is not None:
            self._seconds.observe(time.perf_counter() - started)
            self._answers.labels("true" if question.answered else "false").inc()

    async def _came(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        kind = next((each for each in ALLOWED_UPDATES if getattr(update, each) is not None), "other")
        self._updates.labels(kind).inc()
        _kind.set(_kind_of(update))

    async def _failed(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        self._errors.labels(_kind_of_error(context.error)).inc()


@dataclass(slots=True)
class _Question:
    """One that is being answered."""

    answered: bool = False


class _Measured:
    """An asker whose answers are counted."""

    def __init__(self, asker: Asker, metrics: Metrics) -> None:
        self._asker = asker
        self._metrics = metrics

    def ask(self, question: str, k: int = 5, since: str | None = None, until: str | None = None) -> Answer:
        with self._metrics.question() as counted:
            answer = self._asker.ask(question, k, since, until)
            counted.answered = answer.answered
        return answer

    def converse(self, talk: Conversation, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        with self._metrics.question() as counted:
            answer, after = self._asker.converse(talk, question, k)
            counted.answered = answer.answered
        return answer, after

    def article(self, key: str) -> Article | None:
        return self._asker.article(key)

    def present(self, question: str) -> Hit | None:
        return self._asker.present(question)


class _States(Collector):
    """Figures that are looked up when they are asked for."""

    def __init__(self, look: Callable[[], Report]) -> None:
        self._look = look

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: registering must not look."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        report = self._look()
        up = float(report.status == "ok")
        yield GaugeMetricFamily("huiwen_healthy", "1 where /healthz answers 200.", value=up)
        generation = report.generation or 0
        yield GaugeMetricFamily("huiwen_generation", "The generation that serves, 0 for none.", generation)
        yield GaugeMetricFamily("huiwen_articles", "Articles of that generation.", value=report.articles)
        yield GaugeMetricFamily("huiwen_passages", "Passages of that generation.", value=report.passages)
        yield GaugeMetricFamily("huiwen_queue", "Updates that are not done with.", value=report.queue)
        if report.last_update_seconds is not None:
            came = time.time() - report.last_update_seconds
            yield GaugeMetricFamily("huiwen_last_update_timestamp_seconds", "When one last came.", value=came)
        if report.telegram_answered_seconds is not None:
            answered = time.time() - report.telegram_answered_seconds
            yield GaugeMetricFamily(
                "huiwen_telegram_answered_timestamp_seconds", "When Telegram last answered.", value=answered
            )


def _kind_of(update: Update) -> str:
    if update.inline_query:
        return "inline"
    if update.callback_query:
        return "button"
    if update.edited_message:
        return "edited"
    return "private" if update.message and update.message.chat.type == Chat.PRIVATE else "group"


def _kind_of_error(error: Exception | None) -> str:
    if isinstance(error, TelegramError):
        return "telegram"
    return "search" if isinstance(error, RetrievalError | EmbeddingError) else "internal"

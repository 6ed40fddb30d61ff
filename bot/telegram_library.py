"""What the Telegram front end asks of the index: passages for questions, and whole articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.telegram_callbacks import article_key, key_beginning
from retrieval import LiveSearcher, Searcher
from retrieval.conversation import Conversation
from retrieval.model import Answer, Article, Hit

_ALL = 1_000_000  # ids that begin alike, as addresses of one site do


class Asker(Protocol):
    """What finds passages and articles; called from several threads."""

    def ask(self, question: str, k: int = ..., since: str | None = None, until: str | None = None) -> Answer:
        """Return the best passages. Raises RetrievalError."""
        ...

    def converse(self, talk: Conversation, question: str, k: int = ...) -> tuple[Answer, Conversation]:
        """Return the best passages for a question asked in a conversation, and the conversation after it."""
        ...

    def article(self, key: str) -> Article | None:
        """Return the article that a button's key stands for, if it is still there. Raises RetrievalError."""
        ...

    def present(self, question: str) -> Hit | None:
        """Return the best of what an alert would tell, were all articles new. Raises RetrievalError."""
        ...


@dataclass(frozen=True, slots=True)
class IndexState:
    """What answers."""

    generation: int
    articles: int
    passages: int
    problem: str = ""
    """Why it is not the newest generation that does; empty where it is."""


class Library:
    """The serving generation of an index."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live

    def ask(self, question: str, k: int = 5, since: str | None = None, until: str | None = None) -> Answer:
        """Answer as `Searcher.ask` does."""
        return self._live.ask(question, k, since, until)

    def converse(self, talk: Conversation, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        """Answer as `Conversation.ask` does."""
        return self._live.converse(talk, question, k)

    def searcher(self) -> Searcher:
        """Return the searcher over the newest generation."""
        return self._live.searcher()

    def present(self, question: str) -> Hit | None:
        """Return the best of what an alert would tell, were all articles new. Raises RetrievalError."""
        judged = self._live.searcher().judge_of(question, None, 1)
        return judged[0].hit if judged else None

    def state(self) -> IndexState:
        """Return what answers. Raises RetrievalError where nothing does."""
        searcher = self._live.searcher()
        counts = searcher.store.counts
        problem = self._live.problem
        return IndexState(searcher.generation, counts.get("articles", 0), counts.get("passages", 0), problem)

    def article(self, key: str) -> Article | None:
        """Return the article of a key that `article_key` made."""
        catalog = self._live.searcher().catalog
        beginning = key_beginning(key)
        if beginning is None:
            return catalog.article(key)
        alike = catalog.ids_like(beginning, _ALL)
        return next((catalog.article(each) for each in alike if article_key(each) == key), None)

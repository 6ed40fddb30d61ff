"""What answering a question needs of a store, wherever that keeps its articles.

A store gives for a question a view: passages that may answer it, numbered from 0 in the order of their
articles, with all that scoring reads of them. The embedded store's view is the whole generation; one that is
far finds candidates where they are and brings those. What is known of all passages together, such as how
many have a word, is the whole's in either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.sentences import Span
from retrieval.weights import Weighed

if TYPE_CHECKING:
    from retrieval.model import Article, ArticleRef, Passage
    from retrieval.periods import Period
    from retrieval.question import Interpreter, Question
    from retrieval.scale import Scale

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


class Selection(Protocol):
    """Which passages may be found; for the embedded store a mask of all."""

    def any(self) -> Any:  # noqa: ANN401  numpy's own boolean
        """Tell whether there is such a passage."""
        ...

    def __and__(self, other: Any, /) -> Any: ...  # noqa: ANN401

    def __or__(self, other: Any, /) -> Any: ...  # noqa: ANN401


class Times(Protocol):
    """When articles are of, and of what days they tell."""

    def between(self, first: int, last: int) -> Selection:
        """Return the passages of articles of these days, yyyymmdd; one without a year is of none."""
        ...

    def of(self, period: Period) -> Selection:
        """Return the passages of articles that are of this time or tell of a day in it."""
        ...

    def undated(self) -> Selection:
        """Return the passages of articles about whose date nothing is known."""
        ...


class Within(NamedTuple):
    """A part of the articles that is asked alone."""

    articles: frozenset[str]
    """Their ids."""
    texts: frozenset[str] | None = None
    """Of the passages that are wanted; None for all."""


class Limits(NamedTuple):
    """What may be found; with nothing said everything."""

    allowed: Selection | None = None
    """As the store's `times` told it."""
    within: Within | None = None
    without: frozenset[str] = frozenset()
    """The ids of articles that are left out."""


class Postings(Protocol):
    """One field of the documents in view."""

    @property
    def size(self) -> int:
        """How many documents are in view."""
        ...

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that documents of the whole have, each once."""
        ...

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        ...

    def documents(self, item: Weighed) -> Rows:
        """Return the documents that have a term."""
        ...

    def score(self, weighed: Sequence[Weighed]) -> Floats:
        """Return the BM25 score of every document for a disjunction of terms, float32 (size,)."""
        ...

    def score_best(self, group: Sequence[Weighed]) -> Floats:
        """Return for every document the weight of the best term of `group` that it has, float32 (size,)."""
        ...


class View(Protocol):
    """The n passages that a question is held against, and their m articles."""

    @property
    def owners(self) -> Rows:
        """The article of each passage, rising, (n,)."""
        ...

    @property
    def words(self) -> Postings:
        """Of passages."""
        ...

    @property
    def bigrams(self) -> Postings:
        """Of passages."""
        ...

    @property
    def names(self) -> Postings:
        """Of passages."""
        ...

    @property
    def headings(self) -> Postings:
        """Of articles."""
        ...

    @property
    def lengths(self) -> Floats:
        """The logarithm of each passage's length, (n,)."""
        ...

    def shares(self, asked: Question) -> tuple[Floats, Floats]:
        """Return what `Context.weigh` does of each article, (m,)."""
        ...

    def near(self, vector: Floats, count: int, allowed: Mask | None) -> list[Numbers]:
        """Return the `count` passages nearest to `vector` (dim,) as a whole, and by a sentence."""
        ...

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the vectors of whole passages, float32 (len(numbers), dim)."""
        ...

    def best_units(self, vector: Floats, numbers: Numbers) -> Floats:
        """Return the similarity to `vector` (dim,) of each passage's best unit, (len(numbers),)."""
        ...

    def units(self, vector: Floats, number: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's sentences and clauses and how near each is to `vector` (dim,)."""
        ...

    def telling(self, period: Period) -> Mask:
        """Return which passages name a day of this time themselves, (n,)."""
        ...

    def of_article(self, article: int) -> range:
        """Return the numbers of an article's passages."""
        ...

    def several(self, articles: Numbers) -> Mask:
        """Return which of these articles have more than one passage, (len(articles),)."""
        ...

    def headlines(self, articles: Sequence[int]) -> dict[int, str]:
        """Return kicker and title of articles by their numbers."""
        ...

    def openings(self, articles: Sequence[int]) -> list[str]:
        """Return the first passage of each of these articles."""
        ...

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts of passages, in the order asked for."""
        ...

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, ArticleRef]]:
        """Return passages with what to say of their articles, in the order asked for."""
        ...


class Articles(Protocol):
    """The articles of a generation, for who reads them."""

    def articles(self) -> Iterable[Article]:
        """Yield all articles in their order."""
        ...

    def keys(self) -> Mapping[int, bytes]:
        """Return by the number of each article what tells it from others, 8 bytes or more.

        It is the same in another generation; a new version of an article may have another one.
        """
        ...

    def at(self, numbers: Iterable[int]) -> Iterable[Article]:
        """Yield articles by these numbers, in the order asked for."""
        ...

    def refs(self) -> list[ArticleRef]:
        """Return what to say of all articles in their order; of those without a date, the paper's."""
        ...

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, or the one that stands for it, or None."""
        ...

    def ids_like(self, start: str, limit: int = ...) -> list[str]:
        """Return ids that begin with `start`."""
        ...

    def passages_of(self, article_id: str) -> list[str] | None:
        """Return the texts of the passages of an article, None where it is not there."""
        ...


class Store(Protocol):
    """One generation, searched by several threads."""

    @property
    def generation(self) -> int:
        """Its number."""
        ...

    @property
    def created(self) -> str:
        """When it was written: going back, another one may come to have its number."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """How many "articles" and "passages" it has."""
        ...

    @property
    def problem(self) -> str:
        """What is wrong with the generation that should serve instead; empty where this one should."""
        ...

    @property
    def model(self) -> str:
        """The name of the sentence model that it was built with."""
        ...

    @property
    def fingerprint(self) -> str:
        """Of its encoder."""
        ...

    @property
    def interpreter(self) -> Interpreter:
        """What reads questions against it."""
        ...

    @property
    def scale(self) -> Scale:
        """Where its similarities lie."""
        ...

    @property
    def times(self) -> Times:
        """When its articles are of."""
        ...

    @property
    def articles(self) -> Articles:
        """Its articles."""
        ...

    def view(self, asked: Question, limits: Limits) -> tuple[View, Mask | None]:
        """Return the passages that `asked` is held against, and which of them may be found, None for all."""
        ...

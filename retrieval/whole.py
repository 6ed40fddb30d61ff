"""The view of the embedded store: all passages of a generation, from the files of its segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.catalog import Catalog
from retrieval.context import Context
from retrieval.layout import Layout
from retrieval.lexical import LexicalIndex
from retrieval.model import ArticleRef, Passage
from retrieval.periods import Period
from retrieval.question import Question
from retrieval.sentences import Span
from retrieval.store import Floats, Mask, Numbers
from retrieval.timeline import Timeline
from retrieval.units import UnitStore
from retrieval.vector_parts import VectorParts, search_all


class Whole:
    """All passages of a generation. Safe to use from several threads."""

    def __init__(self, layout: Layout, catalog: Catalog, timeline: Timeline, dim: int) -> None:
        """Open what the segments hold; `dim` is that of the vectors."""
        self._catalog, self._timeline = catalog, timeline
        passages = layout.passages
        self.words, self.bigrams, self.names = (
            LexicalIndex.open(layout.folders, field, passages) for field in ("words", "bigrams", "names")
        )
        self.headings = LexicalIndex.open(layout.folders, "headings", layout.articles)
        self._paragraphs = VectorParts.open(layout.folders, "paragraphs.faiss", passages)
        self._sentences = VectorParts.open_owned(
            layout.folders, "sentences.faiss", "sentence_owners.npy", passages
        )
        self.lengths: Floats = np.asarray(layout.load("lengths.npy"), np.float32)
        self._units = UnitStore.open(layout.folders, dim, passages)
        self.owners = layout.owners
        self._starts = layout.starts
        self._context = Context(self.owners, self.words, self.names, self.headings)

    def shares(self, asked: Question) -> tuple[Floats, Floats]:
        """Return what `Context.weigh` does of each article."""
        return self._context.weigh(asked)

    def near(self, vector: Floats, count: int, allowed: Mask | None) -> list[Numbers]:
        """Return the `count` passages nearest to `vector` (dim,) as a whole, and by a sentence."""
        found = search_all([self._paragraphs, self._sentences], vector, count, allowed)
        return [numbers for numbers, _ in found]

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the vectors of whole passages, float32 (len(numbers), dim)."""
        return self._paragraphs.vectors(numbers)

    def best_units(self, vector: Floats, numbers: Numbers) -> Floats:
        """Return the similarity to `vector` (dim,) of each passage's best unit, (len(numbers),)."""
        return self._units.best(vector, numbers)

    def best_units_each(self, vectors: Floats, numbers: Numbers) -> Floats:
        """Return what `best_units` does for each of `vectors` (n, dim), float32 (n, len(numbers))."""
        return self._units.best_each(vectors, numbers)

    def units(self, vector: Floats, number: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's sentences and clauses and how near each is to `vector` (dim,)."""
        return self._units.similarities(vector, number)

    def telling(self, period: Period) -> Mask:
        """Return which passages name a day of this time themselves."""
        return self._timeline.telling(period)

    def of_article(self, article: int) -> range:
        """Return the numbers of an article's passages."""
        return range(int(self._starts[article]), int(self._starts[article + 1]))

    def several(self, articles: Numbers) -> Mask:
        """Return which of these articles have more than one passage, (len(articles),)."""
        return np.asarray(self._starts[articles + 1] - self._starts[articles] > 1, np.bool_)

    def headlines(self, articles: Sequence[int]) -> dict[int, str]:
        """Return kicker and title of articles by their numbers."""
        return self._catalog.headlines(articles)

    def openings(self, articles: Sequence[int]) -> list[str]:
        """Return the first passage of each of these articles."""
        return self._catalog.texts(self._starts[list(articles)].tolist())

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts of passages, in the order asked for."""
        return self._catalog.texts(numbers)

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, ArticleRef]]:
        """Return passages with what to say of their articles, in the order asked for."""
        return self._catalog.passages(numbers)

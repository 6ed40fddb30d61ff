"""The view of a store that is far: the passages that were fetched for one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from retrieval.context import Context
from retrieval.milvus.lexicon import RemoteLexicon
from retrieval.milvus.packing import PackedArticle, PackedPassage, Stretch
from retrieval.milvus.postings import LocalPostings
from retrieval.model import ArticleRef, Passage
from retrieval.periods import Period
from retrieval.question import Question
from retrieval.sentences import Span
from retrieval.store import Floats, Mask, Numbers, Rows
from retrieval.timeline import Timeline


class LocalArticles:
    """Articles as wholes, before it is known which of their passages will be looked at."""

    def __init__(self, articles: Sequence[PackedArticle], lexicon: RemoteLexicon) -> None:
        """Take m articles in their order."""
        self.articles = articles
        headings = LocalPostings(
            lexicon.headings, [one.heading for one in articles], [one.heading_length for one in articles]
        )
        self.headings = headings
        self._context = Context(
            np.arange(len(articles), dtype=np.int32),
            LocalPostings(lexicon.words, [one.words for one in articles]),
            LocalPostings(lexicon.names, [one.names for one in articles]),
            headings,
        )

    def shares(self, asked: Question) -> tuple[Floats, Floats]:
        """Return what `Context.weigh` does of each article, (m,)."""
        return self._context.weigh(asked)

    @cached_property
    def timeline(self) -> Timeline:
        """Return when the articles are of; each stands for a passage."""
        return timeline_of(
            np.arange(len(self.articles), dtype=np.int32),
            self.articles,
            [one.mentions for one in self.articles],
        )


class LocalView:
    """Passages of some articles, in the order of both. Immutable."""

    def __init__(
        self,
        articles: LocalArticles,
        passages: Mapping[tuple[int, int], PackedPassage],
        lexicon: RemoteLexicon,
        dim: int,
    ) -> None:
        """Take passages by the place of their article and their own row in its segment."""
        self._articles = articles
        places = sorted(passages)
        self._passages = [passages[place] for place in places]
        own = self._passages
        self.owners: Rows = np.asarray([article for article, _ in places], np.int32)
        self.words = LocalPostings(lexicon.words, [p.words for p in own], [p.words_length for p in own])
        self.bigrams = LocalPostings(
            lexicon.bigrams, [p.bigrams for p in own], [p.bigrams_length for p in own]
        )
        self.names = LocalPostings(lexicon.names, [p.names for p in own])
        self.headings = articles.headings
        self.lengths: Floats = np.asarray([p.length for p in own], np.float32)
        self._vectors: Floats = np.asarray([p.vector for p in own], np.float32).reshape(-1, dim)
        counts = [len(p.spans) for p in own]
        self._firsts: Numbers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._codes = np.concatenate([np.zeros((0, dim), np.int8), *(p.codes for p in own)]).astype(
            np.float32
        )
        self._scales: Floats = np.concatenate([np.zeros(0, np.float32), *(p.scales for p in own)])

    def shares(self, asked: Question) -> tuple[Floats, Floats]:
        """Return what `Context.weigh` does of each article."""
        return self._articles.shares(asked)

    def near(self, vector: Floats, count: int, allowed: Mask | None) -> list[Numbers]:
        """Return the `count` passages nearest to `vector` (dim,) as a whole, and by a sentence."""
        there = np.ones(len(self.owners), np.bool_) if allowed is None else allowed
        whole = np.flatnonzero(there)
        by_whole = whole[np.argsort(-(self._vectors[whole] @ vector), kind="stable")[:count]]
        sentences = np.concatenate(
            [
                np.zeros(0, np.int64),
                *(self._firsts[n] + np.arange(self._passages[n].sentences) for n in whole),
            ]
        ).astype(np.int64)
        near = (self._codes[sentences] @ vector) * self._scales[sentences]
        best = sentences[np.argsort(-near, kind="stable")[:count]]
        return [by_whole, np.searchsorted(self._firsts, best, "right") - 1]

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the vectors of whole passages, float32 (len(numbers), dim)."""
        return self._vectors[numbers]

    def best_units(self, vector: Floats, numbers: Numbers) -> Floats:
        """Return the similarity to `vector` (dim,) of each passage's best unit, (len(numbers),)."""
        if not len(numbers):
            return np.zeros(0, np.float32)
        near = (self._codes @ vector) * self._scales
        return np.asarray(np.maximum.reduceat(near, self._firsts[:-1])[numbers], np.float32)

    def units(self, vector: Floats, number: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's sentences and clauses and how near each is to `vector` (dim,)."""
        own = slice(int(self._firsts[number]), int(self._firsts[number + 1]))
        return self._passages[number].spans, (self._codes[own] @ vector) * self._scales[own]

    def telling(self, period: Period) -> Mask:
        """Return which passages name a day of this time themselves."""
        return self._timeline.telling(period)

    def of_article(self, article: int) -> range:
        """Return the numbers of those of an article's passages that are in view."""
        first, end = np.searchsorted(self.owners, [article, article + 1])
        return range(int(first), int(end))

    def several(self, articles: Numbers) -> Mask:
        """Return which of these articles have more than one passage, (len(articles),)."""
        return np.asarray([self._articles.articles[n].passages > 1 for n in articles.tolist()], np.bool_)

    def headlines(self, articles: Sequence[int]) -> dict[int, str]:
        """Return kicker and title of articles by their numbers."""
        own = self._articles.articles
        return {number: f"{own[number].kicker} {own[number].title}" for number in sorted(articles)}

    def openings(self, articles: Sequence[int]) -> list[str]:
        """Return the first passage of each of these articles."""
        return [self._articles.articles[number].lead for number in articles]

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts of passages, in the order asked for."""
        return [self._passages[number].text for number in numbers]

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, ArticleRef]]:
        """Return passages with what to say of their articles, in the order asked for."""
        return [self._passage(int(number)) for number in numbers]

    def _passage(self, number: int) -> tuple[Passage, ArticleRef]:
        own, article = self._passages[number], self._articles.articles[int(self.owners[number])]
        ref = ArticleRef(
            article.id,
            article.title,
            article.date,
            article.source,
            article.kicker,
            article.url,
            article.also,
        )
        return Passage(article.id, own.paragraph, own.start, own.text), ref

    @cached_property
    def _timeline(self) -> Timeline:
        mentions = [own.mentions for own in self._passages]
        return timeline_of(self.owners, self._articles.articles, mentions)


def timeline_of(
    owners: npt.NDArray[np.int32],
    articles: Sequence[PackedArticle],
    mentions: Iterable[Sequence[Stretch]],
) -> Timeline:
    """Return the timeline of passages, given the article of each and the days that it names."""
    days = np.asarray([one.days for one in articles], np.int32).reshape(-1, 2, 2)
    told = [(number, *day) for number, own in enumerate(mentions) for day in own]
    return Timeline(owners, days, np.asarray(told, np.int32).reshape(-1, 3))

"""The store on a Milvus server: one publication of each writer, searched there and scored here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np

from embeddings import Encoder
from retrieval.embedded_store import scale_of
from retrieval.milvus.articles import RemoteArticles
from retrieval.milvus.candidates import Candidates
from retrieval.milvus.days import Chosen, RemoteTimes, listed
from retrieval.milvus.filters import filters
from retrieval.milvus.heads import Head
from retrieval.milvus.keys import SHIFT, key_of
from retrieval.milvus.lexicon import RemoteLexicon
from retrieval.milvus.link import Link
from retrieval.milvus.packing import PackedArticle, text_array
from retrieval.milvus.records import Records, replaced
from retrieval.milvus.view import LocalArticles, LocalView
from retrieval.question import Interpreter, Question
from retrieval.scale import Scale
from retrieval.store import Limits, Mask, Store, Within

_BEST_ARTICLES = 10  # whose passages are all looked at, as by the embedded store
_OF_ARTICLE = 100  # passages of one of these, at most
_LOOKED_AT = 256  # articles in which a day is looked for before it is taken to be there


class MilvusStore:
    """What the heads of all writers tell to search. Immutable, for several threads."""

    def __init__(self, link: Link, heads: Sequence[Head], records: Records, encoder: Encoder) -> None:
        """Take the last head of each writer, at least one, and what reads records of their epoch."""
        self._link, first = link, heads[0]
        self.heads = tuple(heads)
        self.generation = sum(head.generation for head in heads)
        self.problem = ""
        self.created = max(head.created for head in heads)
        self.model, self.fingerprint, self._dim = first.model, first.fingerprint, first.dim
        self.counts = {
            "articles": sum(head.articles for head in heads),
            "passages": sum(head.passages for head in heads),
        }
        self.scale = scale_of(first.fingerprint, _pooled(heads))
        self._records = records
        filtered = filters(heads)
        self._expression, self._of_articles = filtered.passages, filtered.articles
        self._lexicon = RemoteLexicon(link, self._records, heads, filtered.strata)
        self.interpreter = Interpreter(encoder, text_array(first.common), self._lexicon, self.scale)
        self.articles = RemoteArticles(link, records, heads)
        self.times = RemoteTimes(self._look)
        self._candidates = Candidates(link, first.epoch, words=first.words)

    def view(self, asked: Question, limits: Limits) -> tuple[LocalView, Mask | None]:
        """Return the passages that `asked` is held against, and which of them may be found.

        Raises StoreError.
        """
        chosen = cast("Chosen | None", limits.allowed)
        if limits.within is not None:
            return self._part(limits.within, limits.without, chosen)
        expression = " and ".join([self._expression, *self._excluding(chosen, limits.without)])
        pairs, others = self._candidates.find(asked, expression)
        numbers = sorted({article for _, article in pairs} | set(others))
        local = self._local(numbers)
        places = {number: place for place, number in enumerate(numbers)}
        wanted = {(places[article], passage) for passage, article in pairs}
        for place in self._best(local, asked, chosen):
            wanted.update((place, passage) for passage in _passages(numbers[place], local.articles[place]))
        return self._seen(local, wanted, chosen, None)

    def _part(
        self, within: Within, without: frozenset[str], chosen: Chosen | None
    ) -> tuple[LocalView, Mask | None]:
        """Return the view of some articles, all their passages in it."""
        left_out = set(self.articles.numbers(without)) if without else set()
        numbers = [number for number in self.articles.numbers(within.articles) if number not in left_out]
        local = self._local(numbers)
        wanted = {
            (place, passage)
            for place, (number, article) in enumerate(zip(numbers, local.articles, strict=True))
            for passage in _passages(number, article, article.passages)
        }
        return self._seen(local, wanted, chosen, within.texts)

    def _seen(
        self,
        local: LocalArticles,
        wanted: Iterable[tuple[int, int]],
        chosen: Chosen | None,
        texts: frozenset[str] | None,
    ) -> tuple[LocalView, Mask | None]:
        """Return the view of passages, each with the place of its article, and which of them may be found."""
        keys = {(place, passage): _key(passage, "p") for place, passage in wanted}
        found = self._records.passages.get(keys.values())
        there = {where: found[key] for where, key in keys.items() if key in found}
        if len(there) < len(keys):
            raise replaced(self._link.uri)
        view = LocalView(local, there, self._lexicon, self._dim)
        allowed = None
        if chosen is not None:
            allowed = chosen.rule(local.timeline)[view.owners]
        if texts is not None:
            told = np.asarray([text in texts for text in view.texts(range(len(there)))], np.bool_)
            allowed = told if allowed is None else allowed & told
        return view, allowed

    def _local(self, numbers: Sequence[int]) -> LocalArticles:
        keys = [_key(number, "a") for number in numbers]
        found = self._records.articles.get(keys)
        if len(found) < len(keys):
            raise replaced(self._link.uri)
        return LocalArticles([found[key] for key in keys], self._lexicon)

    def _best(self, local: LocalArticles, asked: Question, chosen: Chosen | None) -> list[int]:
        """Return the places of the articles that have most of the question."""
        shares, _ = local.shares(asked)
        if chosen is not None:
            shares = np.where(chosen.rule(local.timeline), shares, 0)
        order = np.argsort(-shares, kind="stable")[:_BEST_ARTICLES]
        return [place for place in order.tolist() if shares[place] > 0]

    def _excluding(self, chosen: Chosen | None, without: frozenset[str]) -> list[str]:
        """Return filters of passages for what is asked of this question alone."""
        filters = [f"({chosen.expression})"] if chosen is not None else []
        if without:
            numbers = self.articles.numbers(without)
            filters += [f"article not in {listed(numbers)}"] if numbers else []
        return filters

    def _look(self, chosen: Chosen) -> bool:
        """Tell whether an article is of a time, by the exact rule as far as a reasonable look goes."""
        found = self._link.run(
            "query",
            self._link.name(self._records.epoch, "articles"),
            filter=f"{self._of_articles} and ({chosen.expression})",
            output_fields=["number"],
            limit=_LOOKED_AT,
        )
        numbers = sorted(row["number"] for row in found)
        if not numbers:
            return False
        local = self._local(numbers)
        return bool(chosen.rule(local.timeline).any()) or len(numbers) == _LOOKED_AT


def _pooled(heads: Sequence[Head]) -> Scale:
    """Return where similarities lie over the passages of all writers."""
    if len(heads) == 1:
        return Scale(*heads[0].scale)
    weights = np.asarray([max(head.passages, 1) for head in heads], np.float64)
    weights /= weights.sum()
    means, deviations = np.asarray([head.scale for head in heads], np.float64).T
    mean = float(weights @ means)
    return Scale(mean, float(np.sqrt(weights @ (deviations**2 + means**2) - mean**2)))


def _passages(number: int, article: PackedArticle, most: int = _OF_ARTICLE) -> range:
    """Return the numbers of the passages of an article, the first ones of a long one."""
    stratum = number >> SHIFT
    first = stratum << SHIFT | article.first
    return range(first, first + min(article.passages, most))


def _key(number: int, kind: str) -> str:
    """Return the key of the record of a passage or an article."""
    stratum, row = divmod(number, 1 << SHIFT)
    return key_of(stratum, kind, row)


_: type[Store] = MilvusStore  # mypy sees that it is one

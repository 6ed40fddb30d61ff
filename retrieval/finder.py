"""Finding the passages that may answer: candidates by every way of finding, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.fusion import FEATURES, FITTED_SCALE
from retrieval.naming import named_articles
from retrieval.question import Interpreter, Question
from retrieval.scale import Scale
from retrieval.sentences import Span
from retrieval.store import Floats, Mask, Numbers, Postings, Store, View
from retrieval.storing import distinct
from retrieval.weights import Weighed

_CANDIDATES = 100  # of each way of finding; the right passage is nearly always among the first ten of one

_REST = 0.7  # weight of the rest of a question, without the name of an article, against the whole of it
_BEST_ARTICLES = 10  # whose passages are all looked at: one may not name what the others do


class Candidates(NamedTuple):
    """Passages worth a closer look."""

    numbers: Numbers
    """Of the passages, (n,)."""
    owners: npt.NDArray[np.int32]
    """The number of each one's article, (n,)."""
    features: Floats
    """What is known of each for the question, (n, len(FEATURES))."""


class Finder:
    """Finds candidates in one view. Safe to use from several threads."""

    def __init__(self, view: View, interpreter: Interpreter, scale: Scale) -> None:
        """Take the view, and of its store what reads questions and where similarities lie."""
        self.view = view
        self._interpreter, self._scale = interpreter, scale

    @classmethod
    def over(cls, view: View, store: Store) -> Finder:
        """Return a finder in a view of `store`."""
        return cls(view, store.interpreter, store.scale)

    @property
    def owners(self) -> npt.NDArray[np.int32]:
        """Return the article of each passage in view."""
        return self.view.owners

    def understand(self, text: str, vector: Floats | None = None) -> Question:
        """Return a question in the forms in which it is compared; `vector` is what `encode` made of it."""
        return self._interpreter.read(text, vector)

    def units(self, asked: Question, passage: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's sentences and clauses and how near each is to the question."""
        spans, similarities = self.view.units(asked.vector, passage)
        return spans, self._scale.told_on(FITTED_SCALE, similarities)

    def find(self, asked: Question, allowed: Mask | None = None, of_time: Floats | None = None) -> Candidates:
        """Return the passages worth a closer look.

        `allowed` (passages,) leaves others out; `of_time` (passages,) is what speaks for each as one that
        tells of the time that is asked for.
        """
        view, owners = self.view, self.view.owners
        whole = {
            "words": view.words.score(asked.words) / asked.words_mass,
            "bigrams": view.bigrams.score(asked.bigrams) / asked.bigrams_mass,
            "bridge": self._bridge(asked),
            "names": self._named(asked),
        }
        shares, lacks = view.shares(asked)
        best_articles = self._best_articles(shares, allowed)
        if allowed is not None and np.count_nonzero(allowed) <= _CANDIDATES:
            candidates = np.flatnonzero(allowed)  # as each way of finding would
        else:
            found = view.near(asked.vector, _CANDIDATES, allowed)
            found += [_highest(scores, _CANDIDATES, allowed) for scores in whole.values()]
            found.append(self._of_articles(best_articles, allowed))
            candidates = distinct(np.concatenate(found))
        headings = view.headings.score(view.headings.weigh(item.term for item in asked.words))
        columns: dict[str, Floats] = {
            "units": view.best_units(asked.vector, candidates),
            "paragraph": view.vectors(candidates) @ asked.vector,
            "length": view.lengths[candidates],
            "kind": self._of_kind(asked, candidates),
            "time": np.zeros(len(candidates), np.float32) if of_time is None else of_time[candidates],
            "headings": headings[owners[candidates]] / asked.words_mass,
            "article": shares[owners[candidates]],
            "lacks": lacks[owners[candidates]],
            **{name: scores[candidates] for name, scores in whole.items()},
        }
        self._name(asked, best_articles, candidates, columns)
        for name in ("units", "paragraph"):
            columns[name] = self._scale.told_on(FITTED_SCALE, columns[name])
        features = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)
        return Candidates(candidates, owners[candidates], features)

    def _name(
        self, asked: Question, articles: Numbers, candidates: Numbers, columns: dict[str, Floats]
    ) -> None:
        """Hold the passages of articles that the question names against what it asks of them."""
        view = self.view
        owners = view.owners[candidates]
        if not len(owners) or owners[0] == owners[-1]:
            return  # of one article a question need not say which it means
        named = named_articles(asked, self._beginnings(articles))
        rests = {one.rest: one for one in named}
        vectors = self._interpreter.vectors(list(rests)) if rests else np.zeros((0, 0), np.float32)
        for (rest, example), vector in zip(rests.items(), vectors, strict=True):
            places = np.flatnonzero(np.isin(owners, [one.article for one in named if one.rest == rest]))
            if not len(places):
                continue
            own = candidates[places]
            terms = {
                "words": self._rest(view.words, asked.words, example.terms, own) / asked.words_mass,
                "bigrams": self._rest(view.bigrams, asked.bigrams, example.terms, own) / asked.bigrams_mass,
                "bridge": self._bridge(asked, example.groups)[own],
                "names": self._named(asked, {asked.foreign[place].casefold() for place in example.groups})[
                    own
                ],
            }
            for name, values in terms.items():
                columns[name][places] = np.maximum(columns[name][places], values)
            meanings = {
                "units": self.view.best_units(vector, own),
                "paragraph": self.view.vectors(own) @ vector,
            }
            for name, values in meanings.items():
                # Another question is as near to its best passage as the whole one is to its own.
                level = columns[name][places].max() - values.max()
                columns[name][places] += np.float32(_REST) * (values + level - columns[name][places])

    def _beginnings(self, articles: Numbers) -> dict[int, tuple[str, str]]:
        """Return headline and first paragraph of articles by their numbers, of those with others besides."""
        view = self.view
        headlines = view.headlines(articles[view.several(articles)].tolist())
        leads = view.openings(list(headlines))
        return {
            number: (headline, lead)
            for (number, headline), lead in zip(headlines.items(), leads, strict=True)
        }

    def _rest(
        self, index: Postings, asked: Sequence[Weighed], named: frozenset[str], passages: Numbers
    ) -> Floats:
        """Return the BM25 scores of passages as if each had once what the question names."""
        given = sum(item.idf for item in asked if item.term in named)
        return index.score([item for item in asked if item.term not in named])[passages] + np.float32(given)

    def _bridge(self, asked: Question, given: frozenset[int] = frozenset()) -> Floats:
        """Return how well passages match what a foreign question's words mean, 0 to about 1.

        The words that are `given`, by their places, count as if each passage had what is nearest to them.
        """
        scores = np.zeros(self.view.words.size, np.float32)
        for place, group in enumerate(asked.near):
            best = max((item.idf * item.weight for item in group), default=0.0)
            scores += best if place in given else self.view.words.score_best(group)
        return scores / np.float32(max(len(asked.near), 1) * self.view.words.missing_idf())

    def _best_articles(self, shares: Floats, allowed: Mask | None) -> Numbers:
        within = None
        if allowed is not None:
            within = np.zeros(len(shares), bool)
            within[self.view.owners[allowed]] = True
        return _highest(shares, _BEST_ARTICLES, within)

    def _of_articles(self, articles: Numbers, allowed: Mask | None) -> Numbers:
        """Return the passages of these articles, the first ones of a long article."""
        spans = map(self.view.of_article, articles.tolist())
        ranges = [np.arange(span.start, min(span.stop, span.start + _CANDIDATES)) for span in spans]
        numbers = np.concatenate([np.zeros(0, np.int64), *ranges]).astype(np.int64)
        return numbers if allowed is None else numbers[allowed[numbers]]

    def _named(self, asked: Question, given: Set[str] = frozenset()) -> Floats:
        """Return how many of the names in Latin letters passages have, the rare ones more.

        Those with a reading among the `given` count as if each passage had them.
        """
        scores = np.zeros(self.view.names.size, np.float32)
        for group in asked.names:
            known = [item.idf for item in group if item.term in given]
            scores += max(known) if known else self.view.names.score_best(group)
        return scores / np.float32(self.view.names.missing_idf())

    def _of_kind(self, asked: Question, candidates: Numbers) -> Floats:
        """Return how surely each candidate has the kind of answer that the question wants, 0 to 1."""
        if asked.kind is None and asked.statement is None:
            return np.zeros(len(candidates), np.float32)
        texts = self.view.texts(candidates.tolist())
        if asked.kind is not None:
            return np.asarray([asked.kind.found_in(text) for text in texts], np.float32)
        assert asked.statement is not None
        openings = self.view.openings(self.view.owners[candidates].tolist())
        pairs = zip(texts, openings, strict=True)
        return np.asarray([asked.statement.found_in(*pair) for pair in pairs], np.float32)


def _highest(scores: Floats, count: int, allowed: Mask | None) -> Numbers:
    if allowed is not None:
        scores = np.where(allowed, scores, 0)
    count = min(count, int(np.count_nonzero(scores > 0)))
    if not count:
        return np.zeros(0, np.int64)
    return np.argpartition(-scores, count - 1)[:count].astype(np.int64)

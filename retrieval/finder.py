"""Finding the passages that may answer: candidates by every way of finding, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import Encoder
from retrieval.catalog import Catalog
from retrieval.context import Context
from retrieval.fusion import FEATURES, FITTED_FOR, FITTED_SCALE
from retrieval.layout import Layout
from retrieval.lexical import LexicalIndex, Weighed
from retrieval.manifest import Manifest
from retrieval.naming import named_articles
from retrieval.question import Interpreter, Question
from retrieval.scale import Scale
from retrieval.sentences import Span
from retrieval.storing import distinct, load_array
from retrieval.units import UnitStore
from retrieval.vector_parts import VectorParts
from retrieval.vocabulary import Vocabulary

_CANDIDATES = 100  # of each way of finding; the right passage is nearly always among the first ten of one

_REST = 0.7  # weight of the rest of a question, without the name of an article, against the whole of it
_BEST_ARTICLES = 10  # whose passages are all looked at: one may not name what the others do

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages worth a closer look."""

    numbers: Numbers
    """Of the passages, (n,)."""
    owners: npt.NDArray[np.int32]
    """The number of each one's article, (n,)."""
    features: Floats
    """What is known of each for the question, (n, len(FEATURES))."""


class Finder:
    """Reads questions and finds candidates in one generation. Safe to use from several threads."""

    def __init__(
        self, folder: Path, layout: Layout, catalog: Catalog, encoder: Encoder, manifest: Manifest
    ) -> None:
        """Open the parts of the generation in `folder`."""
        self._catalog = catalog
        segments, passages = catalog.segments(), layout.passages
        self._words, self._bigrams, self._names = (
            LexicalIndex.open(segments, field, passages) for field in ("words", "bigrams", "names")
        )
        self._headings = LexicalIndex.open(segments, "headings", layout.articles)
        self._paragraphs = VectorParts.open(layout.folders, "paragraphs.faiss", passages)
        self._sentences = VectorParts.open_owned(
            layout.folders, "sentences.faiss", "sentence_owners.npy", passages
        )
        self._lengths: Floats = np.asarray(layout.load("lengths.npy"), np.float32)
        lexicon = (self._words, self._bigrams, self._names)
        mean, deviation = load_array(folder / "scale.npy").tolist()
        own = Scale(mean, deviation)
        self._scale = FITTED_SCALE if manifest.fingerprint == FITTED_FOR else own
        common: Floats = load_array(folder / "common.npy")
        vocabulary = Vocabulary.open(segments)
        self._interpreter = Interpreter(encoder, catalog, common, lexicon, vocabulary, self._scale)
        self._units = UnitStore.open(layout.folders, manifest.dim, passages)
        self.owners = layout.owners
        self._starts = layout.starts
        self._context = Context(self.owners, self._words, self._names, self._headings)

    def understand(self, text: str) -> Question:
        """Return a question in the forms in which it is compared."""
        return self._interpreter.read(text)

    def units(self, asked: Question, passage: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's sentences and clauses and how near each is to the question."""
        spans, similarities = self._units.similarities(asked.vector, passage)
        return spans, self._scale.told_on(FITTED_SCALE, similarities)

    def find(self, asked: Question, allowed: Mask | None = None, of_time: Floats | None = None) -> Candidates:
        """Return the passages worth a closer look.

        `allowed` (passages,) leaves others out; `of_time` (passages,) is what speaks for each as one that
        tells of the time that is asked for.
        """
        by_paragraph, _ = self._paragraphs.search(asked.vector, _CANDIDATES, allowed)
        by_sentence, _ = self._sentences.search(asked.vector, _CANDIDATES, allowed)
        whole = {
            "words": self._words.score(asked.words) / asked.words_mass,
            "bigrams": self._bigrams.score(asked.bigrams) / asked.bigrams_mass,
            "bridge": self._bridge(asked),
            "names": self._named(asked),
        }
        found = [by_paragraph, by_sentence]
        found += [_highest(scores, _CANDIDATES, allowed) for scores in whole.values()]
        shares, lacks = self._context.weigh(asked)
        best_articles = self._best_articles(shares, allowed)
        found.append(self._of_articles(best_articles, allowed))
        candidates = distinct(np.concatenate(found))
        headings = self._headings.score(self._headings.weigh(item.term for item in asked.words))
        columns: dict[str, Floats] = {
            "units": self._units.best(asked.vector, candidates),
            "paragraph": self._paragraphs.vectors(candidates) @ asked.vector,
            "length": self._lengths[candidates],
            "kind": self._of_kind(asked, candidates),
            "time": np.zeros(len(candidates), np.float32) if of_time is None else of_time[candidates],
            "headings": headings[self.owners[candidates]] / asked.words_mass,
            "article": shares[self.owners[candidates]],
            "lacks": lacks[self.owners[candidates]],
            **{name: scores[candidates] for name, scores in whole.items()},
        }
        self._name(asked, best_articles, candidates, columns)
        for name in ("units", "paragraph"):
            columns[name] = self._scale.told_on(FITTED_SCALE, columns[name])
        features = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)
        return Candidates(candidates, self.owners[candidates], features)

    def _name(
        self, asked: Question, articles: Numbers, candidates: Numbers, columns: dict[str, Floats]
    ) -> None:
        """Hold the passages of articles that the question names against what it asks of them."""
        owners = self.owners[candidates]
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
                "words": self._rest(self._words, asked.words, example.terms, own) / asked.words_mass,
                "bigrams": self._rest(self._bigrams, asked.bigrams, example.terms, own) / asked.bigrams_mass,
                "bridge": self._bridge(asked, example.groups)[own],
                "names": self._named(asked, {asked.foreign[place].casefold() for place in example.groups})[
                    own
                ],
            }
            for name, values in terms.items():
                columns[name][places] = np.maximum(columns[name][places], values)
            meanings = {
                "units": self._units.best(vector, own),
                "paragraph": self._paragraphs.vectors(own) @ vector,
            }
            for name, values in meanings.items():
                # Another question is as near to its best passage as the whole one is to its own.
                level = columns[name][places].max() - values.max()
                columns[name][places] += np.float32(_REST) * (values + level - columns[name][places])

    def _beginnings(self, articles: Numbers) -> dict[int, tuple[str, str]]:
        """Return headline and first paragraph of articles by their numbers, of those with others besides."""
        several = self._starts[articles + 1] - self._starts[articles] > 1
        headlines = self._catalog.headlines(articles[several].tolist())
        leads = self._catalog.texts(self._starts[list(headlines)].tolist())
        return {
            number: (headline, lead)
            for (number, headline), lead in zip(headlines.items(), leads, strict=True)
        }

    def _rest(
        self, index: LexicalIndex, asked: Sequence[Weighed], named: frozenset[str], passages: Numbers
    ) -> Floats:
        """Return the BM25 scores of passages as if each had once what the question names."""
        given = sum(item.idf for item in asked if item.term in named)
        return index.score([item for item in asked if item.term not in named])[passages] + np.float32(given)

    def _bridge(self, asked: Question, given: frozenset[int] = frozenset()) -> Floats:
        """Return how well passages match what a foreign question's words mean, 0 to about 1.

        The words that are `given`, by their places, count as if each passage had what is nearest to them.
        """
        scores = np.zeros(self._words.size, np.float32)
        for place, group in enumerate(asked.near):
            best = max((item.idf * item.weight for item in group), default=0.0)
            scores += best if place in given else self._words.score_best(group)
        return scores / np.float32(max(len(asked.near), 1) * self._words.missing_idf())

    def _best_articles(self, shares: Floats, allowed: Mask | None) -> Numbers:
        within = None
        if allowed is not None:
            within = np.zeros(len(shares), bool)
            within[self.owners[allowed]] = True
        return _highest(shares, _BEST_ARTICLES, within)

    def _of_articles(self, articles: Numbers, allowed: Mask | None) -> Numbers:
        """Return the passages of these articles, the first ones of a long article."""
        starts, ends = self._starts[articles], self._starts[articles + 1]
        ranges = [np.arange(a, min(b, a + _CANDIDATES)) for a, b in zip(starts, ends, strict=True)]
        numbers = np.concatenate([np.zeros(0, np.int64), *ranges]).astype(np.int64)
        return numbers if allowed is None else numbers[allowed[numbers]]

    def _named(self, asked: Question, given: Set[str] = frozenset()) -> Floats:
        """Return how many of the names in Latin letters passages have, the rare ones more.

        Those with a reading among the `given` count as if each passage had them.
        """
        scores = np.zeros(self._names.size, np.float32)
        for group in asked.names:
            known = [item.idf for item in group if item.term in given]
            scores += max(known) if known else self._names.score_best(group)
        return scores / np.float32(self._names.missing_idf())

    def _of_kind(self, asked: Question, candidates: Numbers) -> Floats:
        """Return how surely each candidate has the kind of answer that the question wants, 0 to 1."""
        if asked.kind is None and asked.statement is None:
            return np.zeros(len(candidates), np.float32)
        texts = self._catalog.texts(candidates.tolist())
        if asked.kind is not None:
            return np.asarray([asked.kind.found_in(text) for text in texts], np.float32)
        assert asked.statement is not None
        first = self._starts[self.owners[candidates]]
        openings = self._catalog.texts(first.tolist())
        pairs = zip(texts, openings, strict=True)
        return np.asarray([asked.statement.found_in(*pair) for pair in pairs], np.float32)


def _highest(scores: Floats, count: int, allowed: Mask | None) -> Numbers:
    if allowed is not None:
        scores = np.where(allowed, scores, 0)
    count = min(count, int(np.count_nonzero(scores > 0)))
    if not count:
        return np.zeros(0, np.int64)
    return np.argpartition(-scores, count - 1)[:count].astype(np.int64)

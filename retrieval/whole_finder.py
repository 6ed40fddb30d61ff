"""Finding in the embedded store, where all passages are at hand: what alerts need besides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from retrieval.centring import centred
from retrieval.finder import Finder
from retrieval.fusion import FITTED_SCALE
from retrieval.question import Interpreter
from retrieval.scale import Scale
from retrieval.store import Floats, Numbers
from retrieval.terms import usual_share
from retrieval.whole import Whole


class WholeFinder(Finder):
    """Finds candidates among all passages of a generation. Safe to use from several threads."""

    def __init__(self, whole: Whole, interpreter: Interpreter, scale: Scale, common: Floats) -> None:
        """Take all passages, what reads questions, and what all of these have in common."""
        super().__init__(whole, interpreter, scale)
        self._whole, self._common = whole, common
        self.lengths = whole.lengths

    def nearness(self, queries: Floats, passages: Numbers) -> tuple[Floats, Floats]:
        """Return how near passages are to many questions: their best units, and each as a whole.

        `queries` (n, dim) are as the encoder made them; both results are float32 (n, len(passages)).
        """
        vectors = centred(queries, self._common)
        near = self._whole.best_units_each(vectors, passages), vectors @ self._whole.vectors(passages).T
        units, whole = (self._scale.told_on(FITTED_SCALE, each) for each in near)
        return units, whole

    def passages_of(self, article: int) -> Numbers:
        """Return the numbers of the passages of an article."""
        own = self._whole.of_article(article)
        return np.arange(own.start, own.stop)

    def rarest(self) -> float:
        """Return what a word that no passage has weighs at most."""
        return self._whole.words.missing_idf()

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """Return what the words of questions in Chinese weigh in this generation, known to it or not."""
        asked = list(dict.fromkeys(terms))
        words = self._whole.words
        known = {item.term: item.idf for item in words.weigh(asked)}
        return {
            term: known[term] if term in known else words.unknown_idf(usual_share(term)) for term in asked
        }

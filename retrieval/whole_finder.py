"""Finding in the embedded store, where all passages are at hand: what alerts need besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings import Encoder
from retrieval.centring import centred
from retrieval.finder import Finder
from retrieval.folding import fold
from retrieval.fusion import FITTED_SCALE
from retrieval.question import Interpreter
from retrieval.scale import Scale
from retrieval.store import Floats, Mask, Numbers
from retrieval.terms import usual_share
from retrieval.whole import Whole


class WholeFinder(Finder):
    """Finds candidates among all passages of a generation. Safe to use from several threads."""

    def __init__(
        self, whole: Whole, interpreter: Interpreter, scale: Scale, encoder: Encoder, common: Floats
    ) -> None:
        """Take all passages, what reads questions, and the encoder with what all questions have in common."""
        super().__init__(whole, interpreter, scale)
        self._whole, self._encoder, self._common = whole, encoder, common
        self.lengths = whole.lengths

    def nearness(self, queries: Floats, passages: Numbers) -> tuple[Floats, Floats]:
        """Return how near passages are to many questions: their best units, and each as a whole.

        `queries` (n, dim) are as the encoder made them; both results are float32 (n, len(passages)).
        """
        vectors = centred(queries, self._common)
        near = self._whole.best_units_each(vectors, passages), vectors @ self._whole.vectors(passages).T
        units, whole = (self._scale.told_on(FITTED_SCALE, each) for each in near)
        return units, whole

    def everywhere(self) -> Mask:
        """Return what leaves no passage out."""
        return np.ones(len(self.owners), np.bool_)

    def passages_of(self, article: int) -> Numbers:
        """Return the numbers of the passages of an article."""
        own = self._whole.of_article(article)
        return np.arange(own.start, own.stop)

    def rarest(self) -> float:
        """Return what a word that no passage has weighs at most."""
        return self._whole.words.missing_idf()

    def encode(self, questions: Sequence[str]) -> Floats:
        """Return questions as the encoder makes them, unit vectors (n, dim)."""
        return self._encoder.encode_queries([fold(text) for text in questions])

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """Return what the words of questions in Chinese weigh in this generation, known to it or not."""
        asked = list(dict.fromkeys(terms))
        words = self._whole.words
        known = {item.term: item.idf for item in words.weigh(asked)}
        return {
            term: known[term] if term in known else words.unknown_idf(usual_share(term)) for term in asked
        }

"""From a question to the passages that answer it, over one immutable generation."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from config import SearchSettings
from embeddings import Encoder, Reranker
from retrieval.embedded_store import EmbeddedStore
from retrieval.errors import BadQueryError, StoreError
from retrieval.finder import Candidates, Finder
from retrieval.fusion import FITTED, Fusion, Fusions, Margin
from retrieval.model import Answer
from retrieval.presenting import Presenter, Wanted
from retrieval.question import Question
from retrieval.ranked import Ranked
from retrieval.scope import Scope, scope_of
from retrieval.store import Articles, Floats, Limits, Mask, Store, Within

if TYPE_CHECKING:
    from retrieval.explanation import QuestionExplanation
    from retrieval.judging import Judged

_USUAL = SearchSettings()


class Searcher:
    """Answers questions from one generation. Immutable and safe to use from several threads."""

    def __init__(
        self, store: Store, settings: SearchSettings, fusions: Fusions, reranker: Reranker | None = None
    ) -> None:
        """Take a generation; see `open` for the usual way."""
        self.store = store
        self._settings = settings
        self._fusions = fusions
        self._reranker = reranker

    @classmethod
    def open(
        cls,
        data_dir: Path,
        encoder: Encoder | None = None,
        settings: SearchSettings = _USUAL,
        fusions: Fusions = FITTED,
        reranker: Reranker | None = None,
    ) -> Searcher:
        """Return a searcher over the generation on disk that serves, verified.

        Without an encoder it takes the model that the generation was built with, in its usual set-up.
        A reranker orders the first `settings.rerank_top` candidates anew.
        Raises NoIndexError, BrokenIndexError, EncoderMismatchError, EmbeddingError.
        """
        return cls(EmbeddedStore.open(data_dir, encoder), settings, fusions, reranker)

    @property
    def generation(self) -> int:
        """Return the number of the generation that is searched."""
        return self.store.generation

    @property
    def catalog(self) -> Articles:
        """Return the articles that are searched."""
        return self.store.articles

    @property
    def problem(self) -> str:
        """Return what is wrong with the generation that should serve instead; empty where this one should."""
        return self.store.problem

    @property
    def at_hand(self) -> bool:
        """Tell whether all passages are beside the program."""
        return isinstance(self.store, EmbeddedStore)

    @property
    def embedded(self) -> EmbeddedStore:
        """Return the store that is searched, where all of it is at hand. Raises StoreError elsewhere."""
        if not isinstance(self.store, EmbeddedStore):
            raise StoreError("this needs all passages at hand; it works where store.uri is not set")
        return self.store

    def understand(self, text: str, vector: Floats | None = None) -> Question:
        """Return a question in the forms in which it is compared; `vector` is what an encoder made of it."""
        return self.store.interpreter.read(text, vector)

    @property
    def threshold(self) -> float:
        """Return the confidence from which on passages answer."""
        return self._settings.threshold

    def ask(
        self,
        question: str,
        k: int = 5,
        since: str | None = None,
        until: str | None = None,
        *,
        within: Within | None = None,
        without: frozenset[str] = frozenset(),
        context: int = 0,
        explain: bool = False,
        today: date | None = None,
    ) -> Answer:
        """Return at most `k` passages, the best first, and whether they answer.

        `since` and `until` are dates as far as known (2019, 2019-11, 2019-11-20), both included; articles
        whose year is unknown are outside any range. So is what the question itself says of the time, counted
        from `today`, by default the day it is. `within` leaves other passages out and lets the question's own
        time be, `without` leaves articles out by their ids. With `context` each hit has so
        many paragraphs before and after it, with `explain` the answer and its hits have explanations.
        Confidence is the fusion's also where a reranker orders the hits: that changes what comes first, not
        whether it is an answer. Raises BadQueryError, and EmbeddingError where a model cannot be had.
        """
        started = time.perf_counter()
        if not question.strip():
            raise BadQueryError("the question is empty; ask something, as in: huiwen ask 谁主持了大会？")
        if k < 1:
            raise BadQueryError(f"k is {k}; ask for at least 1 passage")
        timed = question if within is None else ""
        scope = scope_of(timed, self.store.times, since, until, today or date.today())
        if scope.empty:
            return self._nothing(question, scope, started)
        asked = self.understand(question)
        view, allowed = self.store.view(asked, Limits(scope.allowed, within, without))
        finder = Finder.over(view, self.store)
        fusion = self._fusions.of(asked.chinese)
        of_time = view.telling(scope.period).astype(np.float32) if scope.period else None
        found = finder.find(asked, allowed, of_time)
        scores = fusion.score(found.features)
        ranked = Ranked.by_fusion(found, scores)
        if self._reranker is not None:
            from retrieval.reranking import rerank  # few have one

            ranked = rerank(self._reranker, asked.text, ranked, self._settings.rerank_top, view)
        wanted = Wanted(k, self._settings.per_article, context, explain)
        hits = Presenter(self.catalog, finder).hits(asked, ranked, fusion, wanted)
        sureness = _confidence(fusion, found, scores)
        confidence, threshold = round(sureness, 4), self._settings.threshold
        return Answer(
            question,
            answered=bool(hits) and sureness >= threshold,
            confidence=confidence,
            generation=self.generation,
            took_ms=_since(started),
            hits=hits,
            explanation=_explain(asked, confidence, threshold) if explain else None,
            searched=scope.searched,
            undated=scope.undated,
        )

    def judge(self, question: str, within: Mask, k: int, vector: Floats | None = None) -> list[Judged]:
        """Return the articles among `within` (passages,) that answer, the surest first, `k` at most.

        Each is judged by itself; see `judging`. `vector` is what `Interpreter.encode` made of it.
        Raises what `ask` does, but no BadQueryError, and what `embedded` does.
        """
        return self._judge(self.understand(question, vector), self.embedded.finder, within, k)

    def judge_of(
        self, question: str, articles: frozenset[str] | None, k: int, vector: Floats | None = None
    ) -> list[Judged]:
        """Return what `judge` does among the articles of these ids or all, whatever the store."""
        asked = self.understand(question, vector)
        within = Within(articles) if articles is not None else None
        view, allowed = self.store.view(asked, Limits(within=within))
        return self._judge(asked, Finder.over(view, self.store), allowed, k)

    def _judge(self, asked: Question, finder: Finder, within: Mask | None, k: int) -> list[Judged]:
        from retrieval.judging import Judged, Judges  # who asks one question needs none of it

        presenter, fusion = Presenter(self.catalog, finder), self._fusions.of(asked.chinese)
        judges = Judges(finder.view, presenter, fusion, self._settings)
        judged = judges.judge(asked, finder.find(asked, within), k)
        if judged.near is None:
            return judged.sure
        answer = self.ask(asked.text, 1)
        first = answer.hits[0] if answer.answered else None
        if first is None or first.article.id != judged.near:
            return []
        return [Judged(answer.confidence, first)]

    def _nothing(self, question: str, scope: Scope, started: float) -> Answer:
        return Answer(
            question,
            answered=False,
            confidence=0.0,
            generation=self.generation,
            took_ms=_since(started),
            hits=(),
            searched=scope.searched,
            impossible=scope.impossible,
        )


def _explain(asked: Question, confidence: float, threshold: float) -> QuestionExplanation:
    from retrieval.explaining import explain_question  # few ask why

    return explain_question(asked, confidence, threshold)


def _since(started: float) -> float:
    """Return milliseconds."""
    return round((time.perf_counter() - started) * 1000, 2)


def _confidence(fusion: Fusion, found: Candidates, scores: Floats) -> float:
    if not len(scores):
        return 0.0
    return fusion.sureness(found.features[int(np.argmax(scores))], Margin.of(scores, found.owners))

"""From a question to the passages that answer it, over one immutable generation."""

from __future__ import annotations

import sqlite3
import time
import weakref
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from config import EmbeddingSettings, SearchSettings
from embeddings import Encoder, Reranker, open_encoder
from retrieval.catalog import Catalog
from retrieval.errors import BadQueryError, BrokenIndexError, EncoderMismatchError
from retrieval.explaining import explain_question
from retrieval.finder import Candidates, Finder, Floats, Mask
from retrieval.fusion import FITTED, Fusion, Fusions, Margin
from retrieval.judging import Judged, Judges
from retrieval.layout import Layout
from retrieval.manifest import Manifest
from retrieval.model import Answer
from retrieval.presenting import Presenter, Wanted
from retrieval.ranked import Ranked
from retrieval.reranking import rerank
from retrieval.scope import Scope, scope_of
from retrieval.serving import Serving, as_broken, find_serving
from retrieval.timeline import Timeline

_USUAL = SearchSettings()


class Searcher:
    """Answers questions from one generation. Immutable and safe to use from several threads."""

    def __init__(
        self,
        serving: Serving,
        encoder: Encoder,
        settings: SearchSettings,
        fusions: Fusions,
        reranker: Reranker | None = None,
    ) -> None:
        """Open the parts of a generation and hold it; see `open` for the usual way."""
        self.manifest = serving.manifest
        self.problem = str(serving.damage or "")
        """What is wrong with the generation that should serve instead; empty where this one should."""
        layout = Layout.open(serving.folder, serving.segments())
        self.catalog = Catalog.open(layout)
        weakref.finalize(self.catalog, _close, serving, self.catalog.connections)
        self._settings = settings
        self._fusions = fusions
        self._reranker = reranker
        self.finder = Finder(serving.folder, layout, self.catalog, encoder, serving.manifest)
        self._presenter = Presenter(self.catalog, self.finder)
        self.timeline = Timeline.open(layout)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        encoder: Encoder | None = None,
        settings: SearchSettings = _USUAL,
        fusions: Fusions = FITTED,
        reranker: Reranker | None = None,
    ) -> Searcher:
        """Return a searcher over the serving generation, verified.

        Without an encoder it takes the model that the generation was built with, in its usual set-up.
        A reranker orders the first `settings.rerank_top` candidates anew.
        Raises NoIndexError, BrokenIndexError, EncoderMismatchError, EmbeddingError.
        """
        unfit: dict[int, BrokenIndexError] = {}
        while True:
            serving = find_serving(data_dir, unfit)
            try:
                encoder = encoder or open_encoder(EmbeddingSettings(model=serving.manifest.model))
                _require_model(serving.manifest, encoder)
                with as_broken(serving.folder):
                    return cls(serving, encoder, settings, fusions, reranker)
            except BaseException as error:
                serving.lease.close()
                if not isinstance(error, BrokenIndexError):
                    raise
                unfit[serving.manifest.generation] = error  # and another one is found, or none

    @property
    def generation(self) -> int:
        """Return the number of the generation that is searched."""
        return self.manifest.generation

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
        within: Mask | None = None,
        without: frozenset[str] = frozenset(),
        context: int = 0,
        explain: bool = False,
        today: date | None = None,
    ) -> Answer:
        """Return at most `k` passages, the best first, and whether they answer.

        `since` and `until` are dates as far as known (2019, 2019-11, 2019-11-20), both included; articles
        whose year is unknown are outside any range. So is what the question itself says of the time, counted
        from `today`, by default the day it is. `within` (passages,) leaves other passages out and lets the
        question's own time be, `without` leaves articles out by their ids. With `context` each hit has so
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
        scope = scope_of(timed, self.timeline, since, until, today or date.today())
        if scope.empty:
            return self._nothing(question, scope, started)
        allowed = _both(_both(scope.allowed, within), self._but(without))
        asked = self.finder.understand(question)
        fusion = self._fusions.of(asked.chinese)
        found = self.finder.find(asked, allowed, self.timeline.score(scope.period) if scope.period else None)
        scores = fusion.score(found.features)
        ranked = Ranked.by_fusion(found, scores)
        if self._reranker is not None:
            ranked = rerank(self._reranker, asked.text, ranked, self._settings.rerank_top, self.catalog)
        wanted = Wanted(k, self._settings.per_article, context, explain)
        hits = self._presenter.hits(asked, ranked, fusion, wanted)
        sureness = _confidence(fusion, found, scores)
        confidence, threshold = round(sureness, 4), self._settings.threshold
        return Answer(
            question,
            answered=bool(hits) and sureness >= threshold,
            confidence=confidence,
            generation=self.generation,
            took_ms=_since(started),
            hits=hits,
            explanation=explain_question(asked, confidence, threshold) if explain else None,
            searched=scope.searched,
            undated=scope.undated,
        )

    def judge(self, question: str, within: Mask, k: int, vector: Floats | None = None) -> list[Judged]:
        """Return the articles among `within` (passages,) that answer, the surest first, `k` at most.

        Each is judged by itself; see `judging`. `vector` is what `Finder.encode` made of it.
        Raises what `ask` does, but no BadQueryError.
        """
        asked = self.finder.understand(question, vector)
        judges = Judges(self.catalog, self._presenter, self._fusions.of(asked.chinese), self._settings)
        judged = judges.judge(asked, self.finder.find(asked, within), k)
        if judged.near is None:
            return judged.sure
        answer = self.ask(question, 1)
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

    def _but(self, without: frozenset[str]) -> Mask | None:
        if not without:
            return None
        return np.asarray(~np.isin(self.finder.owners, self.catalog.numbers(without)))


def _close(serving: Serving, connections: Sequence[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()
    serving.lease.close()


def _require_model(manifest: Manifest, encoder: Encoder) -> None:
    if manifest.fingerprint != encoder.fingerprint:
        raise EncoderMismatchError(
            f"the index was built with the model {manifest.model}, which differs from the one configured;"
            " run `huiwen index` to rebuild it, or set embedding.model back"
        )


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _since(started: float) -> float:
    """Return milliseconds."""
    return round((time.perf_counter() - started) * 1000, 2)


def _confidence(fusion: Fusion, found: Candidates, scores: Floats) -> float:
    if not len(scores):
        return 0.0
    return fusion.sureness(found.features[int(np.argmax(scores))], Margin.of(scores, found.owners))

"""From a question to the passages that answer it, over one immutable generation."""

from __future__ import annotations

import sqlite3
import time
import weakref
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from config import EmbeddingSettings, SearchSettings
from embeddings import Encoder, open_encoder
from retrieval.catalog import Catalog
from retrieval.errors import BadQueryError, BrokenIndexError, EncoderMismatchError
from retrieval.finder import Candidates, Finder, Floats, Numbers
from retrieval.fusion import FITTED, Fusion, Fusions
from retrieval.generation import Manifest, generation_folder, read_manifest, require_generation, verify
from retrieval.highlight import best_sentence
from retrieval.model import Answer, Hit
from retrieval.question import Question
from retrieval.scope import scope_of
from retrieval.timeline import Timeline

_USUAL = SearchSettings()


class Searcher:
    """Answers questions from one generation. Immutable and safe to use from several threads."""

    def __init__(
        self, folder: Path, manifest: Manifest, encoder: Encoder, settings: SearchSettings, fusions: Fusions
    ) -> None:
        """Open the parts of the generation in `folder`; see `open` for the usual way."""
        self.manifest = manifest
        self.catalog = Catalog.open(folder)
        weakref.finalize(self.catalog, self.catalog.connection.close)
        self._settings = settings
        self._fusions = fusions
        self.finder = Finder(folder, self.catalog, encoder, manifest.dim)
        self.timeline = Timeline.open(folder, self.finder.owners)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        encoder: Encoder | None = None,
        settings: SearchSettings = _USUAL,
        fusions: Fusions = FITTED,
    ) -> Searcher:
        """Return a searcher over the serving generation, verified.

        Without an encoder it takes the model that the generation was built with, in its usual set-up.
        Raises NoIndexError, BrokenIndexError, EncoderMismatchError, EmbeddingError.
        """
        number = require_generation(data_dir)
        folder = generation_folder(data_dir, number)
        try:
            manifest = read_manifest(folder)
            verify(folder, manifest)
            encoder = encoder or open_encoder(EmbeddingSettings(model=manifest.model))
            _require_model(manifest, encoder)
            return cls(folder, manifest, encoder, settings, fusions)
        except (BrokenIndexError, OSError, RuntimeError, sqlite3.Error) as error:
            if require_generation(data_dir) != number:  # a writer has replaced and removed it meanwhile
                return cls.open(data_dir, encoder, settings, fusions)
            if isinstance(error, BrokenIndexError):
                raise
            raise BrokenIndexError(
                f"generation {folder.name} cannot be opened ({error}); run `huiwen index --full` to rebuild"
            ) from None

    @property
    def generation(self) -> int:
        """Return the number of the generation that is searched."""
        return self.manifest.generation

    def ask(
        self,
        question: str,
        k: int = 5,
        since: str | None = None,
        until: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """Return at most `k` passages, the best first, and whether they answer.

        `since` and `until` are dates as far as known (2019, 2019-11, 2019-11-20), both included; articles
        whose year is unknown are outside any range. `today` is the day from which 上周 and last November are
        counted, by default the day it is. Raises BadQueryError.
        """
        started = time.perf_counter()
        if not question.strip():
            raise BadQueryError("the question is empty; ask something, as in: huiwen ask 谁主持了大会？")
        if k < 1:
            raise BadQueryError(f"k is {k}; ask for at least 1 passage")
        scope = scope_of(question, self.timeline, since, until, today or date.today())
        if scope.empty:
            took = (time.perf_counter() - started) * 1000
            nothing = Answer(question, False, 0.0, self.generation, round(took, 2), ())
            return replace(nothing, searched=scope.searched, impossible=scope.impossible)
        asked = self.finder.understand(question)
        fusion = self._fusions.of(asked.chinese)
        found = self.finder.find(asked, scope.allowed)
        scores = fusion.score(found.features)
        order = np.argsort(-scores, kind="stable")
        hits = self._hits(asked, found.numbers[order], scores[order], k)
        confidence = _confidence(fusion, found, scores)
        took = (time.perf_counter() - started) * 1000
        answered = bool(hits) and confidence >= self._settings.threshold
        answer = Answer(question, answered, round(confidence, 4), self.generation, round(took, 2), hits)
        return replace(answer, searched=scope.searched, undated=scope.undated)

    def _hits(self, asked: Question, candidates: Numbers, scores: Floats, k: int) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        shown: set[str] = set()
        for start in range(0, len(candidates), k):
            part = candidates[start : start + k]
            for number, score, (passage, article) in zip(
                part, scores[start : start + k], self.catalog.passages(part.tolist()), strict=True
            ):
                if passage.text in shown or len(hits) == k:
                    continue
                shown.add(passage.text)
                units = self.finder.units(asked, int(number))
                span = best_sentence(passage.text, f"{article.kicker} {article.title}", asked, *units)
                hits.append(
                    Hit(len(hits) + 1, round(float(score), 4), article, passage.paragraph, passage.text, span)
                )
            if len(hits) == k:
                break
        return tuple(hits)


def _require_model(manifest: Manifest, encoder: Encoder) -> None:
    if manifest.fingerprint != encoder.fingerprint:
        raise EncoderMismatchError(
            f"the index was built with the model {manifest.model}, which differs from the one configured;"
            " run `huiwen index` to rebuild it, or set embedding.model back"
        )


def _confidence(fusion: Fusion, found: Candidates, scores: Floats) -> float:
    if not len(scores):
        return 0.0
    best = int(np.argmax(scores))
    others = scores[found.owners != found.owners[best]]
    lead = float(scores[best] - others.max()) if len(others) else None
    return fusion.sureness(found.features[best], lead)

"""From a question to the passages that answer it, over one immutable generation."""

from __future__ import annotations

import sqlite3
import time
import weakref
from pathlib import Path

import numpy as np
import numpy.typing as npt

from config import EmbeddingSettings, SearchSettings
from embeddings import Encoder, open_encoder
from retrieval.catalog import Catalog
from retrieval.dates import date_range, parse_date
from retrieval.errors import BadQueryError, BrokenIndexError, EncoderMismatchError
from retrieval.fusion import FEATURES, Fusion, fusion_for
from retrieval.generation import Manifest, generation_folder, read_manifest, require_generation, verify
from retrieval.highlight import best_sentence
from retrieval.lexical import LexicalIndex
from retrieval.model import Answer, Hit
from retrieval.question import Interpreter, Question
from retrieval.units import UnitStore
from retrieval.vectors import VectorIndex

DEFAULT_THRESHOLD = SearchSettings().threshold
_CANDIDATES = 100  # of each way of finding; the right passage is nearly always among the first ten of one

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Searcher:
    """Answers questions from one generation. Immutable and safe to use from several threads."""

    def __init__(
        self, folder: Path, manifest: Manifest, encoder: Encoder, threshold: float = DEFAULT_THRESHOLD
    ) -> None:
        """Open the parts of the generation in `folder`; see `open` for the usual way."""
        self.manifest = manifest
        self.catalog = Catalog.open(folder)
        weakref.finalize(self.catalog, self.catalog.connection.close)
        self._threshold = threshold
        connection = self.catalog.connection
        self._words, self._bigrams, self._names, self._headings = (
            LexicalIndex.open(folder, connection, field)
            for field in ("words", "bigrams", "names", "headings")
        )
        self._paragraphs, self._sentences, terms = (
            VectorIndex.open(folder / f"{name}.faiss") for name in ("paragraphs", "sentences", "terms")
        )
        self._lengths: Floats = np.asarray(np.load(folder / "lengths.npy", mmap_mode="r"))
        lexicon = (self._words, self._bigrams, self._names)
        self._interpreter = Interpreter(encoder, self.catalog, np.load(folder / "common.npy"), lexicon, terms)
        self._units = UnitStore.open(folder, manifest.dim)
        self.owners: npt.NDArray[np.int32] = np.asarray(np.load(folder / "owners.npy", mmap_mode="r"))
        self._sentence_owners: npt.NDArray[np.int32] = np.asarray(
            np.load(folder / "sentence_owners.npy", mmap_mode="r")
        )
        self._dates: npt.NDArray[np.int32] = np.asarray(np.load(folder / "dates.npy", mmap_mode="r"))

    @classmethod
    def open(
        cls, data_dir: Path, encoder: Encoder | None = None, threshold: float = DEFAULT_THRESHOLD
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
            return cls(folder, manifest, encoder, threshold)
        except (BrokenIndexError, OSError, RuntimeError, sqlite3.Error) as error:
            if require_generation(data_dir) != number:  # a writer has replaced and removed it meanwhile
                return cls.open(data_dir, encoder, threshold)
            if isinstance(error, BrokenIndexError):
                raise
            raise BrokenIndexError(
                f"generation {folder.name} cannot be opened ({error}); run `huiwen index --full` to rebuild"
            ) from None

    @property
    def generation(self) -> int:
        """Return the number of the generation that is searched."""
        return self.manifest.generation

    def ask(self, question: str, k: int = 5, since: str | None = None, until: str | None = None) -> Answer:
        """Return at most `k` passages, the best first, and whether they answer.

        `since` and `until` are dates as far as known (2019, 2019-11, 2019-11-20), both included; articles
        whose year is unknown are outside any range. Raises BadQueryError.
        """
        started = time.perf_counter()
        if not question.strip():
            raise BadQueryError("the question is empty; ask something, as in: huiwen ask 谁主持了大会？")
        if k < 1:
            raise BadQueryError(f"k is {k}; ask for at least 1 passage")
        allowed = self._allowed(since, until)
        asked = self.understand(question)
        fusion = fusion_for(asked.chinese)
        candidates, features = self.candidates(asked, allowed)
        scores = fusion.score(features)
        order = np.argsort(-scores, kind="stable")
        hits = self._hits(asked, candidates[order], scores[order], k)
        confidence = self._confidence(fusion, candidates, features, scores, order)
        took = (time.perf_counter() - started) * 1000
        answered = bool(hits) and confidence >= self._threshold
        return Answer(question, answered, round(confidence, 4), self.generation, round(took, 2), hits)

    def _allowed(self, since: str | None, until: str | None) -> Mask | None:
        if since is None and until is None:
            return None
        first, last = _day(since, "since", 0) or 1, _day(until, "until", 1) or 99999999
        if first > last:
            raise BadQueryError(f"since {since} is after until {until}; swap them")
        return (self._dates[:, 0] <= last) & (self._dates[:, 1] >= first) & (self._dates[:, 1] > 0)

    def understand(self, text: str) -> Question:
        """Return a question in the forms in which it is compared."""
        return self._interpreter.read(text)

    def candidates(self, asked: Question, allowed: Mask | None = None) -> tuple[Numbers, Floats]:
        """Return the passages worth a closer look and their features (n, len(FEATURES)).

        `allowed` (passages,) leaves others out.
        """
        by_paragraph, _ = self._paragraphs.search(asked.vector, _CANDIDATES, allowed)
        sentences_allowed = None if allowed is None else allowed[self._sentence_owners]
        by_sentence, _ = self._sentences.search(asked.vector, _CANDIDATES, sentences_allowed)
        whole = {
            "words": self._words.score(asked.words) / asked.words_mass,
            "bigrams": self._bigrams.score(asked.bigrams) / asked.bigrams_mass,
            "bridge": self._bridge(asked),
            "names": self._named(asked),
        }
        found = [by_paragraph, self._sentence_owners[by_sentence].astype(np.int64)]
        found += [_highest(scores, _CANDIDATES, allowed) for scores in whole.values()]
        candidates = np.unique(np.concatenate(found))
        headings = self._headings.score(self._headings.weigh(item.term for item in asked.words))
        columns = {
            "units": self._units.best(asked.vector, candidates),
            "paragraph": self._paragraphs.vectors(candidates) @ asked.vector,
            "length": self._lengths[candidates],
            "kind": self._of_kind(asked, candidates),
            "headings": headings[self.owners[candidates]] / asked.words_mass,
            **{name: scores[candidates] for name, scores in whole.items()},
        }
        return candidates, np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float32)

    def _bridge(self, asked: Question) -> Floats:
        """Return how well passages match what a foreign question's words mean, 0 to about 1."""
        scores = np.zeros(self._words.size, np.float32)
        for group in asked.near:
            scores += self._words.score_best(group)
        return scores / np.float32(max(len(asked.near), 1) * self._words.missing_idf())

    def _named(self, asked: Question) -> Floats:
        scores = np.zeros(self._names.size, np.float32)
        for group in asked.names:
            scores += self._names.score_best(group)
        return scores / np.float32(self._names.missing_idf())

    def _of_kind(self, asked: Question, candidates: Numbers) -> Floats:
        """Return how surely each candidate has the kind of answer that the question wants, 0 to 1."""
        if asked.kind is None:
            return np.zeros(len(candidates), np.float32)
        texts = self.catalog.texts(candidates.tolist())
        return np.asarray([asked.kind.found_in(text) for text in texts], np.float32)

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
                units = self._units.similarities(asked.vector, int(number))
                span = best_sentence(passage.text, f"{article.kicker} {article.title}", asked, *units)
                hits.append(
                    Hit(len(hits) + 1, round(float(score), 4), article, passage.paragraph, passage.text, span)
                )
            if len(hits) == k:
                break
        return tuple(hits)

    def _confidence(
        self, fusion: Fusion, candidates: Numbers, features: Floats, scores: Floats, order: Numbers
    ) -> float:
        if not len(candidates):
            return 0.0
        best = order[0]
        others = scores[self.owners[candidates] != self.owners[candidates[best]]]
        lead = float(scores[best] - others.max()) if len(others) else None
        return fusion.sureness(features[best], lead)


def _require_model(manifest: Manifest, encoder: Encoder) -> None:
    if manifest.fingerprint != encoder.fingerprint:
        raise EncoderMismatchError(
            f"the index was built with the model {manifest.model}, which differs from the one configured;"
            " run `huiwen index` to rebuild it, or set embedding.model back"
        )


def _highest(scores: Floats, count: int, allowed: Mask | None) -> Numbers:
    if allowed is not None:
        scores = np.where(allowed, scores, 0)
    count = min(count, int(np.count_nonzero(scores > 0)))
    if not count:
        return np.zeros(0, np.int64)
    return np.argpartition(-scores, count - 1)[:count].astype(np.int64)


def _day(text: str | None, name: str, end: int) -> int | None:
    if text is None:
        return None
    date = parse_date(text)
    if date is None or date.year is None:
        raise BadQueryError(f"{name} {text!r} is no date; write it as 2019, 2019-11 or 2019-11-20")
    return date_range(date)[end]

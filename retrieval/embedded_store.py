"""The embedded store: a generation in files beside the program, with FAISS and SQLite."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from config import EmbeddingSettings
from embeddings import Encoder, open_encoder
from retrieval.catalog import Catalog
from retrieval.errors import BrokenIndexError, EncoderMismatchError
from retrieval.fusion import FITTED_FOR, FITTED_SCALE
from retrieval.layout import Layout
from retrieval.lexicon import SegmentLexicon
from retrieval.question import Interpreter, Question
from retrieval.scale import Scale
from retrieval.serving import Serving, as_broken, find_serving
from retrieval.store import Floats, Limits, Mask, Store, Within
from retrieval.storing import load_array
from retrieval.timeline import Timeline
from retrieval.whole import Whole
from retrieval.whole_finder import WholeFinder


class EmbeddedStore:
    """One generation on disk, held until nobody has it any more."""

    def __init__(self, serving: Serving, encoder: Encoder) -> None:
        """Open the parts of a generation; see `open` for the usual way."""
        folder, self.manifest = serving.folder, serving.manifest
        self.generation, self.counts = self.manifest.generation, self.manifest.counts
        self.created = self.manifest.created
        self.model, self.fingerprint = self.manifest.model, self.manifest.fingerprint
        layout = Layout.open(folder, serving.segments())
        self.articles = Catalog.open(layout)
        weakref.finalize(self.articles, _close, serving, self.articles.connections)
        self.times = Timeline.open(layout)
        self.whole = Whole(layout, self.articles, self.times, self.manifest.dim)
        mean, deviation = load_array(folder / "scale.npy").tolist()
        self.scale = scale_of(self.fingerprint, Scale(mean, deviation))
        common: Floats = load_array(folder / "common.npy")
        whole = self.whole
        lexicon = SegmentLexicon(whole.words, whole.bigrams, whole.names, self.articles.segments())
        self.interpreter = Interpreter(encoder, common, lexicon, self.scale)
        self.finder = WholeFinder(whole, self.interpreter, self.scale, common)
        self.problem = str(serving.damage or "")

    @classmethod
    def open(cls, data_dir: Path, encoder: Encoder | None = None) -> EmbeddedStore:
        """Return the serving generation, verified.

        Without an encoder it takes the model that the generation was built with, in its usual set-up.
        Raises NoIndexError, BrokenIndexError, EncoderMismatchError, EmbeddingError.
        """
        unfit: dict[int, BrokenIndexError] = {}
        while True:
            serving = find_serving(data_dir, unfit)
            try:
                encoder = encoder or open_encoder(EmbeddingSettings(model=serving.manifest.model))
                require_model(serving.manifest.model, serving.manifest.fingerprint, encoder)
                with as_broken(serving.folder):
                    return cls(serving, encoder)
            except BaseException as error:
                serving.lease.close()
                if not isinstance(error, BrokenIndexError):
                    raise
                unfit[serving.manifest.generation] = error  # and another one is found, or none

    def view(self, asked: Question, limits: Limits) -> tuple[Whole, Mask | None]:
        """Return all passages, and which of them may be found."""
        allowed = cast("Mask | None", limits.allowed)
        within = self._of(limits.within) if limits.within is not None else None
        return self.whole, _both(_both(allowed, within), self._but(limits.without))

    def _of(self, within: Within) -> Mask:
        numbers = self.articles.numbers(within.articles)
        mask: Mask = np.isin(self.whole.owners, numbers)
        if within.texts is not None:
            own = np.flatnonzero(mask)
            mask[own] = [text in within.texts for text in self.articles.texts(own.tolist())]
        return mask

    def _but(self, without: frozenset[str]) -> Mask | None:
        if not without:
            return None
        return np.asarray(~np.isin(self.whole.owners, self.articles.numbers(without)))


def require_model(model: str, fingerprint: str, encoder: Encoder) -> None:
    """Raise EncoderMismatchError where an index was built with another model than the encoder's."""
    if fingerprint != encoder.fingerprint:
        raise EncoderMismatchError(
            f"the index was built with the model {model}, which differs from the one configured;"
            " run `huiwen index` to rebuild it, or set embedding.model back"
        )


def scale_of(fingerprint: str, measured: Scale) -> Scale:
    """Return where the similarities of an encoder lie; the fusion was fitted to those of one."""
    return FITTED_SCALE if fingerprint == FITTED_FOR else measured


def _close(serving: Serving, connections: Sequence[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()
    serving.lease.close()


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


_: type[Store] = EmbeddedStore  # mypy sees that it is one

"""A searcher that follows what is published while it runs."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from config import SearchSettings, StoreSettings
from embeddings import Encoder, Reranker
from retrieval.errors import ReplacedError, RetrievalError, StoreError
from retrieval.fusion import FITTED
from retrieval.model import Answer
from retrieval.opening import Source, open_source
from retrieval.searcher import Searcher

if TYPE_CHECKING:
    from retrieval.conversation import Conversation  # a question alone needs nothing of it

_FAILS_FOR = 2.0  # seconds in which a store that was found away is not looked for again

_USUAL = SearchSettings()
_EMBEDDED = StoreSettings()

_log = logging.getLogger(__name__)

T = TypeVar("T")


class LiveSearcher:
    """Answers from the newest generation; a question in flight finishes on the one it began with."""

    def __init__(
        self,
        source: Source,
        open_encoder: Callable[[], Encoder],
        settings: SearchSettings,
        reranker: Reranker | None = None,
    ) -> None:
        self._source = source
        self._open_encoder = open_encoder
        self._settings = settings
        self._reranker = reranker
        self._encoder: Encoder | None = None
        self._searcher: Searcher | None = None
        self._seen: object | None = None
        self._failed: tuple[float, StoreError] | None = None
        self._lock = threading.Lock()
        self.problem = ""
        """Why it is an older generation that answers; empty where it is the newest."""

    @classmethod
    def open(
        cls,
        data_dir: Path,
        open_encoder: Callable[[], Encoder],
        settings: SearchSettings = _USUAL,
        reranker: Reranker | None = None,
        store: StoreSettings = _EMBEDDED,
    ) -> LiveSearcher:
        """Return a searcher over `data_dir` or the store that is set; neither need have an index yet."""
        return cls(open_source(data_dir, store), open_encoder, settings, reranker)

    def ask(
        self,
        question: str,
        k: int = 5,
        since: str | None = None,
        until: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """Answer as `Searcher.ask` does. Raises NoIndexError until something is published."""
        return self._asking(lambda searcher: searcher.ask(question, k, since, until, today=today))

    def converse(self, talk: Conversation, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        """Answer as `Conversation.ask` does. Raises NoIndexError until something is published."""
        return self._asking(lambda searcher: talk.ask(searcher, question, k))

    def searcher(self) -> Searcher:
        """Return the searcher over the newest generation that has been opened."""
        with self._lock:  # of several first questions one opens it
            if self._searcher is None:
                self._open_first()
                # Beside the questions: none has to wait until a new generation is verified and opened.
                given = weakref.ref(self), self._source.look_every
                threading.Thread(target=_keep_following, args=given, daemon=True).start()
            assert self._searcher is not None
            return self._searcher

    def _asking(self, ask: Callable[[Searcher], T]) -> T:
        """Ask, and once more where what was searched has gone meanwhile."""
        try:
            return ask(self.searcher())
        except ReplacedError:
            self._follow()
            return ask(self.searcher())

    def _open_first(self) -> None:
        """Open what serves; of many that wait for a store which is away, one waits until that is known."""
        if self._failed is not None and time.monotonic() - self._failed[0] < _FAILS_FOR:
            raise StoreError(str(self._failed[1]))
        try:
            self._follow()
        except StoreError as error:
            self._failed = time.monotonic(), error
            raise

    def _follow(self) -> None:
        """Open the serving generation if it is another one; keep the old one where it cannot be opened."""
        stamp = self._source.stamp()
        if self._searcher is not None and stamp in (self._seen, None):
            return
        try:
            if self._encoder is None:
                self._encoder = self._open_encoder()
            self._searcher = Searcher(
                self._source.open(self._encoder), self._settings, FITTED, self._reranker
            )
            self._seen = stamp
            self.problem = self._searcher.problem
            _log.info("serving generation %d", self._searcher.generation)
        except (RetrievalError, OSError) as error:
            if self._searcher is None:
                raise
            if isinstance(error, RetrievalError):
                self._seen = stamp  # nothing but another publication mends it
            self.problem = str(error)
            _log.warning("generation %d serves on: %s", self._searcher.generation, error)


def _keep_following(searcher: weakref.ref[LiveSearcher], pause: float) -> None:
    """Follow what is published until nobody has the searcher any more."""
    while True:
        time.sleep(pause)
        live = searcher()
        if live is None:
            return
        try:
            live._follow()
        except Exception:
            _log.exception("a new generation could not be opened")
        del live

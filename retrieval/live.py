"""A searcher that follows what is published while it runs."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from config import SearchSettings
from embeddings import Encoder, Reranker
from retrieval.errors import RetrievalError
from retrieval.model import Answer
from retrieval.searcher import Searcher

if TYPE_CHECKING:
    from retrieval.conversation import Conversation  # a question alone needs nothing of it

_LOOK_EVERY = 0.5  # seconds between looks at CURRENT, one small file

_USUAL = SearchSettings()

_log = logging.getLogger(__name__)


class LiveSearcher:
    """Answers from the newest generation; a question in flight finishes on the one it began with."""

    def __init__(
        self,
        data_dir: Path,
        open_encoder: Callable[[], Encoder],
        settings: SearchSettings,
        reranker: Reranker | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._open_encoder = open_encoder
        self._settings = settings
        self._reranker = reranker
        self._encoder: Encoder | None = None
        self._searcher: Searcher | None = None
        self._seen: tuple[int, int, bytes] | None = None
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
    ) -> LiveSearcher:
        """Return a searcher over `data_dir`, which need not have an index yet."""
        return cls(data_dir, open_encoder, settings, reranker)

    def ask(
        self,
        question: str,
        k: int = 5,
        since: str | None = None,
        until: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """Answer as `Searcher.ask` does. Raises NoIndexError until something is published."""
        return self.searcher().ask(question, k, since, until, today=today)

    def converse(self, talk: Conversation, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        """Answer as `Conversation.ask` does. Raises NoIndexError until something is published."""
        return talk.ask(self.searcher(), question, k)

    def searcher(self) -> Searcher:
        """Return the searcher over the newest generation that has been opened."""
        with self._lock:  # of several first questions one opens it
            if self._searcher is None:
                self._follow()
                # Beside the questions: none has to wait until a new generation is verified and opened.
                threading.Thread(target=_keep_following, args=(weakref.ref(self),), daemon=True).start()
            assert self._searcher is not None
            return self._searcher

    def _follow(self) -> None:
        """Open the serving generation if it is another one; keep the old one where it cannot be opened."""
        stamp = self._stamp()
        if self._searcher is not None and stamp in (self._seen, None):
            return
        try:
            if self._encoder is None:
                self._encoder = self._open_encoder()
            self._searcher = Searcher.open(
                self._data_dir, self._encoder, self._settings, reranker=self._reranker
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

    def _stamp(self) -> tuple[int, int, bytes] | None:
        """Return what changes with every publication, also after the folder was made anew.

        Neither the file's number, which may come again, nor its time would do alone: clocks are set back.
        """
        try:
            with (self._data_dir / "CURRENT").open("rb") as pointer:
                status = os.fstat(pointer.fileno())
                return status.st_ino, status.st_mtime_ns, pointer.read()
        except OSError:
            return None


def _keep_following(searcher: weakref.ref[LiveSearcher]) -> None:
    """Follow what is published until nobody has the searcher any more."""
    while True:
        time.sleep(_LOOK_EVERY)
        live = searcher()
        if live is None:
            return
        try:
            live._follow()
        except Exception:
            _log.exception("a new generation could not be opened")
        del live

"""Stores to be tested: the embedded one, milvus-lite in a file, and a server of it on loopback."""

from __future__ import annotations

import importlib.util
import itertools
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config import SearchSettings, StoreSettings
from retrieval.embedded_store import EmbeddedStore
from retrieval.fusion import FITTED
from retrieval.live import LiveSearcher
from retrieval.milvus.link import Link
from retrieval.milvus.publishing import Published, publish
from retrieval.opening import Holdings, Source, open_holdings, open_source
from retrieval.rollback import roll_back
from retrieval.searcher import Searcher

from .building import index
from .encoding import PairEncoder

PATIENCE_S = 60.0
_THERE = all(importlib.util.find_spec(name) for name in ("pymilvus", "milvus_lite", "jieba"))
needs_milvus = pytest.mark.skipif(not _THERE, reason="needs pip install 'huiwen[milvus]'")
# What packages of the server do at their import is theirs.
lenient = pytest.mark.filterwarnings("default")
_numbers = itertools.count(1)


class LiteServer:
    """`milvus-lite server` on loopback, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-c", "from milvus_lite.cmdline import main; main()", "server"]
        command += ["--data-dir", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self._folder.parent / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._process.poll() is None and time.monotonic() < until
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class Home:
    """An archive with a store of its own."""

    folder: Path
    """Of articles."""
    data: Path
    store: StoreSettings
    encoder: PairEncoder = field(default_factory=PairEncoder)

    def index(self, *, full: bool = False) -> Published | None:
        """Bring index and store up to date."""
        index(self.data, self.folder, full=full, encoder=self.encoder)
        return self.publish()

    def publish(self) -> Published | None:
        if not self.store.uri:
            return None
        link = Link(self.store)
        try:
            return publish(link, self.data, self.store.writer)
        finally:
            link.close()

    def roll_back(self, number: int | None = None) -> int:
        generation = roll_back(self.data, number).generation
        self.publish()
        return generation

    def source(self) -> Source:
        return open_source(self._read_from, self.store)

    def searcher(self) -> Searcher:
        return Searcher(self.source().open(self.encoder), SearchSettings(), FITTED)

    def embedded(self) -> Searcher:
        """Return what the store is held against."""
        return Searcher(EmbeddedStore.open(self.data, self.encoder), SearchSettings(), FITTED)

    def holdings(self) -> Holdings:
        return open_holdings(self._read_from, self.store)

    def live(self) -> LiveSearcher:
        return LiveSearcher.open(self._read_from, PairEncoder, store=self.store)

    @property
    def _read_from(self) -> Path:
        """Return the folder of who only reads: of a server nothing else is needed."""
        return self.data if not self.store.uri else self.data.parent / "elsewhere"


def new_home(place: Path, uri: str, *, timeout: float = 30.0) -> Home:
    """Return an archive without articles; on a server its collections are its own."""
    folder = place / "articles"
    folder.mkdir()
    prefix = f"t{os.getpid()}_{next(_numbers)}"
    return Home(folder, place / "data", StoreSettings(uri=uri, timeout=timeout, prefix=prefix))

"""Opening what serves, from the disk or from a server, as the settings say."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from config import StoreSettings
from embeddings import Encoder
from retrieval.serving import Serving, find_serving

if TYPE_CHECKING:
    from retrieval.sources import Problem
    from retrieval.store import Articles, Store


class Source(Protocol):
    """Where generations are published."""

    @property
    def look_every(self) -> float:
        """Seconds between looks at what serves."""
        ...

    def stamp(self) -> object | None:
        """Return what changes with every publication, None where that cannot be told now."""
        ...

    def open(self, encoder: Encoder | None) -> Store:
        """Return what serves; without an encoder its usual one is taken.

        Raises NoIndexError, BrokenIndexError, StoreError, EncoderMismatchError, EmbeddingError.
        """
        ...


class Holdings(NamedTuple):
    """What serves, to be read rather than searched."""

    generation: int
    created: str
    """UTC, ISO 8601."""
    model: str
    fingerprint: str
    counts: Mapping[str, int]
    articles: Articles
    problems: Sequence[Problem] = ()
    """What could not be read, where that is known."""
    damage: str = ""
    """Of what should serve and cannot."""


class DiskSource:
    """The generations in a folder."""

    look_every = 0.5
    """One small file is looked at."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def stamp(self) -> tuple[int, int, bytes] | None:
        """Return what changes with every publication, also after the folder was made anew.

        Neither the file's number, which may come again, nor its time would do alone: clocks are set back.
        """
        try:
            with (self._data_dir / "CURRENT").open("rb") as pointer:
                status = os.fstat(pointer.fileno())
                return status.st_ino, status.st_mtime_ns, pointer.read()
        except OSError:
            return None

    def open(self, encoder: Encoder | None) -> Store:
        """Return the serving generation, verified."""
        from retrieval.embedded_store import EmbeddedStore

        return EmbeddedStore.open(self._data_dir, encoder)


def open_source(data_dir: Path, store: StoreSettings) -> Source:
    """Return where generations come from: the server that is set, else the disk."""
    if not store.uri:
        return DiskSource(data_dir)
    from retrieval.milvus.source import MilvusSource  # what is not used is not loaded

    return MilvusSource(store)


def open_holdings(data_dir: Path, store: StoreSettings) -> Holdings:
    """Return what serves, to be read. Raises NoIndexError, BrokenIndexError, StoreError."""
    if store.uri:
        from retrieval.milvus.source import MilvusSource

        return MilvusSource(store).holdings()
    from retrieval.sources import Sources  # a question asks for none of it

    serving = find_serving(data_dir)
    manifest = serving.manifest
    catalog = serving.open_catalog()
    weakref.finalize(catalog, _close, serving, catalog.connections)
    with closing(Sources.open(serving.folder)) as sources:
        problems = sources.problems()
    return Holdings(
        manifest.generation,
        manifest.created,
        manifest.model,
        manifest.fingerprint,
        manifest.counts,
        catalog,
        problems,
        str(serving.damage or ""),
    )


def _close(serving: Serving, connections: Sequence[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()
    serving.lease.close()

"""Vectors of texts that were encoded before, so that a text is encoded once however often it comes."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from .encoder import Vectors

_SCHEMA_VERSION = 1
_SCHEMA = f"""
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, model INTEGER NOT NULL, vector BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS vectors_of_a_model ON vectors (model);
    PRAGMA user_version = {_SCHEMA_VERSION};
    COMMIT;
"""
_LOOKUP = 500  # older SQLite takes at most 999 parameters
_BATCH = 512  # texts that an interruption may lose
_WAIT = 30.0  # seconds for another process to finish writing

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

Encode = Callable[[Sequence[str]], Vectors]
Progress = Callable[[int, int], None]


class VectorCache:
    """Keeps float32 vectors by model and text in one SQLite file; several processes may use it at once.

    It never stands in the way: a damaged file is set aside and begun anew, and where nothing can be
    written the texts are encoded all the same. A log line says so in both cases.
    """

    def __init__(self, path: Path, fingerprint: str, dim: int) -> None:
        """Open or make the file at `path` for vectors of `dim` components by the model `fingerprint`."""
        self._path = path
        self._model = _model_number(fingerprint)
        self._salt = hashlib.blake2b(fingerprint.encode(), digest_size=16).digest()
        self._dim = dim
        self._lock = threading.Lock()
        self._connection = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def get_or_encode(
        self, texts: Sequence[str], encode: Encode, *, progress: Progress | None = None
    ) -> Vectors:
        """Return the vectors of `texts`, float32 (n, dim), calling `encode` for each unknown text once.

        What is encoded is kept batch by batch, so an interruption loses little. `progress` is told how
        many of how many unknown texts are done, first with 0 done.
        """
        keys = [_key(text, self._salt) for text in texts]
        first: dict[bytes, str] = {}
        for key, text in zip(keys, texts, strict=True):
            first.setdefault(key, text)
        unique = list(first)
        vectors: Vectors = np.empty((len(unique), self._dim), dtype=np.float32)
        missing = self._look_up(unique, vectors)
        if progress is not None and missing:
            progress(0, len(missing))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors[batch] = encode([first[unique[at]] for at in batch])
            self._store([unique[at] for at in batch], vectors[batch])
            if progress is not None:
                progress(start + len(batch), len(missing))
        if len(unique) == len(keys):
            return vectors
        place = {key: at for at, key in enumerate(unique)}
        return vectors[[place[key] for key in keys]]

    def recall(self, texts: Iterable[str]) -> dict[str, bytes]:
        """Return what `keep` was given for these texts, as far as it is there."""
        keys = {_key(text, self._salt): text for text in texts}
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _LOOKUP):
            wanted = list(keys)[start : start + _LOOKUP]
            nothing: dict[bytes, bytes] = {}
            stored = self._guarded(partial(self._select, wanted), nothing)
            found.update((keys[key], blob) for key, blob in stored.items())
        return found

    def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Store what a model made of texts, in whatever form the caller gives it."""
        rows = [(_key(text, self._salt), self._model, blob) for text, blob in blobs.items()]
        self._guarded(partial(self._insert, rows), None)

    def prune(self, keep_fingerprints: Iterable[str]) -> int:
        """Forget the vectors of all models but these; return how many were forgotten."""
        keep = [_model_number(fingerprint) for fingerprint in keep_fingerprints]
        return self._guarded(partial(self._delete, keep), 0)

    def _look_up(self, keys: list[bytes], vectors: Vectors) -> list[int]:
        """Fill the rows of `vectors` that are known; return the numbers of the others."""
        missing: list[int] = []
        for start in range(0, len(keys), _LOOKUP):
            wanted = keys[start : start + _LOOKUP]
            nothing: dict[bytes, bytes] = {}
            found = self._guarded(partial(self._select, wanted), nothing)
            for at, key in enumerate(wanted, start):
                stored = found.get(key, b"")
                if len(stored) == 4 * self._dim:
                    vectors[at] = np.frombuffer(stored, dtype="<f4")
                else:
                    missing.append(at)
        return missing

    def _select(self, keys: list[bytes]) -> dict[bytes, bytes]:
        marks = ", ".join("?" * len(keys))
        return dict(self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys))

    def _store(self, keys: list[bytes], vectors: Vectors) -> None:
        rows = [
            (key, self._model, vector.astype("<f4", copy=False).tobytes())
            for key, vector in zip(keys, vectors, strict=True)
        ]
        self._guarded(partial(self._insert, rows), None)

    def _insert(self, rows: list[tuple[bytes, int, bytes]]) -> None:
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def _delete(self, keep: list[int]) -> int:
        marks = ", ".join("?" * len(keep))
        with self._connection:
            deleted = self._connection.execute(f"DELETE FROM vectors WHERE model NOT IN ({marks})", keep)
        self._connection.execute("PRAGMA incremental_vacuum").fetchall()
        return deleted.rowcount

    def _guarded(self, work: Callable[[], _T], otherwise: _T) -> _T:
        """Return what `work` returns; where the file fails, `otherwise`."""
        with self._lock:
            try:
                return work()
            except sqlite3.OperationalError as error:
                _log.warning("the cache of vectors %s cannot be used now: %s", self._path, error)
            except sqlite3.DatabaseError as error:
                self._connection.close()
                _set_aside(self._path, error)
                self._connection = self._open()
        return otherwise

    def _open(self) -> sqlite3.Connection:
        """Return a connection to the file, to a new one where it is damaged, or to one in memory."""
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return _connect(self._path)
            except (sqlite3.OperationalError, OSError) as error:
                _log.warning("the cache of vectors %s cannot be opened: %s", self._path, error)
                break
            except sqlite3.DatabaseError as error:
                _set_aside(self._path, error)
        return _connect(Path(":memory:"))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(_SCHEMA)
        elif version != _SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"version {version} is not known")
        # After a power cut the last vectors may be gone; they are encoded again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("SELECT key, model, vector FROM vectors LIMIT 1").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: Path, error: sqlite3.Error) -> None:
    aside = next(
        name for number in count(1) if not (name := path.with_name(f"{path.name}.damaged-{number}")).exists()
    )
    try:
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as failure:
        _log.warning("the cache of vectors %s is damaged (%s) and stays: %s", path, error, failure)
    else:
        _log.warning("the cache of vectors is damaged (%s): set aside as %s, begun anew", error, aside)


def _key(text: str, salt: bytes) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, salt=salt).digest()


def _model_number(fingerprint: str) -> int:
    digest = hashlib.blake2b(fingerprint.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)

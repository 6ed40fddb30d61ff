"""The way to a Milvus server: connects when first needed, and tells what goes wrong in a line."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from config import StoreSettings
from retrieval.errors import StoreError

if TYPE_CHECKING:
    from pymilvus import MilvusClient

_BM25_SINCE = (2, 5)  # of the server
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
# Its own, a sign of life every 10 s, makes servers hang up on calls that take long.
_OPTIONS = {
    "grpc.keepalive_time_ms": 120_000,
    "grpc.keepalive_permit_without_calls": 0,
    # A server that is back is found within moments, however long it was away.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.min_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 2000,
}
_AWAY_FOR = 2.0  # seconds
_READING = ("query", "search", "hybrid_search", "get")
_WRITING_TAKES = 10  # times as long as reading: texts are cut into words, indexes are made
_NOT_LOADED = ("call load()", "not loaded", "collection not load", "has not been loaded")
_AT_ONCE = 1000  # keys in one request
_MOST_BYTES = 8 << 20  # of rows in one request; servers refuse 64 megabytes
_AWAY = (
    "unavailable",
    "timeout",
    "deadline",
    "fail connecting",
    "closed channel",
    "not ready",
    "connectionnotexist",
)
_DENIED = ("auth check", "unauthenticated", "permission", "privilege", "not authenticated")

Row = dict[str, Any]
T = TypeVar("T")


class Link:
    """Talks to one server. Safe to use from several threads."""

    def __init__(self, settings: StoreSettings) -> None:
        """Take where the server is; nothing is asked of it yet."""
        self._settings = settings
        self._client: MilvusClient | None = None
        self._lock = threading.Lock()
        self._version: tuple[int, ...] | None = None
        self._away: tuple[float, StoreError] | None = None
        """Until when the server counts as away, so that not each of many questions waits to find it out."""

    @property
    def uri(self) -> str:
        """Return where the server is."""
        return self._settings.uri

    def name(self, *parts: str) -> str:
        """Return the name of a collection of ours."""
        return "_".join((self._settings.prefix, *parts))

    @property
    def version(self) -> str:
        """Return the server's version. Raises StoreError."""
        found: str = self._ask(lambda client, timeout: client.get_server_version(timeout=timeout))
        return found

    @property
    def has_bm25(self) -> bool:
        """Return whether the server finds by words. Raises StoreError."""
        if self._version is None:
            found = re.search(r"(\d+)\.(\d+)", self.version)
            self._version = (int(found[1]), int(found[2])) if found else (0,)
        return self._version >= _BM25_SINCE

    def collections(self) -> list[str]:
        """Return the names of our collections. Raises StoreError."""
        found: list[str] = self._ask(lambda client, timeout: client.list_collections(timeout=timeout))
        return sorted(name for name in found if name.startswith(f"{self._settings.prefix}_"))

    def run(self, method: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401  whatever pymilvus returns
        """Return what a method of pymilvus' client does, within the time allowed. Raises StoreError.

        What cannot be reached is tried again, so only what may be done twice is to be asked for.
        """
        times = 1 if method in _READING else _WRITING_TAKES

        def do(client: MilvusClient, timeout: float) -> Any:  # noqa: ANN401
            return getattr(client, method)(*given, timeout=times * timeout, **named)

        def loading(client: MilvusClient, timeout: float) -> Any:  # noqa: ANN401
            try:
                return do(client, timeout)
            except Exception as error:
                # A server that was started anew keeps collections on disk until they are asked for.
                if not _is_theirs(error) or not any(word in str(error).lower() for word in _NOT_LOADED):
                    raise
                client.load_collection(given[0], timeout=timeout)
                return do(client, timeout)

        return self._ask(loading if method in _READING else do)

    def get(self, collection: str, keys: Sequence[str], *fields: str) -> list[Row]:
        """Return the rows of a collection that have these keys, in no order. Raises StoreError."""
        found: list[Row] = []
        for start in range(0, len(keys), _AT_ONCE):
            part = list(keys[start : start + _AT_ONCE])
            found += self.run("query", collection, ids=part, output_fields=list(fields))
        return found

    def put(self, collection: str, rows: Iterable[Row], size: Callable[[Row], int]) -> int:
        """Write rows, those that are there already anew; return how many. Raises StoreError.

        `size` tells about how many bytes a row has.
        """
        count = 0
        batch: list[Row] = []
        room = _MOST_BYTES
        for row in rows:
            bytes_ = size(row)
            if batch and (bytes_ > room or len(batch) == _AT_ONCE):
                self.run("upsert", collection, batch)
                batch, room = [], _MOST_BYTES
            batch.append(row)
            room -= bytes_
            count += 1
        if batch:
            self.run("upsert", collection, batch)
        return count

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ask(self, do: Callable[[MilvusClient, float], T]) -> T:
        started = time.monotonic()
        until = started + self._settings.timeout
        if self._away is not None and started < self._away[0]:
            raise StoreError(str(self._away[1]))
        pause = _FIRST_PAUSE
        while True:
            left = max(until - time.monotonic(), 0.1)
            try:
                return do(self._connected(left), left)
            except Exception as error:
                if not _is_theirs(error):
                    raise
                told = self._told(error)
                if not _is_away(error):
                    raise told from None
                if time.monotonic() + pause >= until:
                    self._away = time.monotonic() + _AWAY_FOR, told
                    raise told from None
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _connected(self, timeout: float) -> MilvusClient:
        with self._lock:
            if self._client is None:
                self._client = self._connect(timeout)
            return self._client

    def _connect(self, timeout: float) -> MilvusClient:
        try:
            from pymilvus import MilvusClient
        except ImportError:
            raise StoreError(
                "store.uri is set, and pymilvus is missing; run `pip install 'huiwen[milvus]'`"
            ) from None
        for name in ("pymilvus", "milvus_lite"):  # what they would say is said by the error
            logging.getLogger(name).setLevel(logging.CRITICAL)
        settings = self._settings
        token = settings.token.get_secret_value() if settings.token is not None else ""
        return MilvusClient(
            settings.uri,
            token=token,
            db_name=settings.database,
            timeout=timeout,
            grpc_options=_OPTIONS,
        )

    def _told(self, error: Exception) -> StoreError:
        token = self._settings.token
        said = " ".join(str(getattr(error, "message", "") or error).split())
        if token is not None and token.get_secret_value():
            said = said.replace(token.get_secret_value(), "…")
        said = said[:300]
        if self.uri.endswith(".db") and ("local milvus" in said or "illegal connection" in said):
            return StoreError(
                f"{self.uri} cannot be opened: another process has it open, or milvus-lite did not make it;"
                " only one process at a time may have such a file, for more run `milvus-lite server`"
            )
        if any(word in said.lower() for word in _DENIED):
            return StoreError(f"the store at {self.uri} refuses us ({said}); see store.token")
        if _is_away(error):
            return StoreError(
                f"the store at {self.uri} does not answer within {self._settings.timeout:g} s; see that it"
                " runs and that store.uri is its address, or set store.timeout higher"
            )
        return StoreError(f"the store at {self.uri} says: {said}")


def _is_theirs(error: Exception) -> bool:
    """Tell whether an error comes from the server or from the way there."""
    origin = type(error).__module__.partition(".")[0]
    return origin in ("pymilvus", "grpc") or isinstance(error, ConnectionError | TimeoutError)


def _is_away(error: Exception) -> bool:
    """Tell whether an error says that the server cannot be reached now."""
    said = f"{type(error).__name__} {error}".lower()
    return any(word in said for word in _AWAY)

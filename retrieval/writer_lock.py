"""One writer at a time, and who that is."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import BusyError

_LOCK, _HOLDER = "writer.lock", "writer.json"


@contextmanager
def writing(data_dir: Path, *, wait: bool) -> Iterator[None]:
    """Be the one that writes the index in `data_dir`. Raises BusyError where another is, unless to `wait`."""
    lock = FileLock(data_dir / _LOCK)
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise BusyError(
            f"another huiwen{_holder(data_dir)} is writing the index in {data_dir}; try again when it is"
            " done, or wait for it with --wait"
        ) from None
    holder = data_dir / _HOLDER
    try:
        with suppress(OSError):  # it only helps to tell
            holder.unlink(missing_ok=True)  # of one that was killed, who may be another user
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            record = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
            holder.write_text(json.dumps(record), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(data_dir: Path) -> str:
    """Return who writes and since when, as far as that can be told."""
    try:
        record = json.loads((data_dir / _HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(record["since"])
        here = "" if record["host"] == socket.gethostname() else f" on {record['host']}"
        return f" (process {int(record['pid'])}{here}, since {since:%Y-%m-%d %H:%M:%S})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""

"""Telling when files that come or change are whole: when they have been at rest for a while."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retrieval.reading import find_files

Look = tuple[int, int, int] | int | None
"""What was seen at a path: a file's size, time and number; a folder's files in one number; nothing there."""

_PATIENCE = 120.0  # seconds that what is at rest waits for what is not: files may come without end


@dataclass(slots=True)
class _Change:
    look: Look
    noted: float
    since: float
    """When it was last seen to change."""
    rested: bool = False


class Settling:
    """Paths that have changed, until they have been the same for `settle` seconds and are dealt with.

    Times are taken from `clock` alone: those of files come from other machines, or from a clock set back.
    """

    def __init__(
        self,
        settle: float,
        *,
        leave_out: str = "",
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settle = settle
        self._leave_out = leave_out
        self._patience = patience
        self._clock = clock
        self._changes: dict[str, _Change] = {}

    def note(self, path: str) -> Look:
        """Take down that a file or folder has come, changed or gone; return what is there now."""
        look = look_at(path, self._leave_out)
        now = self._clock()
        before = self._changes.get(path)
        self._changes[path] = _Change(look, before.noted if before else now, now)
        return look

    def rested(self) -> bool:
        """Return whether there is something to deal with, all of it at rest or some of it for long."""
        now = self._clock()
        for path, change in self._changes.items():
            if change.rested or now - change.since < self._settle:
                continue
            look = look_at(path, self._leave_out)
            if look == change.look:
                change.rested = True
            else:
                change.look, change.since = look, now
        return bool(self._changes) and (not self.changing() or self._waited_long(now))

    def changing(self) -> bool:
        """Return whether something is not at rest."""
        return not all(change.rested for change in self._changes.values())

    def impatient(self) -> bool:
        """Return whether what is at rest has waited long enough for the rest of it."""
        return self._waited_long(self._clock())

    def dealt_with(self) -> None:
        """Forget what was at rest when it was last asked; what has changed again since stays."""
        self._changes = {path: change for path, change in self._changes.items() if not change.rested}

    def _waited_long(self, now: float) -> bool:
        return any(change.rested and now - change.noted > self._patience for change in self._changes.values())


def look_at(path: str, leave_out: str = "") -> Look:
    """Return what is at `path` now, but for what is below `leave_out`, unless it is itself."""
    try:
        status = os.stat(path)
        if not stat.S_ISDIR(status.st_mode):
            return status.st_size, status.st_mtime_ns, status.st_ino
        below = [str(file) for file in find_files(Path(path))]
    except OSError:
        return None
    inside = leave_out + os.sep
    return hash(
        tuple(
            (file, look_at(file) if file != path else None)  # a folder that cannot be read names itself
            for file in below
            if not leave_out or path.startswith(inside) or not file.startswith(inside)
        )
    )

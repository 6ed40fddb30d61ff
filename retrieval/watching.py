"""Noticing what changes below folders of articles, on whatever disk they are."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from watchfiles import watch
from watchfiles.main import FileChange

from retrieval.folders import is_passing
from retrieval.settling import Look, Settling, look_at

_TICK_MS = 100  # how long to wait for the system to tell of changes before looking at anything else
_TOGETHER_MS = 200  # changes are taken together for so long at most
_STEP_MS = 50
_POLL_MS = 1000  # between looks by watchfiles, where it must look for itself (WSL, WATCHFILES_FORCE_POLLING)
_BLIND_POLL = 10.0  # seconds between our own looks where nothing tells of changes

_Identity = tuple[int, ...]
"""Begins with whether it is a folder."""


class Watch:
    """Tells when what lies below some roots has changed and has come to rest.

    The system tells of changes (inotify and its like, by way of watchfiles) where it can. It cannot for what
    other machines do on a network disk, nor beyond its limit of watches; so all files are looked at now and
    then as well. Roots may be missing, vanish, come back and be mounted over.
    """

    def __init__(self, *, settle: float, poll: float, leave_out: Path) -> None:
        self._poll = poll
        self._leave_out = os.path.abspath(leave_out)
        self._settling = Settling(settle, leave_out=self._leave_out)
        self.roots: tuple[str, ...] = ()
        """Absolute paths, sorted."""
        self._identities: dict[str, _Identity] = {}
        self._looks: dict[str, Look] = {}
        self._events: Generator[set[FileChange], None, None] | None = None
        self._stale = False
        self._next_poll = time.monotonic() + poll
        self.blind = ""
        """Why the system cannot tell of changes; empty where it can."""

    def follow(self, roots: Iterable[str]) -> None:
        """Watch these files and folders, absolute paths, from now on; those that are new count as changed."""
        wanted = tuple(sorted(set(roots)))
        fresh = [root for root in wanted if root not in self.roots]
        if wanted != self.roots:
            self.roots, self._stale = wanted, True
            self._look_at_roots(fresh)

    def missing(self) -> list[str]:
        """Return the roots that are not there."""
        return [root for root in self.roots if root not in self._identities]

    def wait(self, seconds: float) -> bool:
        """Return True as soon as something has changed and is at rest, False after `seconds` without."""
        deadline = time.monotonic() + seconds
        while True:
            self._listen()
            self._look_at_roots()
            self._look_at_all()
            if self._settling.rested():
                return True
            if time.monotonic() >= deadline:
                return False

    def disturbed(self) -> bool:
        """Return whether something has changed that is not at rest, and that may still be waited for."""
        self._listen()
        return self._settling.changing() and not self._settling.impatient()

    def dealt_with(self) -> None:
        """Forget the changes that `wait` told of; what has changed since is told of later."""
        self._settling.dealt_with()

    def close(self) -> None:
        """Stop watching."""
        if self._events is not None:
            self._events.close()
            self._events = None

    def _listen(self) -> None:
        """Note what the system tells of; wait a moment for it."""
        if self._events is None:
            time.sleep(_TICK_MS / 1000)
            return
        try:
            changes = next(self._events)
        except (StopIteration, OSError, RuntimeError):  # armed anew, it may say why
            self._stale = True
            time.sleep(_TICK_MS / 1000)
            return
        for path in {path for _, path in changes}:
            self._hear_of(path)

    def _hear_of(self, path: str) -> None:
        if path in self.roots:
            self._stale = True  # replaced by another of the same name; the system watches the old one
            self._settling.note(path)
        above = [root for root in self.roots if _is_below(path, root)]
        if _is_below(path, self._leave_out):
            above = [root for root in above if root != self._leave_out and _is_below(root, self._leave_out)]
            if not above:
                return
        if not above:  # told of under another name than we know it by
            for root in self.roots:
                self._settling.note(root)
        elif not any(map(is_passing, os.path.relpath(path, above[-1]).split(os.sep))):
            self._settling.note(path)

    def _look_at_roots(self, fresh: Sequence[str] = ()) -> None:
        """See which roots are there, and watch anew where these are others than before."""
        before, now = self._identities, {}
        for root in self.roots:
            if (found := _identity(root)) is not None:
                now[root] = found
        self._identities = now
        folders = {root: found for root, found in now.items() if found[0]}
        if self._stale or folders != {root: found for root, found in before.items() if found[0]}:
            self._arm(list(folders))
        for root in self.roots:
            if root in fresh or now.get(root) != before.get(root):
                self._note_root(root)

    def _arm(self, folders: Sequence[str]) -> None:
        self.close()
        self.blind, self._stale = "", False
        self._next_poll = time.monotonic()  # what came between the old and the new is found by looking
        if not folders:
            return
        events = watch(
            *folders,
            watch_filter=None,  # with one, nothing would come while nothing but the unwanted happens
            debounce=_TOGETHER_MS,
            step=_STEP_MS,
            rust_timeout=_TICK_MS,
            yield_on_timeout=True,
            poll_delay_ms=_POLL_MS,
            ignore_permission_denied=True,
        )
        try:
            first = next(events)  # nothing is watched before
        except FileNotFoundError:  # gone this moment
            self._stale = True
        except (OSError, RuntimeError) as error:
            self.blind = str(error)
        else:
            self._events = events
            for path in {path for _, path in first}:
                self._hear_of(path)

    def _look_at_all(self) -> None:
        """Look for changes that the system has not told of, if it is time."""
        if time.monotonic() < self._next_poll:
            return
        for root in self.roots:
            if look_at(root, self._leave_out) != self._looks.get(root):
                self._note_root(root)
        self._next_poll = time.monotonic() + (min(self._poll, _BLIND_POLL) if self.blind else self._poll)

    def _note_root(self, root: str) -> None:
        self._looks[root] = self._settling.note(root)


def _identity(root: str) -> _Identity | None:
    """Return what tells that a root is another than before: a file's content counts, a folder's does not."""
    try:
        status = os.stat(root)
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return True, status.st_dev, status.st_ino
    return False, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)

"""`huiwen index --watch`: the index follows what comes, changes and goes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bot.console import print_json, progress, say
from bot.indexing import plan_of, summary
from bot.reasons import reason
from bot.store_copying import copy_to_store, writing_store
from config import Settings
from embeddings import open_encoder
from retrieval.builder import Plan, Report, build
from retrieval.errors import BadQueryError, BusyError
from retrieval.scan import printable
from retrieval.serving import remembered_roots
from retrieval.watching import Watch

if TYPE_CHECKING:
    from retrieval.segment_writer import Progress

_LOOK_EVERY = 1.0  # seconds between looks at whether another run has named more folders
_BUSY_PAUSE = 1.0  # seconds until the lock is tried again
_FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 600.0  # seconds until a failed run is tried again, doubled each time
_PROBLEMS = 3  # told in a line


def watch(settings: Settings, paths: Sequence[Path], *, full: bool, retry: bool, as_json: bool) -> int:
    """Keep the index up to date until SIGINT or SIGTERM, which leave it as it is. Return the exit status.

    Raises BadQueryError where nothing tells what to watch.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    index = settings.index
    changes = Watch(settle=index.watch_settle, poll=index.watch_poll, leave_out=settings.data_dir)
    try:
        with closing(changes):
            plan = plan_of(settings, full=full, retry=retry)
            _Upkeep(settings, paths or settings.articles.paths, changes, plan, as_json).run()
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the rest is short
        say("stopped watching")
        return 0


class _Disturbed(Exception):
    """Something changed while it was read."""


class _Upkeep:
    """One run after another."""

    def __init__(
        self,
        settings: Settings,
        paths: Sequence[Path],
        changes: Watch,
        plan: Plan,
        as_json: bool,
    ) -> None:
        self._data_dir, self._store = settings.data_dir, writing_store(settings)
        self._plan = plan
        self._paths = [Path(os.path.abspath(path)) for path in paths]
        self._encoder = open_encoder(settings.embedding)  # loads at the first text, and stays
        self._changes = changes
        self._as_json = as_json
        self._seen: tuple[int, int] | None = None
        self._remembered: list[str] = []
        self._told: frozenset[object] = frozenset()
        self._complaint = ""
        self._announced = ""
        self._pause = _FIRST_PAUSE
        self._again_at: float | None = None
        self._silent = False
        """Whether a run that changes nothing goes without saying."""

    def run(self) -> NoReturn:
        """Go on until interrupted."""
        self._follow()
        if not self._paths and not self._remembered and not self._inbox():
            raise BadQueryError("no folder of articles was named yet; run `huiwen index FOLDER --watch`")
        while True:
            self._announce()
            at_rest = self._changes.wait(_LOOK_EVERY)
            self._follow()
            if at_rest or (self._again_at is not None and time.monotonic() >= self._again_at):
                self._update()

    def _follow(self) -> None:
        """Watch what the index is of, which another process may have changed."""
        seen = _stamp(self._data_dir / "CURRENT")
        if seen != self._seen:
            self._seen = seen
            with suppress(
                OSError
            ):  # whatever is the matter with the index, the folders are still to be watched
                self._remembered = remembered_roots(self._data_dir) or self._remembered
        remembered = () if self._plan.full and self._paths else self._remembered
        self._changes.follow([*map(str, self._paths), *remembered, *self._inbox()])

    def _inbox(self) -> list[str]:
        """Return the folder that is always indexed, if it is there yet."""
        inbox = self._plan.inbox
        return [os.path.abspath(inbox)] if inbox is not None and os.path.isdir(inbox) else []

    def _announce(self) -> None:
        """Say what is watched, when it is other than before."""
        missing = self._changes.missing()
        there = [root for root in self._changes.roots if root not in missing]
        parts = [f"watching {', '.join(map(printable, there))}"] if there else []
        if missing:
            parts.append(f"waiting for {', '.join(map(printable, missing))}, which is not there")
        if self._changes.blind:
            parts.append(f"looking now and then, as the system tells of no change ({self._changes.blind})")
        line = "; ".join(parts)
        if line != self._announced:
            self._announced = line
            say(line)

    def _update(self) -> None:
        there = [path for path in self._paths if os.path.lexists(path)]
        if not there and not self._remembered and not self._inbox():
            self._changes.dealt_with()
            return
        try:
            with progress() as show:
                report = build(self._plan, there, self._encoder, self._watchful(show))
                copied = copy_to_store(self._store, self._data_dir, show)
        except _Disturbed:
            self._again_at = None
            return  # what came is waited for; the changes that led here are still to be dealt with
        except BusyError as error:
            self._fail(f"{str(error).partition(';')[0]}; waiting for it", _BUSY_PAUSE)
        except Exception as error:
            self._fail(reason(error), self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            self._succeed(report)
            if copied:
                say(copied)
        self._changes.dealt_with()

    def _watchful(self, show: Progress) -> Progress:
        """Return `show`, but that it breaks off the run if a file has changed while it was read."""
        looked = False

        def watchful(step: str, done: int, total: int) -> None:
            nonlocal looked
            if not looked and (step != "files" or done == total):  # all is read
                looked = True
                if self._changes.disturbed():
                    raise _Disturbed
            show(step, done, total)

        return watchful

    def _succeed(self, report: Report) -> None:
        self._plan = replace(self._plan, full=False, retry=False)
        self._again_at, self._pause, self._complaint = None, _FIRST_PAUSE, ""
        if report.published or not self._silent:
            say(summary(report) + self._news(report))
        self._silent = True
        self._told = frozenset(report.problems)
        if report.published and self._as_json:
            print_json(asdict(report))

    def _news(self, report: Report) -> str:
        """Return the problems that were not told of before."""
        fresh = [problem for problem in report.problems if problem not in self._told]
        lines = [f"{problem.file}: {problem.reason}" for problem in fresh[:_PROBLEMS]]
        if len(fresh) > _PROBLEMS:
            lines.append(f"{len(fresh) - _PROBLEMS} more, see `huiwen articles`")
        return "".join(f"; {line}" for line in lines)

    def _fail(self, complaint: str, pause: float) -> None:
        self._again_at = time.monotonic() + pause
        self._silent = False
        if complaint != self._complaint:  # the same again and again is no news
            self._complaint = complaint
            say(f"huiwen: {complaint}")


def _stamp(file: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        status = file.stat()
        return status.st_ino, status.st_mtime_ns
    return None


def _interrupt(number: int, frame: object) -> None:
    """End as Ctrl-C does, also where that is ignored or, for a moment, put off."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)

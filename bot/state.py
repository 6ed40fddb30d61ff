"""What is kept of people: languages, feedback and bans, in one SQLite file and by one thread.

The file is made when there is something to keep. A damaged one is set aside, which is told in one line.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.state_file import DROP_HITS, Feedback, connect, is_damage, rows_of, set_aside, transaction

_log = logging.getLogger(__name__)

FILE_NAME = "people.sqlite"

_DAY_S = 86_400
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted of a person."""

    language: bool
    feedback: int
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is kept."""

    languages: int
    bans: int
    good: int
    bad: int
    alerts: int = 0


class State:
    """Reads from memory, writes through its thread; whatever writes may raise sqlite3.Error."""

    def __init__(self, file: Path, keep_days: int = 0, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._keep_s = keep_days * _DAY_S
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "state")
        self._connection: sqlite3.Connection | None = None
        self._languages: dict[int, tuple[str, int]] = {}
        """Code and day of last use, by user."""
        self._bans: dict[int, tuple[int, int]] = {}
        """When and by whom, by user or chat."""
        self.watchers: dict[int, int] = {}
        """Day of last use by users who keep alerts."""

    @classmethod
    def open(cls, file: Path, keep_days: int = 0, clock: Callable[[], float] = time.time) -> State:
        """Return what is kept in `file`, which need not exist. Raises StateError where it cannot be used.

        What is older than `keep_days` is deleted; 0 keeps everything.
        """
        state = cls(file, keep_days, clock)
        try:
            if file.exists():
                state._thread.submit(state._guarded, state._load).result()
        except BaseException:
            state.close()
            raise
        return state

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.submit(self._disconnect).result()
        self._thread.shutdown()

    def language_of(self, user: int) -> str | None:
        """Return the language that a user has chosen."""
        found = self._languages.get(user)
        return found[0] if found else None

    def is_banned(self, subject: int) -> bool:
        """Tell whether a user or chat is banned."""
        return subject in self._bans

    def banned(self) -> list[int]:
        """Return who is banned, the latest first."""
        return sorted(self._bans, key=lambda subject: self._bans[subject], reverse=True)

    async def set_language(self, user: int, code: str | None) -> None:
        """Keep the language that a user has chosen, None for that of Telegram."""
        if code is None:
            await self._write("DELETE FROM languages WHERE user = ?", user)
            self._languages.pop(user, None)
            return
        await self._write("REPLACE INTO languages VALUES (?, ?, ?)", user, code, self._today())
        self._languages[user] = (code, self._today())

    async def touch(self, user: int) -> None:
        """Remember that a user is still there, so that language and alerts are kept on. To the day only."""
        kept, today = self._languages.get(user), self._today()
        if kept is not None and kept[1] != today:
            self._languages[user] = (kept[0], today)  # first, so that of many updates one writes
            await self._write("UPDATE languages SET used = ? WHERE user = ?", today, user)
        if self.watchers.get(user, today) != today:
            self.watchers[user] = today
            await self._write("UPDATE alerts SET used = ? WHERE user = ?", today, user)

    async def ban(self, subject: int, by: int) -> None:
        """Ban a user or chat."""
        row = (int(self._clock()), by)
        await self._write("REPLACE INTO bans VALUES (?, ?, ?)", subject, *row)
        self._bans[subject] = row

    async def unban(self, subject: int) -> bool:
        """Lift a ban, and tell whether there was one."""
        await self._write("DELETE FROM bans WHERE subject = ?", subject)
        return self._bans.pop(subject, None) is not None

    async def add_feedback(self, feedback: Feedback) -> None:
        """Keep what a user thinks of an answer; a second thought replaces the first."""
        row = rows_of(feedback)
        await self._write(f"REPLACE INTO feedback VALUES ({', '.join('?' * len(row))})", *row)

    async def forget(self, user: int) -> Forgotten:
        """Delete all that is kept of a user, bans aside, from the disk too."""

        def work(connection: sqlite3.Connection) -> Forgotten:
            with transaction(connection):
                language = connection.execute("DELETE FROM languages WHERE user = ?", (user,)).rowcount
                feedback = connection.execute("DELETE FROM feedback WHERE user = ?", (user,)).rowcount
                alerts = connection.execute("DELETE FROM alerts WHERE user = ?", (user,)).rowcount
                connection.execute(DROP_HITS)
                connection.execute("DELETE FROM quiet_hours WHERE user = ?", (user,))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log of changes has it still
            return Forgotten(language > 0, feedback, alerts)

        forgotten = await self._run(work)
        self._languages.pop(user, None)
        self.watchers.pop(user, None)
        return forgotten

    async def expire(self) -> None:
        """Delete what has been kept long enough."""
        if self._keep_s and self._file.exists():
            await self._run(self._expire)

    async def counts(self) -> Counts:
        """Return how much is kept."""

        def work(connection: sqlite3.Connection) -> Counts:
            found = dict(connection.execute("SELECT good, count(*) FROM feedback GROUP BY good"))
            (alerts,) = connection.execute("SELECT count(*) FROM alerts").fetchone()
            good, bad = found.get(1, 0), found.get(0, 0)
            return Counts(len(self._languages), len(self._bans), good, bad, alerts)

        return await self.run(work) if self._file.exists() else Counts(0, 0, 0, 0)

    @property
    def file_exists(self) -> bool:
        """Tell whether anything was ever kept."""
        return self._file.exists()

    def today(self) -> int:
        """Return when this day began, in seconds since 1970."""
        return self._today()

    async def run(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Return the result of `work`, done in the thread; it begins its transactions itself."""
        return await self._run(work)

    def _today(self) -> int:
        return int(self._clock()) // _DAY_S * _DAY_S

    async def _write(self, statement: str, *values: object) -> None:
        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(statement, values)

        await self._run(work)

    async def _run(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        return await asyncio.wrap_future(self._thread.submit(self._guarded, work))

    # In the thread.

    def _guarded(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Return the result of `work`; where the file turns out to be damaged, on a new one."""
        try:
            return work(self._open())
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            damage = str(error)
        self._disconnect()
        kept = set_aside(self._file)
        _log.error(
            "%s is damaged (%s) and set aside as %s; what is kept of people begins anew",
            self._file,
            damage,
            kept.name,
        )
        connection = self._open()
        with transaction(connection):  # what is known still
            languages = [(user, *row) for user, row in self._languages.items()]
            connection.executemany("REPLACE INTO languages VALUES (?, ?, ?)", languages)
            bans = [(subject, *row) for subject, row in self._bans.items()]
            connection.executemany("REPLACE INTO bans VALUES (?, ?, ?)", bans)
        return work(connection)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._file)
        return self._connection

    def _load(self, connection: sqlite3.Connection) -> None:
        self._expire(connection)
        self._languages = {row[0]: row[1:] for row in connection.execute("SELECT * FROM languages")}
        self._bans = {row[0]: row[1:] for row in connection.execute("SELECT * FROM bans")}
        self.watchers = dict(connection.execute("SELECT user, max(used) FROM alerts GROUP BY user"))

    def _expire(self, connection: sqlite3.Connection) -> None:
        if not self._keep_s:
            return
        oldest = int(self._clock()) - self._keep_s
        with transaction(connection):
            gone = connection.execute("DELETE FROM feedback WHERE time < ?", (oldest,)).rowcount
            users = connection.execute(
                "DELETE FROM languages WHERE used < ? RETURNING user", (oldest - _DAY_S,)
            ).fetchall()
            stopped = connection.execute("DELETE FROM alerts WHERE used < ?", (oldest - _DAY_S,)).rowcount
            connection.execute(DROP_HITS)
        for (user,) in users:
            self._languages.pop(user, None)
        if gone or users or stopped:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

"""The file of what is kept of people: its tables, its versions, and what to do when it is damaged."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

_WAIT_S = 5.0  # for another process that writes
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BESIDE = ("", "-wal", "-shm")

# One step a version; a step that was released is never changed.
_STEPS = (
    """
    CREATE TABLE languages (user INTEGER PRIMARY KEY, code TEXT NOT NULL, used INTEGER NOT NULL);
    CREATE TABLE bans (subject INTEGER PRIMARY KEY, time INTEGER NOT NULL, by INTEGER NOT NULL);
    CREATE TABLE feedback (user INTEGER NOT NULL, chat INTEGER NOT NULL, message INTEGER NOT NULL,
      passages TEXT NOT NULL, question TEXT NOT NULL, generation INTEGER NOT NULL, good INTEGER NOT NULL,
      time INTEGER NOT NULL, PRIMARY KEY (user, chat, message, passages)) WITHOUT ROWID;
    CREATE INDEX feedback_by_time ON feedback (time);
    """,
    """
    CREATE TABLE alerts (number INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL,
      chat INTEGER NOT NULL, topic INTEGER NOT NULL, question TEXT NOT NULL, language TEXT NOT NULL,
      used INTEGER NOT NULL, paused INTEGER NOT NULL DEFAULT 0, more INTEGER NOT NULL DEFAULT 0,
      model TEXT NOT NULL DEFAULT '', vector BLOB, UNIQUE (user, chat, topic, question));
    CREATE TABLE alert_hits (number INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL,
      hit TEXT NOT NULL);
    CREATE INDEX alert_hits_by_alert ON alert_hits (alert);
    CREATE TABLE quiet_hours (user INTEGER PRIMARY KEY, hours TEXT NOT NULL);
    CREATE TABLE seen (key INTEGER PRIMARY KEY);
    """,
)


DROP_HITS = "DELETE FROM alert_hits WHERE alert NOT IN (SELECT number FROM alerts)"
"""Deletes what waits to be told of alerts that are gone."""


class StateError(Exception):
    """The file cannot be used; the text is one line that says how to mend it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a user thinks of an answer."""

    user: int
    chat: int
    message: int
    """The number of the answer in its chat."""
    passages: tuple[tuple[str, int], ...]
    """What it showed: ids of articles and 1-based numbers of paragraphs."""
    question: str
    generation: int
    good: bool
    time: int
    """Seconds since 1970."""


def connect(file: Path) -> sqlite3.Connection:
    """Return a connection for one thread at a time, with the tables of our version.

    Raises StateError, and sqlite3.DatabaseError where the file is damaged.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.OperationalError) as error:
        raise StateError(f"{file}: cannot be opened ({error}); mend its permissions") from None
    try:
        os.chmod(file, 0o600)  # who asked what is nobody else's business
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a ban holds, whatever happens next
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone from the disk
        (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if health != "ok":
            damage = sqlite3.DatabaseError(health)
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage
        _bring_up(connection, file)
    except sqlite3.OperationalError as error:
        connection.close()
        raise StateError(f"{file}: cannot be opened ({error}); mend that and try again") from None
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Tell an error that another try on the same file would only repeat."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGED


def set_aside(file: Path) -> Path:
    """Rename a damaged file and what belongs to it; return its new name."""
    for number in count(1):
        aside = file.with_name(f"{file.name}.damaged-{number}")
        if not aside.exists():
            break
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            file.with_name(file.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write what the body writes, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def rows_of(feedback: Feedback) -> tuple[object, ...]:
    """Return feedback as a row of its table."""
    passages = json.dumps(feedback.passages, ensure_ascii=False)
    return (
        feedback.user,
        feedback.chat,
        feedback.message,
        passages,
        # A lone surrogate, which no client sends, could not be written.
        feedback.question.encode("utf-8", "replace").decode(),
        feedback.generation,
        int(feedback.good),
        feedback.time,
    )


def read_feedback(file: Path) -> list[Feedback]:
    """Return all feedback, the oldest first, also while a bot writes. Raises StateError."""
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            _require_version(connection, file)
            rows = connection.execute("SELECT * FROM feedback ORDER BY time, user, chat, message").fetchall()
    except sqlite3.Error as error:
        raise StateError(f"{file}: cannot be read ({error}); start `huiwen bot`, which mends it") from None
    return [_from_row(row) for row in rows]


def describe(file: Path) -> str:
    """Return what a file that is there holds, in a line, also while a bot writes. Raises StateError."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            version = _require_version(connection, file)
            (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if health != "ok":
                raise sqlite3.DatabaseError(health)
            tables = ("languages", "bans", "feedback") if version else ()  # else a bot was killed as it began
            counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    except sqlite3.OperationalError as error:
        raise StateError(f"{file}: cannot be read ({error}); mend its permissions") from None
    except sqlite3.Error as error:
        raise StateError(
            f"{file}: damaged ({error}); start `huiwen bot`, which sets it aside and begins anew"
        ) from None
    held = ", ".join(f"{count} {table}" for count, table in zip(counts, tables, strict=True))
    return f"version {version}, healthy: {held or 'nothing kept yet'}"


def _from_row(row: tuple[Any, ...]) -> Feedback:
    user, chat, message, passages, question, generation, good, time = row
    shown = tuple((article, paragraph) for article, paragraph in json.loads(passages))
    return Feedback(user, chat, message, shown, question, generation, bool(good), time)


def _bring_up(connection: sqlite3.Connection, file: Path) -> None:
    version = _require_version(connection, file)
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        with transaction(connection):
            if _require_version(connection, file) >= number:  # another process was faster
                continue
            for statement in step.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _require_version(connection: sqlite3.Connection, file: Path) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_STEPS):
        raise StateError(f"{file}: written by a newer huiwen; use that one, or move the file away")
    return int(version)

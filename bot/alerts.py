"""Questions that people keep to be told of new articles: what is stored of them.

What arrives is stored to be told before any of it is sent, and deleted when it has been: a crash in between
repeats one message. The other way round it would lose one, which nobody could notice.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

from bot.state import State
from bot.state_file import DROP_HITS, transaction
from retrieval.model import ArticleRef, Hit

_MOST_WAITING = 20  # hits of one alert that wait to be told; of more only the number is known
_COLUMNS = "number, user, chat, topic, question, language, paused, more"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody keeps a question, and is told."""

    user: int
    """Or the chat for which somebody writes."""
    chat: int
    topic: int = 0
    """Of a forum."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A question that is kept."""

    number: int
    place: Place
    question: str
    language: str
    """The code of the language in which it was kept."""
    paused: bool
    """Whether its chat did not let the bot write."""
    more: int
    """Articles that wait to be told beside the hits that are stored."""


class Keeping(Enum):
    """What came of keeping a question."""

    KEPT = auto()
    ALREADY = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is to be told of an alert."""

    hits: tuple[Hit, ...]
    articles: int
    """How many there are, those of `hits` included."""


class Alerts:
    """The alerts of all people, in the file of the state. Whatever it does may raise sqlite3.Error."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def keep(self, place: Place, question: str, language: str, most: int) -> Keeping:
        """Keep a question, unless the user has `most` of them. Paused ones of the chat go on again."""
        where = (place.user, place.chat, place.topic)
        today = self._state.today()

        def work(connection: sqlite3.Connection) -> Keeping:
            with transaction(connection):
                resume = "UPDATE alerts SET paused = 0, used = ? WHERE user = ? AND chat = ?"
                connection.execute(resume, (today, place.user, place.chat))
                find = "SELECT 1 FROM alerts WHERE user = ? AND chat = ? AND topic = ? AND question = ?"
                if connection.execute(find, (*where, question)).fetchone():
                    return Keeping.ALREADY
                count = "SELECT count(*) FROM alerts WHERE user = ?"
                if connection.execute(count, (place.user,)).fetchone()[0] >= most:
                    return Keeping.TOO_MANY
                insert = (
                    "INSERT INTO alerts (user, chat, topic, question, language, used) VALUES (?,?,?,?,?,?)"
                )
                connection.execute(insert, (*where, question, language, today))
                return Keeping.KEPT

        kept = await self._state.run(work)
        if kept is Keeping.KEPT:
            self._state.watchers[place.user] = today
        return kept

    async def of(self, user: int, chat: int | None = None) -> list[Alert]:
        """Return a user's alerts, the oldest first; only those of a chat where one is given."""
        find = f"SELECT {_COLUMNS} FROM alerts WHERE user = ? AND (chat = ? OR ? IS NULL) ORDER BY number"
        return [_alert(row) for row in await self._select(find, user, chat, chat)]

    async def get(self, number: int) -> Alert | None:
        """Return an alert."""
        rows = await self._select(f"SELECT {_COLUMNS} FROM alerts WHERE number = ?", number)
        return _alert(rows[0]) if rows else None

    async def stop(self, number: int) -> None:
        """Delete an alert."""
        await self._delete("number = ?", number)

    async def stop_all(self, user: int) -> int:
        """Delete all alerts of a user, and tell how many there were."""
        return await self._delete("user = ?", user)

    async def pause(self, chat: int) -> None:
        """Tell nothing more in a chat until somebody there keeps or lists alerts again."""
        await self._change(
            ("UPDATE alerts SET paused = 1, more = 0 WHERE chat = ?", (chat,)),
            ("DELETE FROM alert_hits WHERE alert IN (SELECT number FROM alerts WHERE chat = ?)", (chat,)),
        )

    async def resume(self, user: int, chat: int) -> None:
        """Go on with a user's alerts in a chat."""
        if self._state.file_exists:
            statement = "UPDATE alerts SET paused = 0 WHERE user = ? AND chat = ? AND paused"
            await self._change((statement, (user, chat)))

    async def move(self, chat: int, to: int) -> None:
        """Follow a group to its new number."""
        await self._change(
            ("UPDATE OR IGNORE alerts SET chat = ?, topic = 0 WHERE chat = ?", (to, chat)),
            ("DELETE FROM alerts WHERE chat = ?", (chat,)),  # which are there already
            (DROP_HITS, ()),
        )

    async def quiet_hours(self) -> dict[int, str]:
        """Return what users have chosen, empty for no quiet hours."""
        return dict(await self._select("SELECT user, hours FROM quiet_hours"))

    async def set_quiet_hours(self, user: int, hours: str) -> None:
        """Keep a user's choice."""
        await self._change(("REPLACE INTO quiet_hours VALUES (?, ?)", (user, hours)))

    async def standing(self) -> list[tuple[int, str, str, bytes | None]]:
        """Return number, question, model and vector of all alerts that are not paused."""
        return await self._select("SELECT number, question, model, vector FROM alerts WHERE NOT paused")

    async def any(self) -> bool:
        """Tell whether anybody keeps an alert."""
        return bool(await self._select("SELECT 1 FROM alerts LIMIT 1"))

    async def seen(self) -> list[int]:
        """Return what is remembered of articles (`retrieval.arrivals`)."""
        return [key for (key,) in await self._select("SELECT key FROM seen")]

    async def forget_seen(self) -> None:
        """Remember nothing of articles, as long as nobody keeps an alert."""
        if self._state.file_exists:
            await self._change(("DELETE FROM seen WHERE NOT EXISTS (SELECT 1 FROM alerts)", ()))

    async def arrived(
        self, seen: Iterable[int], arrived: Mapping[int, Arrived], model: str, vectors: Mapping[int, bytes]
    ) -> None:
        """Store what a look at a generation has brought, all of it or nothing."""

        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((key,) for key in seen))
                rows = ((model, vector, number) for number, vector in vectors.items())
                connection.executemany("UPDATE alerts SET model = ?, vector = ? WHERE number = ?", rows)
                for number, each in arrived.items():
                    _add(connection, number, each)

        await self._state.run(work)

    async def waiting(self) -> list[Alert]:
        """Return the alerts of which something is to be told, the longest waiting first."""
        columns = ", ".join(f"a.{column}" for column in _COLUMNS.split(", "))
        find = f"SELECT {columns} FROM alerts a JOIN alert_hits h ON h.alert = a.number WHERE NOT a.paused"
        return [_alert(row) for row in await self._select(f"{find} GROUP BY a.number ORDER BY min(h.number)")]

    async def hits(self, number: int) -> dict[int, Hit]:
        """Return what is to be told of an alert, by numbers for `told`."""
        rows = await self._select(
            "SELECT number, hit FROM alert_hits WHERE alert = ? ORDER BY number", number
        )
        return {row: _hit(json.loads(hit)) for row, hit in rows}

    async def told(self, alert: Alert, hits: Sequence[int]) -> None:
        """Delete what has been told; what has come since stays."""
        last = max(hits, default=0)
        await self._change(
            ("DELETE FROM alert_hits WHERE alert = ? AND number <= ?", (alert.number, last)),
            (
                "UPDATE alerts SET more = max(more - ?, 0), used = ? WHERE number = ?",
                (alert.more, self._state.today(), alert.number),
            ),
        )

    async def _delete(self, which: str, *values: object) -> int:
        if not self._state.file_exists:
            return 0

        def work(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                gone = connection.execute(f"DELETE FROM alerts WHERE {which}", values).rowcount
                connection.execute(DROP_HITS)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return gone

        return await self._state.run(work)

    async def _change(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                for statement, values in statements:
                    connection.execute(statement, values)

        await self._state.run(work)

    async def _select(self, find: str, *values: object) -> list[Any]:
        if not self._state.file_exists:
            return []
        return await self._state.run(lambda connection: connection.execute(find, values).fetchall())


def _add(connection: sqlite3.Connection, number: int, arrived: Arrived) -> None:
    """Store what is to be told, unless the alert was stopped meanwhile."""
    (there,) = connection.execute("SELECT count(*) FROM alert_hits WHERE alert = ?", (number,)).fetchone()
    stored = arrived.hits[: max(_MOST_WAITING - there, 0)]
    more = "UPDATE alerts SET more = more + ? WHERE number = ? AND NOT paused"
    if connection.execute(more, (arrived.articles - len(stored), number)).rowcount:
        rows = ((number, json.dumps(asdict(hit), ensure_ascii=True)) for hit in stored)
        connection.executemany("INSERT INTO alert_hits (alert, hit) VALUES (?, ?)", rows)


def _alert(row: tuple[Any, ...]) -> Alert:
    number, user, chat, topic, question, language, paused, more = row
    return Alert(number, Place(user, chat, topic), question, language, bool(paused), more)


def _hit(record: dict[str, Any]) -> Hit:
    article = {**record["article"], "also": tuple(record["article"]["also"])}
    return Hit(
        record["rank"],
        record["score"],
        ArticleRef(**article),
        record["paragraph"],
        record["text"],
        (record["highlight"][0], record["highlight"][1]),
    )

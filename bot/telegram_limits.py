"""How fast people may ask: buckets of tokens. Pure: time is given."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_KEPT = 20_000  # buckets; who has not asked for longest is forgotten first, and has a full one then anyway
_TINY = 1e-6  # of a token; what rounding takes is not waited for


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may ask now."""

    wait_s: float = 0.0
    """0 for now."""
    tell: bool = False
    """Whether to say so: once, until the next question that is let through."""


class Buckets:
    """A bucket for each person or chat, which fills at a steady rate up to the burst."""

    def __init__(self, per_minute: float, burst: int, kept: int = _KEPT) -> None:
        """Take how many tokens come a minute, 0 for no limit, and how many there are at most."""
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._kept = kept
        self._levels: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def wait(self, key: int, now: float) -> float:
        """Return how many seconds it is until there is a token, 0 if there is one."""
        if not self._rate:
            return 0.0
        missing = 1 - self._level(key, now)
        return missing / self._rate if missing > _TINY else 0.0

    def take(self, key: int, now: float) -> None:
        """Take the token that there is."""
        if not self._rate:
            return
        self._levels[key] = (self._level(key, now) - 1, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._kept:
            self._levels.popitem(last=False)

    def _level(self, key: int, now: float) -> float:
        level, at = self._levels.get(key, (self._burst, now))
        return min(self._burst, level + max(0.0, now - at) * self._rate)


class Limits:
    """The limits of each person and of each chat; who asks needs a token of both."""

    def __init__(self, people: Buckets, chats: Buckets) -> None:
        self._people = people
        self._chats = chats
        self._told: OrderedDict[int, None] = OrderedDict()

    def admit(self, person: int, chat: int | None, now: float) -> Verdict:
        """Take the tokens of a question, or tell how long to wait. `chat` is None in private."""
        wait = self._people.wait(person, now)
        if chat is not None:
            wait = max(wait, self._chats.wait(chat, now))
        if wait > 0:
            tell = person not in self._told
            self._told[person] = None
            if len(self._told) > _KEPT:
                self._told.popitem(last=False)
            return Verdict(wait, tell)
        self._people.take(person, now)
        if chat is not None:
            self._chats.take(chat, now)
        self._told.pop(person, None)
        return Verdict()

"""How the bot is doing, as operators and their machines ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.telegram_library import IndexState
from bot.telegram_serving import Serving
from retrieval.errors import RetrievalError

_SILENCE_S = 300.0  # a poll takes half a minute at most, and a look at the webhook comes every minute


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    status: str
    """"ok", or "troubled" where the bot cannot do what it is for."""
    mode: str
    """"polling" or "webhook"."""
    telegram: str
    """"ok", "starting", or "troubled"."""
    telegram_answered_seconds: float | None
    """Since it last did."""
    generation: int | None
    articles: int
    passages: int
    queue: int
    """Updates that are not done with."""
    last_update: str | None
    """When it came, UTC, ISO 8601."""
    last_update_seconds: float | None
    uptime_seconds: float
    problems: tuple[str, ...]
    """In words; there may be some where all works: an older generation serves, a delivery has failed."""


class Health:
    """Looks at the parts."""

    def __init__(self, serving: Serving, index: Callable[[], IndexState]) -> None:
        """Take what gets updates, and what tells which generation serves or raises RetrievalError."""
        self._serving = serving
        self._index = index
        self._started = time.monotonic()

    def look(self) -> Report:
        """Return how things are. May read files."""
        now, link, intake = time.monotonic(), self._serving.link, self._serving.intake
        problems = []
        state: IndexState | None = None
        try:
            state = self._index()
        except RetrievalError as error:
            problems.append(f"index: {error}")
        if state is not None and state.problem:
            problems.append(f"index: {state.problem}")
        silent_s = now - (self._started if link.answered is None else link.answered)
        telegram = "starting" if link.answered is None else "ok"
        if silent_s > _SILENCE_S:
            telegram = "troubled"
        problems += [f"telegram: {trouble}" for trouble in (link.trouble, self._serving.trouble) if trouble]
        last = intake.last
        return Report(
            "ok" if state is not None and telegram != "troubled" else "troubled",
            self._serving.mode,
            telegram,
            None if link.answered is None else round(silent_s, 1),
            state.generation if state else None,
            state.articles if state else 0,
            state.passages if state else 0,
            intake.pending,
            datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds") if last is not None else None,
            round(time.time() - last, 1) if last is not None else None,
            round(now - self._started, 1),
            tuple(problems),
        )

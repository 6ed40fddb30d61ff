"""Runs of the index for everybody who waits for one: those who come during a run share the next."""

from __future__ import annotations

import asyncio
import contextlib

from bot.index_run import IndexRun, Outcome

_HELD_S = 15.0  # a slow download does not keep back for longer what has arrived


class IndexQueue:
    """Starts a run when somebody asks for one and none is under way that has begun before."""

    def __init__(self, run: IndexRun) -> None:
        self._run = run
        self._next: asyncio.Task[Outcome] | None = None
        self._hold = asyncio.Event()
        self._hold.set()
        self._holding = 0

    async def indexed(self) -> Outcome:
        """Return what became of a run that began after this was called."""
        if self._next is None:
            self._next = asyncio.create_task(self._start())
        return await asyncio.shield(self._next)

    def hold(self) -> None:
        """Let a run that has not begun wait, for more is coming, until as many `release` have been called."""
        self._holding += 1
        self._hold.clear()

    def release(self) -> None:
        """Let it wait no longer."""
        self._holding -= 1
        if not self._holding:
            self._hold.set()

    async def _start(self) -> Outcome:
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hold.wait(), _HELD_S)
            while self._run.busy:
                await self._run.wait_free()
        finally:
            self._next = None  # who comes from now on has missed the beginning
        return await self._run.start()

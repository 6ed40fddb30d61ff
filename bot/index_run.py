"""One run of `huiwen index` in a process of its own, for an admin who asks for it."""

from __future__ import annotations

import asyncio
import json
import logging
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.index_keeper import COMPLAINT, end

_log = logging.getLogger(__name__)

_END_S = 3.0
_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run."""

    report: Mapping[str, Any] = field(default_factory=dict)
    """As `huiwen index --json` prints it; empty where the run failed."""
    reason: str = ""
    """Why it failed, in a line."""


class IndexRun:
    """Starts one run at a time."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Take the command, which prints its report as JSON, and the environment that it is given."""
        self._command = command
        self._environment = environment
        self.busy = False
        self._under_way: asyncio.Task[Outcome] | None = None

    def start(self) -> asyncio.Task[Outcome]:
        """Return a run; cancelled, it ends the process too. Only while not `busy`, which it makes true."""
        self.busy = True
        self._under_way = asyncio.create_task(self._run_and_free())
        return self._under_way

    async def wait_free(self) -> None:
        """Return when the run that is under way has ended; another may have begun by then."""
        if self._under_way is not None:
            await asyncio.wait({self._under_way})

    async def _run_and_free(self) -> Outcome:
        try:
            return await self._run()
        finally:
            self.busy = False

    async def _run(self) -> Outcome:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,  # closes with us, however we end; then the process ends too
                stdout=PIPE,
                stderr=PIPE,
                env=self._environment,
            )
        except OSError as error:
            return Outcome(reason=f"it cannot be started ({error.strerror or error})")
        try:
            assert process.stdout is not None and process.stderr is not None
            # Not `communicate`, which from Python 3.12 on closes standard input.
            out, complaints = await asyncio.gather(process.stdout.read(), process.stderr.read())
            await process.wait()
        finally:
            await end(process, _END_S)
        lines = [line.strip() for line in complaints.decode("utf-8", "replace").splitlines() if line.strip()]
        for line in lines:
            _log.info("Index: %s", line.removeprefix(COMPLAINT))
        try:
            report = json.loads(out) if process.returncode == 0 else None
        except ValueError:
            report = None
        if not isinstance(report, dict):
            last = lines[-1].removeprefix(COMPLAINT) if lines else f"status {process.returncode}"
            return Outcome(reason=last[:_REASON_CHARS])
        return Outcome(report)

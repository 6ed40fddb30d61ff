"""Keeping the index up while the bot runs: `huiwen index --watch` in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

_log = logging.getLogger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_RAN_WELL_S = 60.0  # what has run so long gets the first pause again
_END_S = 4.0  # a run under way ends within this, or is ended: a service manager would not wait much longer
_LINE_BYTES = 1 << 20
_SECRET_CHARS = 16  # a token has twice as many; something shorter may stand in any variable
COMPLAINT = "huiwen: "  # before what the command line says of errors


def index_process(
    data_dir: Path, config_file: Path | None, secrets: Sequence[str], *flags: str
) -> tuple[list[str], dict[str, str]]:
    """Return the command that indexes with our settings, and an environment for it with none of `secrets`."""
    # -P: a folder named bot in the working directory is not ours.
    command = [sys.executable, "-P", "-m", "bot", "index", *flags, "--data-dir", os.path.abspath(data_dir)]
    if config_file is not None:
        command += ["--config", os.path.abspath(config_file)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("HUIWEN_TELEGRAM")
        and not any(len(secret) >= _SECRET_CHARS and secret in value for secret in secrets)
    }
    return command, {**environment, "PYTHONIOENCODING": "utf-8:backslashreplace"}


class IndexKeeper:
    """Starts the process, starts it again when it dies, and ends it; its lines go into our log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._last_line = ""
        self._last_death = ""

    @classmethod
    def of(cls, data_dir: Path, config_file: Path | None, secrets: Sequence[str]) -> IndexKeeper:
        """Return a keeper of the index in `data_dir`, with our settings but none of `secrets`."""
        return cls(*index_process(data_dir, config_file, secrets, "--watch", "--tied"))

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the process running until `stop` is set, then end it."""
        stopping = asyncio.create_task(stop.wait())
        pause = _FIRST_PAUSE_S
        try:
            while not stop.is_set():
                started = time.monotonic()
                death = await self._run_once(stopping)
                if stop.is_set():
                    return
                if time.monotonic() - started > _RAN_WELL_S:
                    pause = _FIRST_PAUSE_S
                self._tell_death(death)
                await asyncio.wait({stopping}, timeout=pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        finally:
            stopping.cancel()

    async def _run_once(self, stopping: asyncio.Task[bool]) -> str:
        """Run the process until it dies or is to stop; return how it died."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,  # closes with us, however we end; then the process ends too
                stdout=DEVNULL,
                stderr=PIPE,
                env=self._environment,
                limit=_LINE_BYTES,
            )
        except OSError as error:
            return f"it cannot be started ({error.strerror or error})"
        reading = asyncio.create_task(self._pass_on(process))
        dying = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({dying, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(process, _END_S)
            await dying
            await asyncio.wait({reading}, timeout=1)  # a process that it has left behind may hold the pipe
            reading.cancel()
        return f"it has ended with status {process.returncode}"

    async def _pass_on(self, process: Process) -> None:
        assert process.stderr is not None
        while True:
            try:
                raw = await process.stderr.readline()
            except ValueError:  # a line beyond all measure; what is left of it follows
                continue
            if not raw:
                return
            line = raw.decode("utf-8", "replace").rstrip()
            if line and line != self._last_line:
                self._last_line = line
                level = logging.WARNING if line.startswith(COMPLAINT) else logging.INFO
                _log.log(level, "Index: %s", line.removeprefix(COMPLAINT))

    def _tell_death(self, death: str) -> None:
        if death != self._last_death:  # the same again and again is no news
            self._last_death = death
            _log.warning("The process that keeps the index up: %s; it is started again", death)


async def end(process: Process, patience_s: float) -> None:
    """See to it that a process that we have tied to us is gone, by force where it takes too long."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), patience_s)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

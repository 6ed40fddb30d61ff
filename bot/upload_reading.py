"""Reading one file in a process of its own: `python -m bot.upload_reading FILE NAME` prints what is in it.

What was sent may be made to do harm: whatever the libraries that take it apart come to, it ends this process
alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SHOWN = 5  # articles, and problems, that are told one by one

_WALL_S = 120.0
_CPU_S = 60
_MEMORY = 2 << 30  # bytes of addresses
_NICE = 10
_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Headline:
    """An article that was read, as it is told of."""

    id: str
    title: str
    kicker: str
    date: str
    source: str
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds."""

    articles: int
    paragraphs: int
    headlines: tuple[Headline, ...]
    """Of the first few articles."""
    problems: tuple[str, ...]
    """Of the first few records that were not, or not wholly, read."""
    more_problems: int = 0


async def read_apart(path: Path, name: str, environment: Mapping[str, str]) -> Contents | str:
    """Return what is in a file, or in a line why it cannot be read. The process is gone afterwards."""
    command = [sys.executable, "-P", "-m", "bot.upload_reading", str(path), name]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env={**environment, **threads}
        )
    except OSError as error:
        return f"the process that reads it cannot be started ({error.strerror or error})"
    try:
        async with asyncio.timeout(_WALL_S):
            out, _ = await process.communicate()
    except TimeoutError:
        return "reading it takes too long; split it, or give its text as .txt"
    finally:
        await _end(process)
    return _told(out, process.returncode)


def _told(out: bytes, status: int | None) -> Contents | str:
    try:
        told: dict[str, Any] = json.loads(out)
        if "refused" in told:
            return str(told["refused"])[:_REASON_CHARS]
        headlines = tuple(Headline(**each) for each in told.pop("headlines"))
        return Contents(**{**told, "headlines": headlines, "problems": tuple(told["problems"])})
    except (ValueError, TypeError, KeyError):
        # By SIGXCPU for the most part, or inside a library at something malformed.
        return f"reading it failed or took too long (status {status}); split it, or give its text as .txt"


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _main(path: Path, name: str) -> None:
    _limit()
    try:
        told = _read(path, name)
    except MemoryError:
        told = {"refused": "reading it takes too much memory; split it"}
    sys.stdout.buffer.write(json.dumps(told).encode("ascii"))


def _read(path: Path, name: str) -> dict[str, Any]:
    from retrieval.errors import UnreadableError
    from retrieval.reading import read_articles

    try:
        reading = read_articles(path, name)
    except UnreadableError as error:
        return {"refused": str(error)}
    articles, problems = reading.articles, reading.problems
    if not articles:
        return {"refused": problems[0]}
    headlines = tuple(
        Headline(each.id, each.title, each.kicker, str(each.date or ""), each.source, len(each.paragraphs))
        for each in articles[:SHOWN]
    )
    paragraphs = sum(len(each.paragraphs) for each in articles)
    more = max(len(problems) - SHOWN, 0)
    return asdict(Contents(len(articles), paragraphs, headlines, problems[:SHOWN], more))


def _limit() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in ((resource.RLIMIT_CPU, _CPU_S), (resource.RLIMIT_AS, _MEMORY)):
        with contextlib.suppress(ValueError, OSError):  # a stricter one is in force
            resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])

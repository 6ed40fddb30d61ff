"""Whole processes, measured: how long they take, how much memory they need."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """A process that has ended."""

    seconds: float
    peak_mb: float
    output: str


def python(*arguments: str) -> list[str]:
    """Return the command that runs this interpreter with arguments."""
    return [sys.executable, *arguments]


def huiwen(*arguments: str) -> list[str]:
    """Return the command that runs `huiwen`, as it is installed beside this interpreter."""
    installed = Path(sys.executable).with_name("huiwen")
    return [str(installed), *arguments] if installed.exists() else python("-m", "bot", *arguments)


def run(command: Sequence[str]) -> Run:
    """Run a command and return what it took. Raises CalledProcessError for a status above 1."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode > 1:  # 1 says that nothing is relevant
        raise subprocess.CalledProcessError(process.returncode, list(command), output)
    return Run(seconds, usage.ru_maxrss / 1024, output)


def typical(command: Sequence[str], times: int = 5) -> float:
    """Return the median of the seconds that a command takes, the files it reads being in memory."""
    run(command)
    return statistics.median(run(command).seconds for _ in range(times))


def size_of(folder: Path) -> int:
    """Return the bytes of all files below `folder`."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

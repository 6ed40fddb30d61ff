"""Work in forked children: they may be killed or crash, and start with everything imported.

Only for processes without other threads; tests start such a process of their own (see `run_script`).
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
Stopped = Callable[[], bool]

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that ended the work of a child."""

    kind: str
    text: str
    bases: tuple[str, ...]
    """The names of its classes, its own first."""
    trace: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Return what there is to say of `error`."""
        bases = tuple(base.__name__ for base in type(error).__mro__)
        return cls(type(error).__name__, _text(error), bases, traceback.format_exc())

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How a child ended: with a value, a failure or by a signal."""

    value: T | None
    failure: Failure | None
    signal: int
    """0 where it ended by itself."""
    seconds: float

    def require(self) -> T:
        """Return the value of a child that was to succeed."""
        if self.value is None:
            raise RuntimeError(f"a child that was to succeed: {self.failure or f'signal {self.signal}'}")
        return self.value


class Child(Generic[T]):
    """A forked process at work."""

    def __init__(self, work: Callable[[Stopped], T]) -> None:
        """Start `work`, which returns something that can be pickled; it may ask whether it is to stop."""
        self._started = time.monotonic()
        self._result, result = os.pipe()
        stopping, self._stop = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._result)
            os.close(self._stop)
            _work(work, lambda: bool(select.select([stopping], [], [], 0)[0]), result)
        os.close(result)
        os.close(stopping)

    def stop(self) -> None:
        """Ask it to come to an end."""
        os.write(self._stop, b".")

    def kill(self) -> None:
        """End it at once; nothing of it is run any more."""
        os.kill(self.pid, signal.SIGKILL)

    def ends_within(self, seconds: float) -> bool:
        """Wait so long at most; return whether it has come to an end."""
        return bool(select.select([self._result], [], [], max(seconds, 0))[0])

    def join(self) -> Ended[T]:
        """Wait for its end and return how it was."""
        with open(self._result, "rb") as file:
            said = file.read()
        _, status = os.waitpid(self.pid, 0)
        seconds = time.monotonic() - self._started
        os.close(self._stop)
        died = os.waitstatus_to_exitcode(status)
        if died or not said:
            return Ended(None, None, -died, seconds)
        value, failure = pickle.loads(said)
        return Ended(value, failure, 0, seconds)


def in_child(work: Callable[[], T]) -> Ended[T]:
    """Do `work` in a child and wait for it."""
    return Child(lambda stopped: work()).join()


def run_script(name: str, *arguments: str, seconds: float = 280) -> subprocess.CompletedProcess[str]:
    """Run one of our scripts in a process without other threads, whose children may therefore go on."""
    return subprocess.run(
        [sys.executable, str(_ROOT / "scripts" / name), *arguments],
        env={**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )


def _work(work: Callable[[Stopped], T], stopped: Stopped, result: int) -> None:
    said: tuple[T | None, Failure | None]
    try:
        said = work(stopped), None
    except BaseException as error:
        said = None, Failure.of(error)
    with open(result, "wb") as file:
        file.write(pickle.dumps(said))
    os._exit(0)


def _text(error: BaseException) -> str:
    """Return what the command line would say of an error."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)

"""Runs of the writer in which one file operation fails, each operation in its turn.

The old generation serves on, the error names the file in one line, and the next run completes.
"""

from __future__ import annotations

import errno
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .building import index
from .forking import Failure, in_child
from .mutating import Archive
from .observing import State, difference, look, rebuilt, warm_up
from .preloading import Failed, Faults

CODES = ("ENOSPC", "EIO", "EACCES")
SCENES = ("first", "arrival", "full")
_ARRIVALS = 4  # runs before the one that is disturbed


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run with one fault."""

    number: int
    """Of the operation."""
    code: str
    failed: Failed | None
    """None where there were not so many operations."""
    failure: Failure | None
    """How the run ended; None where it completed all the same."""


@dataclass(slots=True)
class Findings:
    """What came of all attempts of a scene."""

    scene: str
    operations: int = 0
    attempts: int = 0
    survived: int = 0
    """Runs that completed in spite of the fault."""
    late: int = 0
    """Runs that failed when the new generation was published already."""
    faults: dict[str, list[int]] = field(default_factory=dict)
    """What was not as it should be, with the numbers of the operations after which it was so."""

    def __str__(self) -> str:
        faults = sum(map(len, self.faults.values()))
        return (
            f"{self.scene}: {self.operations} operations, {self.attempts} attempts, of which {self.survived}"
            f" completed and {self.late} failed after publication; {faults} faults"
        )


def inject(place: Path, faults: Faults, scene: str, most: int, only: int | None, seed: int) -> Findings:
    """Let operations of a scene fail: each with all of CODES, or `most` evenly spread ones with one each.

    With `most` 0 it is all of them, with `only` a single one.
    """
    warm_up()
    world = _World(place, faults, scene, random.Random(seed))
    findings = Findings(scene, world.operations())
    plan = [(only, code) for code in CODES] if only else _plan(findings.operations, most, seed)
    for number, code in plan:
        attempt = world.attempt(number, code)
        if attempt.failed is None:
            continue
        findings.attempts += 1
        for fault in world.judge(attempt, findings):
            findings.faults.setdefault(f"{_shape(attempt.failed)}: {fault}", []).append(number)
    return findings


def _plan(operations: int, most: int, seed: int) -> Iterator[tuple[int, str]]:
    if not most:
        yield from ((number, code) for number in range(1, operations + 1) for code in CODES)
        return
    stride = max(1, operations // most)
    for turn, number in enumerate(range(1 + seed % stride, operations + 1, stride)):
        yield number, CODES[turn % len(CODES)]


class _World:
    """A folder of articles, the index as it was before the run, and what it has to say before and after."""

    def __init__(self, place: Path, faults: Faults, scene: str, lot: random.Random) -> None:
        self._faults = faults
        self._data, self._before, self._fresh = (place / name for name in ("data", "before", "fresh"))
        self._archive = Archive(place / "articles", lot)
        self._full = scene == "full"
        self._old: State | None = None
        if scene == "first":
            self._before.mkdir()
        else:
            for _ in range(_ARRIVALS):
                in_child(lambda: index(self._before, self._archive.folder)).require()
                self._archive.change()
            self._old = look(self._before).require()
        self._new = rebuilt(self._fresh, self._archive.folder)

    def operations(self) -> int:
        """Return how many operations an undisturbed run has."""
        self._restore()

        def counted() -> int:
            self._faults.arm(self._data, 0, 0)
            self._index()
            return self._faults.disarm()

        return in_child(counted).require()

    def attempt(self, number: int, code: str) -> Attempt:
        """Run with one operation failing."""
        self._restore()

        def disturbed() -> Attempt:
            failure = None
            self._faults.arm(self._data, number, getattr(errno, code))
            try:
                self._index()
            except Exception as error:
                failure = Failure.of(error)
            self._faults.disarm()
            return Attempt(number, code, self._faults.last(), failure)

        ended = in_child(disturbed)
        if ended.value is None:
            crash = Failure("crash", f"{ended.failure or f'signal {ended.signal}'}", (), "")
            return Attempt(number, code, Failed("unknown", "unknown"), crash)
        return ended.value

    def judge(self, attempt: Attempt, findings: Findings) -> Iterator[str]:
        """Yield what is not as it should be after an attempt."""
        yield from _complaints(attempt)
        seen = look(self._data)
        if seen.value is None:
            none_yet = self._old is None and attempt.failure and seen.failure
            if not (none_yet and seen.failure and seen.failure.kind == "NoIndexError"):
                yield f"nothing serves: {seen.failure or seen.signal}"
        elif seen.value.same(self._new):
            findings.survived += attempt.failure is None
            findings.late += attempt.failure is not None
        elif self._old is None or not seen.value.same(self._old):
            yield f"what serves is neither old nor new: {difference(seen.value, self._old or self._new)}"
        elif attempt.failure is None:
            yield "the run completed, but the old generation serves"
        after = in_child(self._index)
        if after.value is None:
            yield f"the next run did not complete: {after.failure or after.signal}"
            return
        seen = look(self._data)
        if seen.value is None or not seen.value.same(self._new):
            told = difference(seen.value, self._new) if seen.value else seen.failure or seen.signal
            yield f"after the next run: {told}"

    def _index(self) -> bool:
        index(self._data, self._archive.folder, full=self._full, keep=1)
        return True

    def _restore(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.copytree(self._before, self._data)


def _complaints(attempt: Attempt) -> Iterator[str]:
    failure, failed = attempt.failure, attempt.failed
    if failure is None or failed is None:
        return
    if not {"OSError", "RetrievalError"} & set(failure.bases):
        yield f"ends in {_anonymous(str(failure))}{_place(failure)}"
    elif "\n" in failure.text:
        yield f"says more than a line: {_anonymous(str(failure))}"
    elif not _names(failure.text, failed.path):
        yield f"does not name the file: {_anonymous(str(failure))}{_place(failure)}"


def _place(failure: Failure) -> str:
    """Return the innermost place in our own code that an error came through."""
    places = re.findall(r'/((?:retrieval|embeddings)/\w+\.py)", line (\d+)', failure.trace)
    return f" ({places[-1][0]}:{places[-1][1]})" if places else ""


def _names(text: str, path: str) -> bool:
    # SQLite's files beside a database go by its name.
    name = re.sub(r"-(journal|wal|shm)$", "", Path(path).name)
    return name in text


def _shape(failed: Failed) -> str:
    path = Path(failed.path)
    return f"{failed.function} of {f'*{path.suffix}' if path.suffix else _anonymous(path.name)}"


def _anonymous(text: str) -> str:
    """Return `text` without what differs from run to run, so that like faults count as one."""
    return re.sub(r"\d{2,}", "N", re.sub(r"/\S*/", ".../", text))


def report(findings: Sequence[Findings]) -> str:
    """Return a line of figures for each scene and for each kind of fault a line with where it first was."""
    lines = [str(found) for found in findings]
    for found in findings:
        for fault, numbers in sorted(found.faults.items(), key=lambda item: -len(item[1])):
            lines.append(f"{found.scene}: {len(numbers)} × {fault} (--operation {numbers[0]})")
    return "\n".join(lines)

"""Writers and readers at work on one index for a while, as articles change beneath them."""

from __future__ import annotations

import gc
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import xxhash

from retrieval.errors import BusyError
from retrieval.live import LiveSearcher

from .building import index, searcher
from .encoding import PairEncoder
from .forking import Child, Stopped, in_child
from .mutating import QUESTIONS, Archive
from .observing import answer, difference, look, rebuilt, warm_up

T = TypeVar("T")

_KEEP = 2
_PAUSE_S = 0.05  # between the runs of a writer
_WARM = 0.3  # share of the time after which a reader's memory is to grow no more
_GROWTH = 24 << 20  # bytes; the allocator's whims are below it, an index that is never let go of is not
_DESCRIPTORS = 4  # open files that may be left when a reader has closed everything
_SETTLE_S = 20.0
_CHANGES_EVERY_S = 0.5
_AFRESH = 0.1  # share of questions for which the index is opened anew, as the command does


@dataclass(slots=True)
class Read:
    """What a reader has seen."""

    asked: int = 0
    reloads: int = 0
    """Other generations than the one before."""
    answers: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    """By generation and number of the question."""
    errors: Counter[str] = field(default_factory=Counter)
    warm: int = 0
    """Bytes of memory when the index had been used for a while."""
    last: int = 0
    """The same at the end."""
    left_open: int = 0
    """Files that are open when the index has been let go of, more than before it was opened."""


@dataclass(slots=True)
class Wrote:
    """What a writer has done."""

    runs: int = 0
    published: int = 0
    busy: int = 0
    """Runs that found another writer at work."""
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Soaked:
    """What came of it all."""

    seconds: float
    written: Sequence[Wrote]
    read: Sequence[Read]
    faults: list[str]

    def __str__(self) -> str:
        published = sum(one.published for one in self.written)
        busy = sum(one.busy for one in self.written)
        grown = max((one.last - one.warm for one in self.read), default=0)
        largest = max((one.last for one in self.read), default=0)
        return (
            f"{self.seconds:.0f} s, {len(self.written)} writers, {len(self.read)} readers:"
            f" {published} generations, {busy} times busy, {sum(one.asked for one in self.read)} answers,"
            f" {max((one.reloads for one in self.read), default=0)} reloads, a reader's own memory at most"
            f" {largest / 1e6:.0f} MB, grown by {grown / 1e6:.1f} MB; {len(self.faults)} faults"
        )


def soak(place: Path, seconds: float, writers: int, readers: int, seed: int) -> Soaked:
    """Let so many write and read for so long; compare the end with a full rebuild."""
    warm_up()
    data, archive = place / "data", Archive(place / "articles", random.Random(seed))
    in_child(lambda: index(data, archive.folder, keep=_KEEP)).require()
    children = [Child(lambda stopped: _write(data, archive.folder, stopped)) for _ in range(writers)]
    others = [_reader(data, seconds, seed + number) for number in range(readers)]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        archive.change()
        time.sleep(_CHANGES_EVERY_S)
    for child in children:
        child.stop()
    for other in others:
        other.stop()
    faults: list[str] = []
    written = [_value(child, "writer", faults) for child in children]
    read = [_value(child, "reader", faults) for child in others]
    soaked = Soaked(seconds, [one for one in written if one], [one for one in read if one], faults)
    faults += _judge(soaked)
    faults += _end(data, place / "fresh", archive)
    return soaked


def _write(data: Path, folder: Path, stopped: Stopped) -> Wrote:
    wrote = Wrote()
    while not stopped():
        wrote.runs += 1
        try:
            wrote.published += index(data, folder, keep=_KEEP).published
        except BusyError:
            wrote.busy += 1
        except Exception as error:
            wrote.errors[f"{type(error).__name__}: {error}"] += 1
        time.sleep(_PAUSE_S)
    return wrote


def _reader(data: Path, seconds: float, seed: int) -> Child[Read]:
    return Child(lambda stopped: _read(data, seconds, random.Random(seed), stopped))


def _read(data: Path, seconds: float, lot: random.Random, stopped: Stopped) -> Read:
    read, before = Read(), _open_files()
    _ask(read, data, time.monotonic() + _WARM * seconds, lot, stopped)
    read.last = _memory()
    settled = time.monotonic() + _SETTLE_S
    while (left := _open_files() - before) > _DESCRIPTORS and time.monotonic() < settled:
        time.sleep(_PAUSE_S)  # what is being opened at this moment is let go of as well
    read.left_open = left
    return read


def _ask(read: Read, data: Path, warm_at: float, lot: random.Random, stopped: Stopped) -> None:
    live = LiveSearcher.open(data, PairEncoder)
    before = 0
    while not stopped():
        number = lot.randrange(len(QUESTIONS))
        read.asked += 1
        try:
            afresh = lot.random() < _AFRESH
            opened = searcher(data) if afresh else live.searcher()
            said = xxhash.xxh3_128_hexdigest(answer(opened, QUESTIONS[number]).encode())
        except Exception as error:
            read.errors[f"{type(error).__name__}: {error}"] += 1
            continue
        read.answers.setdefault((opened.generation, number), set()).add(said)
        if not afresh and opened.generation != before:
            before = opened.generation
            read.reloads += 1
        if not read.warm and time.monotonic() >= warm_at:
            read.warm = _memory()


def _memory() -> int:
    """Return bytes of memory that are this process's own, not a file's."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon"))
    return int(own) << 10


def _open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def _value(child: Child[T], name: str, faults: list[str]) -> T | None:
    ended = child.join()
    if ended.value is None:
        faults.append(f"a {name} died: {ended.failure or f'signal {ended.signal}'}")
    return ended.value


def _judge(soaked: Soaked) -> Iterator[str]:
    said: dict[tuple[int, int], set[str]] = {}
    errors = sum((one.errors for one in soaked.written), Counter[str]())
    errors = sum((one.errors for one in soaked.read), errors)
    yield from (f"{times} × {error}" for error, times in errors.most_common())
    for read in soaked.read:
        for asked, answers in read.answers.items():
            said.setdefault(asked, set()).update(answers)
        if not read.asked or not read.warm:
            yield "a reader had no turn"
        elif read.last - read.warm > _GROWTH:
            yield f"the memory of a reader grew from {read.warm} to {read.last} bytes"
        elif read.left_open > _DESCRIPTORS:
            yield f"a reader that has closed everything has {read.left_open} files open"
    for (generation, number), answers in said.items():
        if len(answers) > 1:
            yield f"generation {generation} has {len(answers)} answers to {QUESTIONS[number]}"
    if not any(one.published for one in soaked.written):
        yield "no writer published anything"


def _end(data: Path, fresh: Path, archive: Archive) -> Iterator[str]:
    """Yield where the end state differs from a full rebuild."""
    expected = rebuilt(fresh, archive.folder)
    in_child(lambda: index(data, archive.folder, keep=_KEEP)).require()
    seen = look(data).require()
    if not seen.same(expected):
        yield f"the end differs from a full rebuild: {difference(seen, expected)}"
    if len(seen.articles) != len(archive.ids()):
        yield f"{len(seen.articles)} articles instead of {len(archive.ids())}"

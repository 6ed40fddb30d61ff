"""Each file of an index damaged in its turn: that is seen on opening; there is never a wrong answer."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import logging
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.cli import run as run_command
from embeddings.use import UseEncoder

from .building import index, searcher
from .damaging import DAMAGES, damaged
from .forking import Ended, in_child
from .mutating import Archive
from .observing import State, difference, look, observe, sources, warm_up

_GENERATIONS = 3
_KEEP = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader made of a damaged index."""

    state: State
    logged: tuple[str, ...]
    """Warnings and worse."""


@dataclass(slots=True)
class Findings:
    """What came of all damages."""

    files: int = 0
    damages: int = 0
    refused: int = 0
    older: int = 0
    """Damages after which an older generation served."""
    mended: int = 0
    """Damages after which a run of the writer had everything right again."""
    diagnosed: int = 0
    """Damages that `huiwen doctor` was asked about."""
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        figures = (
            f"{self.damages} damages to {self.files} files: {self.refused} refused, {self.older} answered"
            f" from an older generation, {self.damages - self.refused - self.older} of no consequence;"
            f" {self.mended} mended by the next run, {self.diagnosed} shown to the doctor;"
            f" {sum(self.faults.values())} faults"
        )
        return "\n".join([figures, *(f"{times} × {fault}" for fault, times in self.faults.most_common())])


def corrupt(place: Path, each: int, most: int, seed: int) -> Findings:
    """Damage each of `most` files, drawn by lot, in `each` ways, drawn from DAMAGES."""
    warm_up()
    lot = random.Random(seed)
    world = _World(place, lot)
    for path in _some(sources(world.data), most, lot):
        world.findings.files += 1
        world.harm(path, each)
        world.mend(path)
    return world.findings


def diagnose(place: Path, each: int, most: int, seed: int) -> Findings:
    """Damage files as `corrupt` does; ask `huiwen doctor` where the newest generation does not answer."""
    lot, findings, data = random.Random(seed), Findings(), place / "data"
    archive = Archive(place / "articles", lot)
    for _ in range(_GENERATIONS):
        _run("index", str(archive.folder), "--data-dir", str(data))
        archive.change()
    status, said = _run("doctor", "--json", "--data-dir", str(data))
    if status:
        findings.faults[f"doctor finds fault with a sound index: {said}"] += 1
    encoder = UseEncoder()  # reads nothing: nothing is encoded
    newest = searcher(data, encoder).generation
    gc.collect()
    for path in _some(sources(data), most, lot):
        findings.files += 1
        for name in lot.sample(sorted(DAMAGES), each):
            with damaged(path, DAMAGES[name], lot):
                findings.damages += 1
                serving = in_child(lambda: searcher(data, encoder).generation).value
                if serving == newest:
                    continue
                findings.refused += serving is None
                findings.older += serving is not None
                findings.diagnosed += 1
                ended = in_child(lambda: _run("doctor", "--json", "--data-dir", str(data)))
            if ended.value is None:
                findings.faults[f"doctor dies of {path.name} {name}: {ended.failure or ended.signal}"] += 1
            elif ended.value[0] != 1 or not _tells(ended.value[1], path.relative_to(data)):
                findings.faults[f"doctor does not tell of {path.name} {name}: {ended.value[1]}"] += 1
    return findings


def _some(paths: Sequence[Path], most: int, lot: random.Random) -> Sequence[Path]:
    return sorted(lot.sample(paths, min(most, len(paths))))


class _World:
    """An index of a few generations, and what each of them has to say."""

    def __init__(self, place: Path, lot: random.Random) -> None:
        self.data, self._copy = place / "data", place / "copy"
        self.findings = Findings()
        self._lot = lot
        self._archive = Archive(place / "articles", lot)
        self._states: dict[int, State] = {}
        for number in range(_GENERATIONS):
            if number:
                self._archive.change()
            in_child(lambda: index(self.data, self._archive.folder, keep=_KEEP)).require()
            state = look(self.data).require()
            self._states[state.generation] = state
        self._newest = max(self._states)

    def harm(self, path: Path, each: int) -> None:
        """Damage a file in several ways and look at what readers make of it."""
        unnoticed: list[str] = []
        noticed = 0
        for name in self._lot.sample(sorted(DAMAGES), each):
            with damaged(path, DAMAGES[name], self._lot) as differs:
                ended = in_child(lambda: _look_and_listen(self.data))
            if not differs:
                continue
            self.findings.damages += 1
            if self._notices(path, name, ended):
                noticed += 1
            else:
                unnoticed.append(name)
        if noticed:  # the file is one that counts
            for name in unnoticed:
                self._fault(path, name, "was not noticed, though other damages to the file were")

    def mend(self, path: Path) -> None:
        """Let a run of the writer find the damage."""
        name = self._lot.choice(sorted(DAMAGES))
        with damaged(path, DAMAGES[name], self._lot):
            shutil.rmtree(self._copy, ignore_errors=True)
            shutil.copytree(self.data, self._copy)
        ended = in_child(lambda: index(self._copy, self._archive.folder, keep=_KEEP))
        if ended.value is None:
            self._fault(path, name, f"stops the next run: {ended.failure or ended.signal}")
            return
        seen = look(self._copy)
        if seen.value is None:
            self._fault(path, name, f"is not mended by the next run: {seen.failure or seen.signal}")
        elif not seen.value.same(self._states[self._newest]):
            wrong = difference(seen.value, self._states[self._newest])
            self._fault(path, name, f"is mended wrongly by the next run: {wrong}")
        else:
            self.findings.mended += 1

    def _notices(self, path: Path, name: str, ended: Ended[Seen]) -> bool:
        """Return whether the damage was seen, after a look at how that was said."""
        if ended.value is None:
            self.findings.refused += 1
            failure = ended.failure
            if failure is None:
                self._fault(path, name, f"ends the reader with signal {ended.signal}")
            elif failure.kind != "BrokenIndexError" or "\n" in failure.text or "huiwen" not in failure.text:
                self._fault(path, name, f"makes opening say: {failure}")
            return True
        state, logged = ended.value.state, ended.value.logged
        if state.generation not in self._states or not state.same(self._states[state.generation]):
            wrong = difference(state, self._states.get(state.generation, self._states[self._newest]))
            self._fault(path, name, f"gives wrong answers: {wrong}")
            return True
        if state.generation == self._newest:
            return False
        self.findings.older += 1
        if len(logged) != 1 or "\n" in logged[0]:
            self._fault(path, name, f"lets an older generation serve and logs {len(logged)} lines: {logged}")
        return True

    def _fault(self, path: Path, name: str, what: str) -> None:
        self.findings.faults[f"{path.relative_to(self.data)} {name}: {what}"] += 1


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _look_and_listen(data: Path) -> Seen:
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    return Seen(observe(data), tuple(listener.lines))


def _run(*arguments: str) -> tuple[int, str]:
    """Run a command of ours; return its status and what it printed."""
    content = io.BytesIO()
    printed = io.TextIOWrapper(content, encoding="utf-8")
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        status = run_command(list(arguments))
    printed.flush()
    return status, content.getvalue().decode()


def _tells(said: str, place: Path) -> bool:
    """Return whether a line of what is wrong names the file at `place`, or the folder in which it is."""
    wrong = [check["detail"] for check in json.loads(said)["checks"] if check["state"] == "wrong"]
    names = place.parts[1:] or place.parts
    return any(name in detail for detail in wrong if "\n" not in detail for name in names)

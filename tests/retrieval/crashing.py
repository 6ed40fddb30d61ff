"""A writer that is killed at random moments while a reader asks without pause.

Nobody may notice: each answer is compared with what a full rebuild says of the articles that the generation
it names was made of.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.live import LiveSearcher
from retrieval.searcher import Searcher

from .building import index, searcher
from .encoding import PairEncoder
from .forking import Child, Stopped, in_child
from .mutating import QUESTIONS, Archive
from .observing import State, answer, difference, look, observe, rebuilt, sources, warm_up

_KEEP = 2  # generations: the writer is killed while it removes old ones, too
_GOES_ON = 0.3  # share of kills after which the articles change again before any run completes
_FULL = 0.1  # share of runs with --full
_PAST = 1.2  # of the usual time of a run: its end is to be hit as well, and some runs take longer
_MOST_FAULTS = 20  # after so many there is nothing more to learn


@dataclass(slots=True)
class Heard:
    """What a reader was told."""

    answers: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    """By generation and number of the question."""
    asked: int = 0
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Outcome:
    """What a crash test has shown."""

    kills: int = 0
    escaped: int = 0
    """Runs that came to their end before they were to be killed."""
    published: int = 0
    """Kills after which the new generation served."""
    asked: int = 0
    generations: int = 0
    """That readers had answers from."""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.published} when the new generation served already), {self.escaped}"
            f" runs that were faster, {self.asked} answers of {self.generations} generations,"
            f" {len(self.faults)} faults"
        )


def crash(kills: int, seed: int) -> Outcome:
    """Kill the writer so many times and return what came of it."""
    warm_up()
    with tempfile.TemporaryDirectory() as place:
        return _Trial(Path(place), random.Random(seed)).run(kills)


class _Trial:
    def __init__(self, place: Path, lot: random.Random) -> None:
        self._data, self._fresh = place / "data", place / "fresh"
        self._lot = lot
        self._archive = Archive(place / "articles", lot)
        self._outcome = Outcome()
        self._states: dict[int, State] = {}
        """What each generation that served has to say."""
        self._expected: State
        self._usual_s = 1.0

    def run(self, kills: int) -> Outcome:
        self._expected = rebuilt(self._fresh, self._archive.folder)
        self._complete()
        reader = Child(self._ask)
        try:
            while self._outcome.kills < kills and len(self._outcome.faults) < _MOST_FAULTS:
                self._archive.change()
                self._expected = rebuilt(self._fresh, self._archive.folder)
                self._be_killed()
                if self._lot.random() >= _GOES_ON:
                    self._complete()
            self._complete()
        finally:
            reader.stop()
            heard = reader.join()
        if heard.value is None:
            self._fault(f"the reader died: {heard.failure or heard.signal}")
        else:
            self._judge(heard.value)
        self._compare_the_end()
        return self._outcome

    def _be_killed(self) -> None:
        """Kill a run at a random moment, and see that one state or the other serves."""
        before = max(self._states)
        full = self._lot.random() < _FULL
        paths = [self._archive.folder] if full else []
        writer = Child(lambda stopped: index(self._data, *paths, full=full, keep=_KEEP))
        if not writer.ends_within(self._lot.random() * _PAST * self._usual_s):
            writer.kill()
        ended = writer.join()
        if ended.signal:
            self._outcome.kills += 1
        else:
            self._outcome.escaped += 1
        if ended.failure:
            self._fault(f"a run failed: {ended.failure}")
        seen = look(self._data)
        if seen.value is None:
            self._fault(f"after a kill nothing serves: {seen.failure or seen.signal}")
            return
        self._recognise(seen.value, "after a kill")
        if seen.value.generation != before:
            self._outcome.published += bool(ended.signal)

    def _complete(self) -> None:
        """Let a run come to its end: nothing that was killed before may hinder it."""

        def run_and_look() -> tuple[float, State]:
            started = time.monotonic()
            index(self._data, self._archive.folder, keep=_KEEP)
            return time.monotonic() - started, observe(self._data)

        ended = in_child(run_and_look)
        if ended.value is None:
            self._fault(f"the next run did not complete: {ended.failure or ended.signal}")
            return
        self._usual_s, seen = ended.value
        self._recognise(seen, "after a run")
        if not seen.same(self._expected):
            self._fault(f"after a run: {difference(seen, self._expected)}")

    def _recognise(self, seen: State, when: str) -> None:
        """See that a generation says what it did, or where it is new what it is to say."""
        expected = self._states.setdefault(seen.generation, self._expected)
        if not seen.same(expected):
            wrong = difference(seen, expected)
            self._fault(f"{when} generation {seen.generation} is wrong: {wrong}")

    def _ask(self, stopped: Stopped) -> Heard:
        """Ask without pause, by turns as the bot does and as the command, which opens the index each time."""
        heard, live = Heard(), LiveSearcher.open(self._data, PairEncoder)
        while not stopped():
            for number in range(len(QUESTIONS)):
                _ask(heard, number, live.searcher)
                _ask(heard, number, lambda: searcher(self._data))
        return heard

    def _judge(self, heard: Heard) -> None:
        self._outcome.asked += heard.asked
        self._outcome.generations = len({generation for generation, _ in heard.answers})
        for failure, times in heard.failures.items():
            self._fault(f"{times} answers failed: {failure}")
        for (generation, number), answers in heard.answers.items():
            if generation not in self._states:
                self._fault(f"a reader had an answer of generation {generation}, which was never published")
            elif answers != {self._states[generation].answers[number]}:
                self._fault(f"a wrong answer of generation {generation} to {QUESTIONS[number]}: {answers}")

    def _compare_the_end(self) -> None:
        """See that nothing was lost and nothing was left lying."""
        held = look(self._data).require()
        if len(held.articles) != len(self._archive.ids()):
            self._fault(f"{len(held.articles)} articles instead of {len(self._archive.ids())}")
        in_child(lambda: index(self._data, self._archive.folder, full=True, keep=1)).require()
        left, needed = len(sources(self._data)), len(sources(self._fresh))
        if left > needed + 5:  # some more may be kept beside the generation, but not the remains of 200 runs
            self._fault(f"{left} files are on disk, of which {needed} are needed")
        if not in_child(lambda: observe(self._data)).require().same(self._expected):
            self._fault("a full rebuild in the same place differs from one in a fresh place")

    def _fault(self, text: str) -> None:
        self._outcome.faults.append(f"{text} (kill {self._outcome.kills})")


def _ask(heard: Heard, number: int, open_searcher: Callable[[], Searcher]) -> None:
    heard.asked += 1
    try:
        opened = open_searcher()
        said = answer(opened, QUESTIONS[number])
        heard.answers.setdefault((opened.generation, number), set()).add(said)
    except Exception as error:
        heard.failures[f"{type(error).__name__}: {error}"] += 1

"""What an index says, in a form that can be compared, and what a full rebuild of its articles would say."""

from __future__ import annotations

import gc
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.searcher import Searcher

from .building import index, said, searcher
from .forking import Ended, in_child
from .mutating import QUESTIONS, Archive

_EVERYTHING = 1000  # hits, more than there are passages


@dataclass(frozen=True, slots=True)
class State:
    """What an index answers and holds."""

    generation: int
    articles: tuple[str, ...]
    """Every article as it was read, sorted."""
    answers: tuple[str, ...]
    """To QUESTIONS, in order."""

    def same(self, other: State) -> bool:
        """Return whether the two are the same but for the number of the generation."""
        return (self.articles, self.answers) == (other.articles, other.answers)


def warm_up() -> None:
    """Read, build and ask once in this process, so that its children have all dictionaries loaded."""
    with tempfile.TemporaryDirectory() as place:
        archive = Archive(Path(place) / "articles", random.Random(0))
        for _ in range(2):
            index(Path(place) / "data", archive.folder)
            observe(Path(place) / "data")
            archive.change()
    gc.collect()  # no connection of the parent's is closed by a child
    gc.freeze()


def answer(opened: Searcher, question: str) -> str:
    """Return all that matters of an answer, as one text."""
    return repr(said([opened.ask(question, _EVERYTHING)]))


def observe(data: Path) -> State:
    """Return what the serving generation says. Raises what `Searcher.open` does."""
    opened = searcher(data)
    articles = tuple(sorted(map(repr, opened.catalog.articles())))
    return State(opened.generation, articles, tuple(answer(opened, question) for question in QUESTIONS))


def look(data: Path) -> Ended[State]:
    """Observe in a child."""
    return in_child(lambda: observe(data))


def rebuilt(fresh: Path, folder: Path) -> State:
    """Return what a full build of `folder` in a fresh place says, in a child."""
    shutil.rmtree(fresh, ignore_errors=True)

    def build_and_observe() -> State:
        index(fresh, folder, full=True)
        return observe(fresh)

    return in_child(build_and_observe).require()


def difference(one: State, other: State) -> str:
    """Return in a line where two states differ."""
    for question, first, second in zip(QUESTIONS, one.answers, other.answers, strict=True):
        if first != second:
            place = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
            part = slice(max(0, place - 80), place + 80)
            return f"{question}: …{first[part]}… instead of …{second[part]}…"
    lost = set(other.articles) - set(one.articles)
    extra = set(one.articles) - set(other.articles)
    return (
        f"articles: {len(lost)} lost, {len(extra)} too many: {[*lost, *extra][:1]}" if lost or extra else ""
    )


def sources(data: Path) -> Sequence[Path]:
    """Return every file below `data`, sorted."""
    return sorted(path for path in data.rglob("*") if path.is_file())

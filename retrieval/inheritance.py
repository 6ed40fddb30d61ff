"""What segments say of articles that are taken over from them: read off their files, not worked out again.

To cut a text into words, to read its names in pinyin and to find its dates takes a millisecond and a half a
passage; an arrival that folds small segments would wait for that longer than for all else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.known import KEYS
from retrieval.postings import Postings, read_postings
from retrieval.segment_catalog import FILE_NAME, open_tables
from retrieval.storing import load_array, naming_table

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article is already."""

    folder: Path
    """Of the segment."""
    row: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One segment that articles come from."""

    folder: Path
    articles: Rows
    """The number in the new segment of each of its articles, -1 of those that do not come along."""
    passages: Rows
    """The same of its passages."""


class Inheritance:
    """What is taken over by a new segment."""

    def __init__(self, origins: Sequence[Origin | None], starts: Rows, keys: npt.NDArray[np.uint8]) -> None:
        """Take where each article of the new segment comes from, its first passage, and the passages' keys.

        `starts` is (articles + 1,), `keys` (passages, 16). Articles that are cut otherwise now do not count.
        """
        self.articles = np.zeros(len(origins), np.bool_)
        """Of which articles all is known."""
        self.passages = np.zeros(len(keys), np.bool_)
        """The same for each passage."""
        self._parts: list[_Part] = []
        folders: dict[Path, list[tuple[int, int]]] = {}
        for number, origin in enumerate(origins):
            if origin is not None:
                folders.setdefault(origin.folder, []).append((number, origin.row))
        for folder, pairs in folders.items():
            self._parts.append(self._take(folder, pairs, starts, keys))

    def postings(self, field: str, *, of_articles: bool = False) -> Iterator[Postings]:
        """Yield what each segment's index of a field has of what is taken over, in the new numbers."""
        for part in self._parts:
            yield read_postings(part.folder, field, part.articles if of_articles else part.passages)

    def names(self) -> set[tuple[str, str]]:
        """Return names as written and as read, those too of articles that do not come along."""
        found: set[tuple[str, str]] = set()
        for part in self._parts:
            with naming_table(part.folder / FILE_NAME), closing(open_tables(part.folder)) as tables:
                found.update(tables.execute("SELECT written, reading FROM names"))
        return found

    def of_articles(self, name: str) -> Iterator[tuple[Rows, npt.NDArray[Any]]]:
        """Yield numbers of articles, and what the files of that `name` have for each."""
        for part in self._parts:
            known = np.flatnonzero(part.articles >= 0)
            yield part.articles[known], load_array(part.folder / name, mapped=True)[known]

    def about_passages(self, name: str) -> Iterator[npt.NDArray[Any]]:
        """Yield the rows of the files of that `name`, whose first column says of which passage each is."""
        for part in self._parts:
            told = load_array(part.folder / name)
            told[:, 0] = part.passages[told[:, 0]]
            yield told[told[:, 0] >= 0]

    def _take(
        self, folder: Path, pairs: Sequence[tuple[int, int]], starts: Rows, keys: npt.NDArray[np.uint8]
    ) -> _Part:
        theirs, their_keys = load_array(folder / "starts.npy"), load_array(folder / KEYS, mapped=True)
        articles = np.full(len(theirs) - 1, -1, np.int64)
        passages = np.full(len(their_keys), -1, np.int64)
        for number, row in pairs:
            here = slice(int(starts[number]), int(starts[number + 1]))
            there = slice(int(theirs[row]), int(theirs[row + 1]))
            if np.array_equal(keys[here], their_keys[there]):
                articles[row] = number
                passages[there] = np.arange(here.start, here.stop)
                self.articles[number] = self.passages[here] = True
        return _Part(folder, articles, passages)

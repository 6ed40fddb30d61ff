"""How articles are spread over segments: what is there stays, what is new gets a segment of its own.

Small segments are folded into the new one while they are not much larger than it (a log-structured merge
tree): a handful is left, each several times the size of the next, and no article is written often. So is a
segment most of which is gone. One that is full stays: to write it again would leave no fewer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.segment_catalog import FILE_NAME, open_tables
from retrieval.storing import load_array, naming_table

_RATIO = 1.5  # a segment up to so many times as large as what is folded already is folded too
_MOST_DEAD = 0.5  # of a segment's passages; beyond it is written anew without them
_MOST_PASSAGES = 50_000  # in a new segment, to bound the memory that writing takes
_FULL = _MOST_PASSAGES // 2  # passages; were such ones folded, a large archive would be written over and over


@dataclass(frozen=True, slots=True)
class Shelf:
    """A segment and what is in it."""

    folder: Path
    rows: Mapping[bytes, int]
    """By the keys of its articles."""
    sizes: npt.NDArray[np.int64]
    """How many passages each has."""

    @classmethod
    def open(cls, folder: Path) -> Shelf:
        """Return what is in the segment in `folder`."""
        with naming_table(folder / FILE_NAME), closing(open_tables(folder)) as tables:
            rows = {key: number for key, number in tables.execute("SELECT key, number FROM articles")}
        return cls(folder, rows, np.diff(load_array(folder / "starts.npy")))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where articles are to be."""

    kept: tuple[Path, ...]
    """Segments that stay."""
    new: tuple[tuple[int, ...], ...]
    """The articles, by their numbers, of each segment that is to be written; they come after those kept."""
    positions: npt.NDArray[np.int32]
    """Segment and row of each article, (n, 2)."""
    origins: tuple[tuple[Path, int] | None, ...]
    """The segment that has each article already, and the row there."""


def arrange(keys: Sequence[bytes], sizes: Sequence[int], shelves: Sequence[Shelf]) -> Arrangement:
    """Return where the articles with these keys, of about so many passages each, are to be.

    Articles that a segment has already are taken from there.
    """
    where = {key: (number, row) for number, shelf in enumerate(shelves) for key, row in shelf.rows.items()}
    places = [where.get(key) for key in keys]
    live = [0] * len(shelves)
    for place in places:
        if place is not None:
            live[place[0]] += int(shelves[place[0]].sizes[place[1]])
    pending = sum(size for size, place in zip(sizes, places, strict=True) if place is None)
    kept = _kept(live, [int(shelf.sizes.sum()) for shelf in shelves], pending)
    position = {number: at for at, number in enumerate(kept)}
    positions = np.zeros((len(keys), 2), np.int32)
    to_write: list[int] = []
    for article, place in enumerate(places):
        if place is None or place[0] not in position:
            to_write.append(article)
        else:
            positions[article] = position[place[0]], place[1]
    new = _cut(to_write, sizes)
    for at, own in enumerate(new, start=len(kept)):
        positions[list(own), 0] = at
        positions[list(own), 1] = np.arange(len(own))
    origins = tuple((shelves[place[0]].folder, place[1]) if place else None for place in places)
    return Arrangement(tuple(shelves[number].folder for number in kept), new, positions, origins)


def _kept(live: Sequence[int], whole: Sequence[int], pending: int) -> list[int]:
    """Return which segments stay, given how many of their passages are needed and how many there are."""
    kept = []
    for number, (needed, there) in enumerate(zip(live, whole, strict=True)):
        if needed < there * _MOST_DEAD:
            pending += needed
        elif needed:
            kept.append(number)
    for number in sorted(kept, key=lambda number: live[number]):
        if live[number] > min(_RATIO * pending, _FULL):
            break
        pending += live[number]
        kept.remove(number)
    return kept


def _cut(articles: Sequence[int], sizes: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    parts: list[list[int]] = []
    room = 0
    for article in articles:
        if not parts or room < sizes[article]:
            parts.append([])
            room = _MOST_PASSAGES
        parts[-1].append(article)
        room -= sizes[article]
    return tuple(map(tuple, parts))

"""What the network makes of a word piece before it looks at its neighbours, kept for the next text.

A text of an archive is made of the same few thousand pieces as the others. What the first layer makes of a
window of pieces is a sum over what it makes of each by itself, so that more than half of the arithmetic need
be done once a piece instead of once a token.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .encoder import Vectors

_Ids = npt.NDArray[np.int64]

_PIECES = 128_010
_ROOM = 8192  # pieces; a hundred megabytes
# Always as many, and each at a place of its own: what a matrix product makes of a row differs in the last bit
# by where it stands, and by nothing else. So what a piece becomes does not depend on the others.
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Kept:
    """What pieces become, a row each; row 0 stands for "outside" and is all 0."""

    own: tuple[Vectors, ...]
    """The input of each branch, (rows, 256)."""
    parts: tuple[tuple[Vectors, ...], ...]
    """Of each branch the parts in the first layer, one for each place in its window, (rows, 256)."""


class Pieces:
    """Recalls what pieces become. Safe to use from several threads."""

    def __init__(self, project: Callable[[_Ids], Vectors], weights: Sequence[Vectors]) -> None:
        """Take what gives pieces (n,) their inputs of all branches, (n, branches * width).

        Of each branch it takes the weights of the first layer, (window * width, width).
        """
        self._project = project
        width = weights[0].shape[1]
        # One product for all places of a window: (width, window * width).
        self._weights = [
            np.ascontiguousarray(own.reshape(-1, width, width).transpose(1, 0, 2).reshape(width, -1))
            for own in weights
        ]
        self._width = width
        self._lock = threading.Lock()
        self._forget(_ROOM)

    def rows(self, ids: _Ids) -> tuple[Kept, _Ids]:
        """Return what is kept, and the row of each of `ids` in it."""
        with self._lock:
            kept, row_of = self._kept, self._row_of
            found = row_of[ids]
            if not found.all():
                self._add(_distinct(ids[found == 0]), ids)
                kept, found = self._kept, self._row_of[ids]
        return kept, found

    def _forget(self, room: int) -> None:
        """Begin anew; who has what was kept may go on with it."""

        def empty() -> Vectors:
            rows = np.empty((room + 1, self._width), np.float32)
            rows[0] = 0
            return rows

        windows = [own.shape[1] // self._width for own in self._weights]
        self._kept = Kept(
            tuple(empty() for _ in windows),
            tuple(tuple(empty() for _ in range(window)) for window in windows),
        )
        self._row_of = np.zeros(_PIECES, np.int64)
        self._next = 1

    def _add(self, new: _Ids, wanted: _Ids) -> None:
        """Keep what the pieces in `new` become, and of all that are `wanted` where there is no room."""
        if len(new) > len(self._kept.own[0]) - self._next:
            new = _distinct(wanted)
            self._forget(max(_ROOM, len(new)))
        for ids in _batches(new):
            at = ids % _AT_ONCE
            batch = np.zeros(_AT_ONCE, np.int64)
            batch[at] = ids
            projected = self._project(batch)
            rows = slice(self._next, self._next + len(ids))
            for branch, weights in enumerate(self._weights):
                x = projected[:, branch * self._width : (branch + 1) * self._width]
                made = x @ weights
                self._kept.own[branch][rows] = x[at]
                for place, part in enumerate(self._kept.parts[branch]):
                    part[rows] = made[at, place * self._width : (place + 1) * self._width]
            self._row_of[ids] = np.arange(rows.start, rows.stop)
            self._next = rows.stop


def _distinct(ids: _Ids) -> _Ids:
    return np.asarray(sorted(set(ids.tolist())), np.int64)


def _batches(ids: _Ids) -> list[_Ids]:
    """Return `ids`, rising, in parts in which no two have the same place."""
    order = np.argsort(ids % _AT_ONCE, kind="stable")
    places = ids[order] % _AT_ONCE
    firsts = np.flatnonzero(np.diff(places, prepend=-1))
    turns = np.arange(len(ids)) - np.repeat(firsts, np.diff(firsts, append=len(ids)))
    return [ids[order[turns == turn]] for turn in range(int(turns.max()) + 1)]

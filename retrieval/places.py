"""Where documents are: the numbers of a generation against segments and the rows in them.

A generation numbers its articles and passages in an order of its own, whatever segments hold them. What a
segment holds and the generation does not has no number: it is gone, though it still is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Scalar = TypeVar("Scalar", bound=np.generic)


class Places:
    """The places of all documents of one kind. Immutable."""

    def __init__(self, segments: Rows, rows: Rows, sizes: Sequence[int]) -> None:
        """Take segment and row of each number, (n,), and how many rows each segment has."""
        self.segments, self.rows = segments, rows
        self.size = len(segments)
        self.numbers: list[Rows] = []
        """Of each segment's rows, -1 for what is gone."""
        for segment, size in enumerate(sizes):
            numbers = np.full(size, -1, np.int32)
            own = np.flatnonzero(segments == segment)
            numbers[rows[own]] = own
            self.numbers.append(numbers)
        self.complete = [bool((numbers >= 0).all()) for numbers in self.numbers]
        """Of each segment, whether nothing of it is gone."""

    @classmethod
    def single(cls, size: int) -> Places:
        """Return the places of `size` documents in one segment, in its order."""
        return cls(np.zeros(size, np.int32), np.arange(size, dtype=np.int32), [size])

    def split(self, numbers: Numbers) -> Iterator[tuple[int, Numbers, Rows]]:
        """Yield each segment that has some of `numbers`, where among them they stand, and their rows."""
        segments = self.segments[numbers]
        for segment in sorted(set(segments.tolist())):
            at = np.flatnonzero(segments == segment)
            yield segment, at, self.rows[numbers[at]]

    def place(self, number: int) -> tuple[int, int]:
        """Return segment and row of one document."""
        return int(self.segments[number]), int(self.rows[number])

    def gather(self, parts: Sequence[npt.NDArray[Scalar]]) -> npt.NDArray[Scalar]:
        """Return what each segment has for each row, (rows, ...), in the order of numbers, (n, ...)."""
        if len(parts) == 1 and self.complete[0] and bool((np.diff(self.rows) == 1).all()):
            return np.asarray(parts[0])  # as it is on disk
        if not parts:
            raise ValueError("there are no segments")
        shape: Any = (self.size, *parts[0].shape[1:])
        gathered = np.empty(shape, parts[0].dtype)
        for part, numbers in zip(parts, self.numbers, strict=True):
            there = numbers >= 0
            gathered[numbers[there]] = part[there]
        return gathered

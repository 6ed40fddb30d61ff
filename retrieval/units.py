"""Units: the sentences and short runs of clauses of a passage, kept as small vectors to score it exactly.

A sentence model averages over its text, so a long paragraph blurs; the clause that answers does not. Units
are many (about thirty a passage) and are therefore never searched: the best passages are found first, then
their units are read from a file of one byte a component.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from retrieval.places import Places
from retrieval.sentences import Span, clause_spans, sentence_spans
from retrieval.storing import RowFile, load_array, map_array, naming, save_array

_CLAUSES = 3  # longest run of clauses; longer ones no longer gain (measured on the dev sets)
_STEPS = 127  # of an int8
_ROWS_AT_ONCE = 512  # a megabyte of float32, which stays near the processor
_QUERIES_AT_ONCE = 512  # some ten megabytes of similarities to the units of a hundred passages

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]


def unit_spans(text: str) -> list[Span]:
    """Return the ranges of the units of `text`, sentences first, each range once."""
    clauses = clause_spans(text)
    runs = [
        (clauses[first][0], clauses[first + length - 1][1])
        for length in range(1, _CLAUSES + 1)
        for first in range(len(clauses) - length + 1)
    ]
    return list(dict.fromkeys([*sentence_spans(text), *runs])) or [(0, len(text))]


class UnitWriter:
    """Appends the units of passage after passage to files under `folder`; closes them where that fails."""

    def __init__(self, folder: Path, dim: int) -> None:
        paths = [folder / f"units.{name}" for name in ("codes.i8", "scales.f4", "spans.i4")]
        self._files = {path: path.open("wb") for path in paths}
        self._offsets = [0]
        self._folder = folder
        self._dim = dim

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        for file in self._files.values():
            with suppress(OSError):
                file.close()

    def add(self, spans: Sequence[Span], codes: Codes, scales: Floats) -> None:
        """Append one passage: its spans (m, 2), quantised vectors (m, dim) and their scales (m,)."""
        parts = codes.tobytes(), scales.tobytes(), np.asarray(spans, np.int32).tobytes()
        for (path, file), part in zip(self._files.items(), parts, strict=True):
            with naming(path):
                file.write(part)
        self._offsets.append(self._offsets[-1] + len(spans))

    def close(self) -> None:
        """Finish the files."""
        for path, file in self._files.items():
            with naming(path):
                file.close()
        save_array(self._folder / "units.offsets.npy", np.asarray(self._offsets, np.int64))


@dataclass(frozen=True, slots=True)
class _Part:
    """The units of one segment; all but the codes are memory-mapped."""

    codes: RowFile | None
    """Rows of `dim` components, None where there are no units."""
    scales: Floats
    """(m,)"""
    spans: npt.NDArray[np.int32]
    """(m, 2)"""
    offsets: npt.NDArray[np.int64]
    """(passages + 1,)"""

    @classmethod
    def open(cls, folder: Path, dim: int) -> _Part:
        offsets = load_array(folder / "units.offsets.npy")
        count = int(offsets[-1])
        if not count:
            return cls(None, np.zeros(0, np.float32), np.zeros((0, 2), np.int32), offsets)
        scales = map_array(folder / "units.scales.f4", np.float32, (count,))
        spans = map_array(folder / "units.spans.i4", np.int32, (count, 2))
        return cls(RowFile(folder / "units.codes.i8", dim), scales, spans, offsets)

    def read(self, runs: Sequence[tuple[int, int, int]], codes: Codes, scales: Floats) -> None:
        """Fill parts of `codes` (m, dim) and `scales` (m,): for each run where from, where to, how many."""
        if self.codes is not None:
            self.codes.read(runs, codes)
        for source, target, count in runs:
            scales[target : target + count] = self.scales[source : source + count]


class UnitStore:
    """The units of all passages of a generation. Safe to use from several threads."""

    def __init__(self, parts: Sequence[_Part], places: Places, dim: int) -> None:
        """Take what `open` found."""
        self._parts, self._places, self._dim = parts, places, dim

    @classmethod
    def open(cls, folders: Sequence[Path], dim: int, places: Places) -> UnitStore:
        """Return the store over what UnitWriters left in the folders of these segments."""
        return cls([_Part.open(folder, dim) for folder in folders], places, dim)

    def of(self, passage: int) -> tuple[list[Span], Codes, Floats]:
        """Return the spans, codes (m, dim) and scales (m,) of one passage."""
        segment, row = self._places.place(passage)
        units = self._parts[segment]
        part = slice(int(units.offsets[row]), int(units.offsets[row + 1]))
        spans = [(start, end) for start, end in units.spans[part].tolist()]
        codes, scales = np.empty((len(spans), self._dim), np.int8), np.empty(len(spans), np.float32)
        units.read([(part.start, 0, len(spans))], codes, scales)
        return spans, codes, scales

    def best(self, query: Floats, passages: npt.NDArray[np.int64]) -> Floats:
        """Return the similarity to `query` (dim,) of each passage's best unit, float32 (len(passages),)."""
        if not len(passages):
            return np.zeros(0, np.float32)
        codes, scales, firsts = self._gathered(passages)
        # Over all at once, so that a score does not depend on how passages are spread over segments.
        similarities = np.empty(len(codes), np.float32)
        block = np.empty((min(_ROWS_AT_ONCE, len(codes)), self._dim), np.float32)
        for at in range(0, len(codes), _ROWS_AT_ONCE):
            rows = codes[at : at + _ROWS_AT_ONCE]
            block[: len(rows)] = rows
            np.dot(block[: len(rows)], query, out=similarities[at : at + len(rows)])
        return np.maximum.reduceat(similarities * scales, firsts)

    def best_each(self, queries: Floats, passages: npt.NDArray[np.int64]) -> Floats:
        """Return what `best` does for each of `queries` (n, dim), float32 (n, len(passages))."""
        if not len(passages):
            return np.zeros((len(queries), 0), np.float32)
        codes, scales, firsts = self._gathered(passages)
        units = codes.astype(np.float32)
        units *= scales[:, None]
        parts = [
            queries[at : at + _QUERIES_AT_ONCE] @ units.T for at in range(0, len(queries), _QUERIES_AT_ONCE)
        ]
        best = [np.maximum.reduceat(part, firsts, axis=1) for part in parts]
        return np.concatenate([np.zeros((0, len(passages)), np.float32), *best])

    def _gathered(self, passages: npt.NDArray[np.int64]) -> tuple[Codes, Floats, npt.NDArray[np.int64]]:
        """Return codes (m, dim) and scales (m,) of the units of passages, and where each one's begin."""
        counts = np.empty(len(passages), np.int64)
        found = list(self._places.split(passages))
        for segment, at, rows in found:
            offsets = self._parts[segment].offsets
            counts[at] = offsets[rows + 1] - offsets[rows]
        ends = np.cumsum(counts)
        firsts = ends - counts
        codes = np.empty((int(ends[-1]), self._dim), np.int8)
        scales = np.empty(len(codes), np.float32)
        for segment, at, rows in found:
            units = self._parts[segment]
            sources, targets, own = units.offsets[rows], firsts[at], counts[at]
            # Passages that stand one after another in the file are read as one.
            breaks = (np.diff(sources) != own[:-1]) | (np.diff(targets) != own[:-1])
            begins = np.flatnonzero(np.concatenate([[True], breaks]))
            lengths = np.add.reduceat(own, begins)
            runs = zip(sources[begins].tolist(), targets[begins].tolist(), lengths.tolist(), strict=True)
            units.read(list(runs), codes, scales)
        return codes, scales, firsts

    def similarities(self, query: Floats, passage: int) -> tuple[list[Span], Floats]:
        """Return the spans of a passage's units and their similarity to `query` (dim,)."""
        spans, codes, scales = self.of(passage)
        return spans, (codes.astype(np.float32) @ query) * scales


def quantise(vectors: Floats) -> tuple[Codes, Floats]:
    """Return codes int8 (n, dim) and scales float32 (n,) so that codes * scale is near each vector."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / _STEPS
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return codes, scales.astype(np.float32)

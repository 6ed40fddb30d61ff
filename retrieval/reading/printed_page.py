"""A printed page as glyphs with places in, its lines in reading order out.

The order in which a PDF draws is its own affair. Here a page is cut recursively along its white space
(XY-cut, Nagy and Seth 1984): a headline above all its columns first, then the columns, left to right, then
what stands one below the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import median
from typing import NamedTuple

import numpy as np

from retrieval.reading.typography import is_cjk

# All lengths below are multiples of the size of the body's letters.
_SAME_ROW = 0.4  # by which baselines of one row may differ
_PIECE_GAP = 0.7  # white space within a row from which its parts may belong to different columns
_WORD_GAP = 0.15  # white space that parts Latin words
_ADJOINING = 0.12  # white space within a word that was drawn in parts
_FEW = 3  # letters; more of them that adjoin others may be the end of one column and the start of the next
_GUTTER = 0.8  # least white space between columns
_STICK_OUT = 0.3  # share of a column's lines that may stick out into it
_COLUMN_LINES = 2  # of a first column; the last may have one
_LARGE = 1.2  # letters of a headline
_BLANK = 1.6  # distance of baselines, against the usual one, from which lines stand apart
_OVERPRINT = 0.2  # distance at which the same letter, printed twice, is one in bold
_KICKERS = 3  # rows of smaller letters above a headline
_DEEPEST = 40  # cuts within cuts; a page has a handful


class Glyph(NamedTuple):
    """One letter where it is printed, in points; y grows upwards."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of a column."""

    text: str
    gap: int
    """Blank lines above it: 1 where it stands apart, 2 before a headline."""
    indent: float
    """White space before it, in letters."""
    scale: float
    """Size of its letters against those of the body."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Neighbouring glyphs of a row."""

    glyphs: tuple[Glyph, ...]
    left: float
    right: float
    base: float
    size: float

    @property
    def top(self) -> float:
        return self.base + 0.9 * self.size

    @property
    def bottom(self) -> float:
        return self.base - 0.2 * self.size


def printed_lines(glyphs: Iterable[Glyph]) -> list[PrintedLine]:
    """Return the lines of a page in reading order."""
    visible = [glyph for glyph in glyphs if not glyph.text.isspace() and glyph.size > 0]
    if not visible:
        return []
    body = _body_size(visible)
    pieces = _pieces(visible, body)
    lines: list[PrintedLine] = []
    for column, apart in _in_order(pieces, body, 0, apart=False):
        for line in _lines(column, body):
            is_first = not lines
            after_headline = not is_first and (lines[-1].scale >= _LARGE) != (line.scale >= _LARGE)
            gap = 0 if is_first else max(line.gap, int(apart), int(after_headline))
            lines.append(replace(line, gap=gap))
            apart = False
    return lines


def _body_size(glyphs: Sequence[Glyph]) -> float:
    sizes = Counter(round(2 * glyph.size) / 2 for glyph in glyphs)
    return max(sizes, key=lambda size: (sizes[size], size)) or 1.0


def _pieces(glyphs: Sequence[Glyph], body: float) -> list[_Piece]:
    """Return what was drawn in one go along a row, and what adjoins it without a gap."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if not (runs and _follows(runs[-1][-1], glyph, _PIECE_GAP * body)):
            runs.append([])
        runs[-1].append(glyph)
    pieces: list[list[Glyph]] = []
    for run in sorted(runs, key=lambda run: (-round(run[0].base / (_SAME_ROW * body)), run[0].left)):
        short = pieces and min(len(run), len(pieces[-1])) <= _FEW
        if short and _follows(pieces[-1][-1], run[0], _ADJOINING * body):
            pieces[-1] += run
        else:
            pieces.append(list(run))
    return [_piece(piece) for piece in pieces]


def _follows(before: Glyph, glyph: Glyph, most: float) -> bool:
    """Return whether a glyph stands in the row of another, to its right, with at most so much between."""
    size = min(before.size, glyph.size)
    return (
        abs(glyph.base - before.base) <= _SAME_ROW * size
        and -_OVERPRINT * size <= glyph.left - before.right <= most
        and max(before.size, glyph.size) <= _LARGE * size
    )


def _rows(glyphs: Sequence[Glyph], body: float) -> Iterator[list[Glyph]]:
    """Yield the glyphs of each row of a column from left to right, rows from top to bottom."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.base):
        if row and row[0].base - glyph.base > _SAME_ROW * min(body, glyph.size, row[0].size):
            yield _once(sorted(row, key=lambda glyph: glyph.left))
            row = []
        row.append(glyph)
    yield _once(sorted(row, key=lambda glyph: glyph.left))


def _once(row: Sequence[Glyph]) -> list[Glyph]:
    """Return a row without the letters that are printed twice to look bold."""
    kept: list[Glyph] = []
    for glyph in row:
        if not any(
            glyph.text == other.text and abs(glyph.left - other.left) < _OVERPRINT * glyph.size
            for other in kept[-2:]
        ):
            kept.append(glyph)
    return kept


def _piece(glyphs: Sequence[Glyph]) -> _Piece:
    return _Piece(
        tuple(glyphs),
        min(glyph.left for glyph in glyphs),
        max(glyph.right for glyph in glyphs),
        median(glyph.base for glyph in glyphs),
        median(glyph.size for glyph in glyphs),
    )


def _in_order(
    pieces: Sequence[_Piece], body: float, depth: int, *, apart: bool
) -> Iterator[tuple[list[_Piece], bool]]:
    """Yield the pieces of each column, or headline, in reading order, and whether it stands apart.

    A column goes on where the one before it ended; what stands below something else does not.
    """
    parts, are_columns = _cut(pieces, body) if depth < _DEEPEST else ([list(pieces)], False)
    if len(parts) == 1:
        yield parts[0], apart
        return
    for number, part in enumerate(parts):
        yield from _in_order(part, body, depth + 1, apart=not are_columns if number else apart)


def _cut(pieces: Sequence[_Piece], body: float) -> tuple[list[list[_Piece]], bool]:
    """Return the parts of a region in reading order, and whether they are columns of it."""
    if below := _below_a_headline(pieces, body):
        return [_without(pieces, below), below], False
    if gutters := _gutters(pieces, body):
        columns = _split(pieces, gutters)
        if band := _band_over_all(columns, body):
            return [band, _without(pieces, band)], False
        return columns, True
    return _bands(pieces, body), False


def _without(pieces: Sequence[_Piece], some: Sequence[_Piece]) -> list[_Piece]:
    taken = set(map(id, some))
    return [piece for piece in pieces if id(piece) not in taken]


def _below_a_headline(pieces: Sequence[_Piece], body: float) -> list[_Piece]:
    """Return what stands at and below the first headline inside a region that has no text beside it.

    It is the next article's, however wide it is: those that stand side by side are parted by their gutter.
    """
    text = [piece for piece in pieces if not _is_large(piece, body)]
    tops, bottoms = (np.array([getattr(piece, edge) for piece in text]) for edge in ("top", "bottom"))
    for head in sorted((p for p in pieces if _is_large(p, body)), key=lambda piece: -piece.top):
        above = bottoms > head.top - _SAME_ROW * body
        beside = ~above & (tops > head.bottom + _SAME_ROW * body)
        if np.count_nonzero(above) > _KICKERS and not beside.any():
            return [piece for piece in pieces if piece.top <= head.top + _SAME_ROW * body]
    return []


def _gutters(pieces: Sequence[_Piece], body: float) -> list[float]:
    """Return where columns begin, but for the first: at white space down the whole of a region.

    Some lines may stick out into it, for not every printer squeezes what was meant to be squeezed; a headline
    may not.
    """
    starts: list[float] = []
    lefts, rights, bases = (
        np.array([getattr(p, edge) for p in pieces]) for edge in ("left", "right", "base")
    )
    large = np.array([_is_large(piece, body) for piece in pieces])
    for left in np.unique(lefts):
        if starts and left - starts[-1] < _GUTTER * body:
            continue
        before = lefts < left - 0.1 * body
        beyond = before & (rights > left - _GUTTER * body)
        column = before & (lefts >= starts[-1]) if starts else before
        rows = len(np.unique(np.round(bases[column] / body)))
        if (beyond & large).any() or rows < (1 if starts else _COLUMN_LINES):
            continue
        sticking_out = beyond & column
        if sticking_out.any():  # judged by the column that they stick out of, the last before this place
            column &= rights > lefts[sticking_out].min()
        if np.count_nonzero(sticking_out) <= _STICK_OUT * np.count_nonzero(column):
            starts.append(float(left))
    return starts


def _split(pieces: Sequence[_Piece], gutters: Sequence[float]) -> list[list[_Piece]]:
    columns: list[list[_Piece]] = [[] for _ in range(len(gutters) + 1)]
    for piece in pieces:
        columns[sum(piece.left >= gutter for gutter in gutters)].append(piece)
    return columns


def _band_over_all(columns: Sequence[Sequence[_Piece]], body: float) -> list[_Piece]:
    """Return the headline of more than its own column, where there is one.

    It stands above one column, in the middle say, and the others begin below it.
    """
    bands = [_headline(column, body) for column in columns]
    headed = [number for number, band in enumerate(bands) if band]
    if len(headed) != 1:
        return []
    band = bands[headed[0]]
    bottom = min(piece.bottom for piece in band)
    tops = (max(piece.top for piece in column) for n, column in enumerate(columns) if n != headed[0])
    return band if all(top < bottom + _SAME_ROW * body for top in tops) else []


def _headline(column: Sequence[_Piece], body: float) -> list[_Piece]:
    """Return what stands on top of a column down to the last large letters, none where they come later."""
    rows = [[piece for _, piece in row] for _, row in groupby(_by_row(column, body), key=itemgetter(0))]
    large = [number for number, row in enumerate(rows) if all(_is_large(piece, body) for piece in row)]
    if not large or large[0] > _KICKERS:
        return []
    last = large[0]
    while last + 1 in large:
        last += 1
    return [piece for row in rows[: last + 1] for piece in row]


def _bands(pieces: Sequence[_Piece], body: float) -> list[list[_Piece]]:
    """Return what stands one below the other: headlines by themselves, and what white space parts."""
    rows = [[piece for _, piece in row] for _, row in groupby(_by_row(pieces, body), key=itemgetter(0))]
    bands: list[list[_Piece]] = []
    lowest, was_large = float("inf"), False
    for row in rows:
        top = max(piece.top for piece in row)
        large = all(_is_large(piece, body) for piece in row)
        apart = lowest - top > _BLANK * body
        clear = lowest - top > -0.1 * body
        if not bands or (clear and (large != was_large or apart)):
            bands.append([])
            lowest = float("inf")
        bands[-1] += row
        lowest = min(lowest, *(piece.bottom for piece in row))
        was_large = large
    return bands


def _by_row(pieces: Sequence[_Piece], body: float) -> Iterator[tuple[int, _Piece]]:
    """Yield pieces from top to bottom, numbered by their row; rows may overlap where columns do not align."""
    number, bottom = 0, float("inf")
    for piece in sorted(pieces, key=lambda piece: (-piece.top, piece.left)):
        if piece.top - 0.3 * body < bottom:
            number += 1
            bottom = piece.bottom
        else:
            bottom = min(bottom, piece.bottom)
        yield number, piece


def _is_large(piece: _Piece, body: float) -> bool:
    return piece.size >= _LARGE * body


def _lines(pieces: Sequence[_Piece], body: float) -> Iterator[PrintedLine]:
    """Yield the lines of one column or headline."""
    rows = list(_rows([glyph for piece in pieces for glyph in piece.glyphs], body))
    if len(rows) > 2 and all(len(row) == 1 for row in rows):
        rows = [[row[0] for row in rows]]  # a headline from top to bottom
    left = min(row[0].left for row in rows)
    steps = [above[0].base - below[0].base for above, below in pairwise(rows)]
    usual = median(steps) if steps else 0.0
    for row, step in zip(rows, [0.0, *steps], strict=True):
        size = median(glyph.size for glyph in row)
        gap = 2 if not step and size >= _LARGE * body else int(step > _BLANK * max(usual, body))
        yield PrintedLine(_text(row), gap, (row[0].left - left) / size, size / body)


def _text(row: Sequence[Glyph]) -> str:
    """Return the text of a row; between Chinese letters only wide white space counts."""
    parts = [row[0].text]
    for before, glyph in pairwise(row):
        chinese = is_cjk(before.text) or is_cjk(glyph.text)
        if glyph.left - before.right > (_PIECE_GAP if chinese else _WORD_GAP) * glyph.size:
            parts.append(" ")
        parts.append(glyph.text)
    return "".join(parts)

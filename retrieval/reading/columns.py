"""How wide a column is, judged from its lines alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.reading.typography import Line

INDENT = 2.0  # units; the first line of a paragraph is indented by two characters in nearly all the press
_FIRST = 0.8  # what a line counts that fills the column if its indent was lost
_TOLERANCE = 0.5  # half a unit: justification squeezes or stretches a line by as much
_NARROWEST, _WIDEST = 4.0, 64.0  # units; longer lines than of 128 Latin letters are paragraphs
_LOOSE = 0.6  # what a line counts that is half a unit too wide, or too short for the next word
_CLOSE = 0.93  # a width that nearly as many lines fill may be the true one
_MAX_CANDIDATES = 3
_INSIDE, _MAYBE_LAST = (
    1.0,
    0.3,
)  # a line that ends a sentence may be the last of its paragraph: it may be short
_RUNNING = 0.2  # least share of lines that fill the column and run on into the next
_BEYOND = 0.25  # greatest share of text in lines with whole sentences that stick out
_CLAUSES = 3  # commas that no headline has
_CLEARLY = 2.0  # units beyond the column from which a line sticks out


def column_widths(lines: Sequence[Line]) -> list[float]:
    """Return the likeliest widths of the column in full-width units, best first; none where there is none.

    The width is the one that most lines fill: they reach it, squeezed or not, or stop just short of it
    because the next word is too long. Headlines may be wider; where sentences are, there is no column.
    """
    if len(lines) < 2:
        return []
    extents = _extents(lines)
    votes: defaultdict[int, float] = defaultdict(float)
    for extent in extents:
        first, last = round(2 * extent.low), round(2 * extent.high)
        for half_units in range(first, min(last, first + 12) + 1):
            votes[half_units] += extent.weight / (10 + last - first)
    frequent = sorted(votes, key=votes.__getitem__, reverse=True)[:6]
    widest = max(round(2 * extent.high) for extent in extents)
    scores = {
        half_units / 2: sum(extent.weight * _fills(extent, half_units / 2) for extent in extents)
        for half_units in {*frequent, widest}
        if _NARROWEST <= half_units / 2 <= _WIDEST
    }
    ranked = sorted(scores, key=lambda width: (-scores[width], -width))
    if not ranked or not _is_column(lines, extents, ranked[0]):
        return []
    return [width for width in ranked if scores[width] >= _CLOSE * scores[ranked[0]]][:_MAX_CANDIDATES]


class _Extent(NamedTuple):
    """What a line says about the width of its column."""

    low: float
    high: float
    need: float
    """Width of the next line's first word."""
    may_be_first: bool
    """It may begin a paragraph, its indent lost."""
    weight: float


def _extents(lines: Sequence[Line]) -> list[_Extent]:
    extents: list[_Extent] = []
    after_sentence = True
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        space = line.space
        ends = line.ends
        need = following.first if following else 0.0
        weight = _INSIDE if following and not ends else _MAYBE_LAST
        extents.append(
            _Extent(line.low + space, line.high + space, need, after_sentence and not space, weight)
        )
        after_sentence = ends
    return extents


def _is_column(lines: Sequence[Line], extents: list[_Extent], width: float) -> bool:
    """Return whether lines run on from one to the next at this width, and hardly any sentence sticks out."""
    running = sum(extent.weight == _INSIDE and _fills(extent, width) > 0 for extent in extents)
    beyond = sum(
        extent.high
        for line, extent in zip(lines, extents, strict=True)
        if extent.low > width + _CLEARLY
        and ("。" in line.text or line.text.count("，") >= _CLAUSES or extent.low > 2 * _WIDEST)
    )
    total = sum(extent.high for extent in extents)
    return running >= _RUNNING * len(lines) and beyond <= _BEYOND * total


def _fills(extent: _Extent, width: float) -> float:
    score = _reaches(extent.low, extent.high, extent.need, width)
    if score < 1.0 and extent.may_be_first:
        return max(score, _FIRST * _reaches(extent.low, extent.high, extent.need, width - INDENT))
    return score


def _reaches(low: float, high: float, need: float, width: float) -> float:
    if low > width:
        return _LOOSE if low <= width + _TOLERANCE else 0.0
    if high >= width:
        return 1.0
    return _LOOSE if width - high < need else 0.0

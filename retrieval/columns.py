"""How wide a column is, judged from its lines alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from retrieval.typography import Line, ends_sentence, first_token_width

_TOLERANCE = 0.5  # half a unit: justification squeezes or stretches a line by as much
_NARROWEST = 4.0  # no column is narrower
_LOOSE = 0.6  # what a line counts that is half a unit too wide, or too short for the next word
_CLOSE = 0.93  # a width that nearly as many lines fill may be the true one
_MAX_CANDIDATES = 3
_INSIDE, _MAYBE_LAST = (
    1.0,
    0.3,
)  # a line that ends a sentence may be the last of its paragraph: it may be short
_RUNNING = 0.25  # least share of lines that fill the column and run on into the next
_BEYOND = 0.25  # greatest share of text in lines with whole sentences that stick out
_CLEARLY = 2.0  # units beyond the column from which a line sticks out


def column_widths(lines: Sequence[Line]) -> list[float]:
    """Return the likeliest widths of the column in full-width units, best first; none where there is none.

    The width is the one that most lines fill: they reach it, squeezed or not, or stop just short of it
    because the next word is too long. Headlines may be wider; where sentences are, there is no column.
    """
    if len(lines) < 2:
        return []
    # a line of running text: (least width, greatest width, what the next word needs, weight)
    extents = [
        (
            line.low + line.space,
            line.high + line.space,
            first_token_width(following.text) if following else 0.0,
            _MAYBE_LAST if ends_sentence(line.text) else _INSIDE,
        )
        for line, following in zip(lines, [*lines[1:], None], strict=True)
    ]
    votes: defaultdict[int, float] = defaultdict(float)
    for low, high, _, weight in extents:
        first, last = round(2 * low), round(2 * high)
        for half_units in range(first, min(last, first + 12) + 1):
            votes[half_units] += weight / (10 + last - first)
    frequent = sorted(votes, key=votes.__getitem__, reverse=True)[:6]
    widest = max(round(2 * high) for _, high, _, _ in extents)
    scores = {
        half_units / 2: sum(
            weight * _fills(low, high, half_units / 2, need) for low, high, need, weight in extents
        )
        for half_units in {*frequent, widest}
        if half_units >= 2 * _NARROWEST
    }
    ranked = sorted(scores, key=lambda width: (-scores[width], -width))
    if not ranked or not _is_column(lines, extents, ranked[0]):
        return []
    return [width for width in ranked if scores[width] >= _CLOSE * scores[ranked[0]]][:_MAX_CANDIDATES]


def _is_column(lines: Sequence[Line], extents: list[tuple[float, float, float, float]], width: float) -> bool:
    """Return whether lines run on from one to the next at this width, and hardly any sentence sticks out."""
    running = sum(
        weight == _INSIDE and _fills(low, high, width, need) > 0 for low, high, need, weight in extents
    )
    beyond = sum(
        high
        for line, (low, high, _, weight) in zip(lines, extents, strict=True)
        if low > width + _CLEARLY and (weight == _INSIDE or "。" in line.text)
    )
    total = sum(high for _, high, _, _ in extents)
    return running >= _RUNNING * len(lines) and beyond <= _BEYOND * total


def _fills(low: float, high: float, width: float, need: float) -> float:
    if low > width:
        return _LOOSE if low <= width + _TOLERANCE else 0.0
    if high >= width:
        return 1.0
    return _LOOSE if width - high < need else 0.0

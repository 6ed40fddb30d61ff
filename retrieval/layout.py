"""Which line of a page begins a paragraph, goes on with one, or is part of a headline.

A page is a chain of lines, each in one of three states; the best chain is found by dynamic programming
(Viterbi). The score of a chain is a sum of log-odds, the named `Weights`, over what a typesetter does: lines
inside a paragraph are full, its first line is indented (an indent that text extraction drops, so that the
line looks two units short), its last line ends where the sentence does, and headlines stand apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from retrieval.typography import Line, first_token_width, open_pairs

_FINAL = re.compile(r"(?:[。！？!?…]|(?<=[A-Za-z0-9%)])\.)[”’」』）》】\"')\]]*$")
_SEMIFINAL = re.compile(r"[：:；;）)”’」』】》]$")
_GOES_ON = re.compile(r"[，、,“‘（《〈「『【(—·-]$")
_CANNOT_START = re.compile(r"[，。、；：？！”’）》〉」』】％%,.;:?!)\]…]")
_INNER_FINAL = re.compile(r"[。；]")
_INNER_COMMA = re.compile(r"[，,]")

_INDENT = 2.0  # the first line of a paragraph is indented by two characters throughout the Chinese press
_TOLERANCE = 0.5  # half a unit: justification squeezes or stretches a line by as much
_PRINTED_INDENT = 1.0  # from here on white space before a line is an indent, not a stray space
_OPEN_LINES = 8  # a quote left open for more lines than this was never closed
_NARROWEST = 4.0  # no column is narrower


class State(IntEnum):
    """What a line is."""

    START = 0
    CONTINUE = 1
    HEAD = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of the features; positive speaks for what the name says."""

    # a line inside a paragraph
    tight: float = -1.5  # stops short of the column because the next word would not have fitted
    stops_early: float = -5.0  # stops short although the next word would have fitted
    unit_early: float = -0.4  # and for every unit of the room left
    unit_over: float = -2.5  # sticks out of the column, for every unit
    # the last line of a paragraph
    any_length: float = -2.5  # may end anywhere in the column
    # a new paragraph after a line that ends ...
    after_final: float = 3.5
    after_semifinal: float = -2.5
    after_word: float = -6.5
    after_comma: float = -10.0
    # ... with white space between, or inside an open quote or bracket, or before what cannot start
    no_blank: float = -1.0
    blank: float = 3.0
    blanks: float = 4.5
    open_pair: float = -2.5
    bad_start: float = -10.0
    # where indents are printed
    indented: float = 4.0
    not_indented: float = -5.0
    indent_inside: float = -7.0
    # headlines
    head_line: float = -3.7  # any width: one in about forty
    head_block: float = -2.0
    head_close: float = -4.5  # no white space between headline and text
    head_final: float = -6.0
    head_comma: float = -1.5
    head_width: float = -1.0  # exactly as wide as the column


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Layout:
    """The best reading of a page."""

    width: float
    """Column width, full-width units; 0 where the text is not set in columns."""
    states: tuple[State, ...]
    score: float


def read_layout(lines: Sequence[Line], weights: Weights = WEIGHTS) -> Layout:
    """Return the best reading of `lines`; text that is not set in columns keeps one paragraph a line."""
    if not lines:
        return Layout(0.0, (), 0.0)
    width = column_width(lines)
    if width == 0.0:
        return Layout(0.0, _prose_states(lines), 0.0)
    printed = _indents_printed(lines)
    readings = [
        _viterbi(lines, width, indent, printed, weights) for indent in ((0.0,) if printed else (_INDENT, 0.0))
    ]
    return max(readings, key=lambda reading: reading.score)


def ends_sentence(text: str) -> bool:
    """Return whether `text` ends as a sentence does, closing quotes and brackets included."""
    return _FINAL.search(text) is not None


def column_width(lines: Sequence[Line]) -> float:
    """Return the width of the column in full-width units, or 0 where the lines are not set in one.

    The width is the one that most lines fill: they reach it, squeezed or not, or stop just short of it
    because the next word is too long. Lines that end inside a sentence count in full, others little: they may
    be last lines.
    """
    if len(lines) < 2:
        return 0.0
    needs = [first_token_width(line.text) for line in lines[1:]] + [0.0]
    inside = [not ends_sentence(line.text) for line in lines]
    votes: defaultdict[float, float] = defaultdict(float)
    for line, is_inside in zip(lines, inside, strict=True):
        low, high = round(2 * (line.low + _space(line))), round(2 * (line.high + _space(line)))
        for half_units in range(low, min(high, low + 12) + 1):
            votes[half_units / 2] += (1.0 if is_inside else 0.3) / (1 + 0.1 * (high - low))
    candidates = [
        width for width in sorted(votes, key=votes.__getitem__, reverse=True)[:6] if width >= _NARROWEST
    ]
    widest = max(line.high + _space(line) for line in lines)
    best, best_score = 0.0, 0.0
    for width in {*candidates, widest}:
        score = sum(
            (1.0 if is_inside else 0.3) * _fills(line, width, need)
            for line, need, is_inside in zip(lines, needs, inside, strict=True)
        )
        if score > best_score or (score == best_score and width > best):
            best, best_score = width, score
    return best if _is_column(lines, inside, needs, best) else 0.0


def _is_column(lines: Sequence[Line], inside: list[bool], needs: list[float], width: float) -> bool:
    """Return whether lines run on from one to the next at this width, and hardly any sentence sticks out."""
    running = sum(
        is_inside and _fills(line, width, need) > 0
        for line, need, is_inside in zip(lines, needs, inside, strict=True)
    )
    total = sum(line.high for line in lines)
    beyond = sum(
        line.high
        for line, is_inside in zip(lines, inside, strict=True)
        if line.low > width + 2 and (not is_inside or _INNER_FINAL.search(line.text))
    )
    return running >= 0.25 * len(lines) and beyond <= 0.25 * total


def _fills(line: Line, width: float, need: float) -> float:
    low, high = line.low + _space(line), line.high + _space(line)
    if low > width + _TOLERANCE:
        return 0.0
    slack = width - high
    if slack <= 0:
        return 1.0
    return 0.5 if slack < need else 0.0


def _space(line: Line) -> float:
    return line.indent if line.indent >= _PRINTED_INDENT else 0.0


def _indents_printed(lines: Sequence[Line]) -> bool:
    printed = sum(_space(line) > 0 for line in lines)
    return printed >= 2 or (printed == 1 and _space(lines[0]) > 0)


def _prose_states(lines: Sequence[Line]) -> tuple[State, ...]:
    """Return the states of text with one paragraph a line: lines on top that are no sentence are heads."""
    states = [State.START] * len(lines)
    for index, line in enumerate(lines[:-1]):
        if ends_sentence(line.text) or line.high > 60 or _SEMIFINAL.search(line.text) or index > 3:
            break
        if not any(ends_sentence(later.text) for later in lines[index + 1 :]):
            break
        states[index] = State.HEAD
    return tuple(states)


@dataclass(frozen=True, slots=True)
class _Step:
    """Scores of one line and of the boundary after it."""

    inside: tuple[float, float]
    """Log-odds as first or later line of a paragraph that goes on."""
    last: tuple[float, float]
    """Log-odds as first or later line of a paragraph that ends here."""
    head: float
    next_starts: float
    next_continues: float
    next_head: float
    head_to_text: float


def _viterbi(lines: Sequence[Line], width: float, indent: float, printed: bool, weights: Weights) -> Layout:
    steps = _steps(lines, width, indent, printed, weights)
    start, go_on, head = State.START, State.CONTINUE, State.HEAD
    never = float("-inf")
    best = (0.0, never, weights.head_block + steps[0].head)
    back: list[tuple[State, State, State]] = []
    for step, following in pairwise(steps):
        ended = max((best[start] + step.last[0], start), (best[go_on] + step.last[1], go_on))
        running = max((best[start] + step.inside[0], start), (best[go_on] + step.inside[1], go_on))
        to_start = max((ended[0] + step.next_starts, ended[1]), (best[head] + step.head_to_text, head))
        to_head = max(
            (ended[0] + step.next_head + weights.head_block + following.head, ended[1]),
            (best[head] + following.head, head),
        )
        best = (to_start[0], running[0] + step.next_continues, to_head[0])
        back.append((to_start[1], running[1], to_head[1]))
    final = steps[-1]
    state, score = max(
        (
            (start, best[0] + final.last[0] + final.next_starts),
            (go_on, best[1] + final.last[1] + final.next_starts),
        ),
        key=lambda pair: pair[1],
    )
    if best[2] > score:
        state, score = head, best[2]
    states = [state]
    for choice in reversed(back):
        states.append(choice[states[-1]])
    return Layout(width, tuple(reversed(states)), score)


def _steps(
    lines: Sequence[Line], width: float, indent: float, printed: bool, weights: Weights
) -> list[_Step]:
    steps: list[_Step] = []
    pairs: tuple[str, ...] = ()
    pairs_age = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        pairs = open_pairs(line.text, pairs)
        pairs_age = pairs_age + 1 if pairs else 0
        if pairs_age > _OPEN_LINES:
            pairs, pairs_age = (), 0
        space = _space(line)
        later = width - space
        first = later if space else width - indent
        need = first_token_width(following.text) if following else 0.0
        steps.append(
            _Step(
                inside=(_inside(line, first, need, weights), _inside(line, later, need, weights)),
                last=(_last(line, first, weights), _last(line, later, weights)),
                head=_head(line, width, weights),
                next_starts=_starts(line, following, bool(pairs), printed, weights),
                next_continues=weights.indent_inside if following and _space(following) else 0.0,
                next_head=_head_after(line, following, bool(pairs), weights),
                head_to_text=_text_after(following, printed, weights),
            )
        )
    return steps


def _inside(line: Line, room: float, need: float, weights: Weights) -> float:
    over, slack = line.low - room, room - line.high
    if over > _TOLERANCE:
        return max(weights.unit_over * over, -12.0)
    if slack <= 0:
        return 0.0
    if slack < need:
        return weights.tight
    return max(weights.stops_early + weights.unit_early * slack, -12.0)


def _last(line: Line, room: float, weights: Weights) -> float:
    over = line.low - room
    return weights.any_length + (max(weights.unit_over * over, -12.0) if over > _TOLERANCE else 0.0)


def _ending(line: Line, weights: Weights) -> float:
    if ends_sentence(line.text):
        return weights.after_final
    if _GOES_ON.search(line.text):
        return weights.after_comma
    return weights.after_semifinal if _SEMIFINAL.search(line.text) else weights.after_word


def _starts(line: Line, following: Line | None, inside_pair: bool, printed: bool, weights: Weights) -> float:
    score = _ending(line, weights)
    if inside_pair:
        score += weights.open_pair
    if following is None:
        return score
    score += (weights.no_blank, weights.blank, weights.blanks)[min(following.gap, 2)]
    if _CANNOT_START.match(following.text):
        score += weights.bad_start
    if printed:
        score += weights.indented if _space(following) else weights.not_indented
    return score


def _head(line: Line, width: float, weights: Weights) -> float:
    score = weights.head_line
    if ends_sentence(line.text) or _INNER_FINAL.search(line.text):
        score += weights.head_final
    score += weights.head_comma * len(_INNER_COMMA.findall(line.text))
    if line.low <= width <= line.high:
        score += weights.head_width
    return score


def _head_after(line: Line, following: Line | None, inside_pair: bool, weights: Weights) -> float:
    score = _ending(line, weights) + (weights.open_pair if inside_pair else 0.0)
    if following is None:
        return score
    return score + (
        weights.head_close if not following.gap else (weights.blank, weights.blanks)[following.gap > 1]
    )


def _text_after(following: Line | None, printed: bool, weights: Weights) -> float:
    """Return the log-odds of text after a headline; its first paragraph is indented where any is."""
    if following is None:
        return 0.0
    score = (0.0, weights.blank, weights.blanks)[min(following.gap, 2)]
    if _space(following):
        return score + (weights.indented if printed else 0.0)
    return score + (weights.head_close if not following.gap else 0.0)

"""Which line of a page begins a paragraph, goes on with one, or is part of a headline.

A page is a chain of lines, each in one of three states; the best chain is found by dynamic programming
(Viterbi). The score of a chain is a sum of log-odds, the named `Weights`, over what a typesetter does: lines
inside a paragraph are full, its first line is indented (an indent that text extraction drops, so that the
line looks two units short), its last line ends where the sentence does, and headlines stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise, product
from math import log

from retrieval.reading.columns import INDENT, column_widths
from retrieval.reading.scores import GOES_ON, Link, as_headline, inside, last_line, links_of
from retrieval.reading.typography import Line
from retrieval.reading.weights import WEIGHTS, Weights

_INDENTS = (INDENT, 0.0)
_PART_LINES = 8  # fewer say nothing about their column
_SURELY_SHORT = 3.0  # units of room left: the next word would have fitted
_LONGEST_HEAD = 100.0  # units; a longer line on top of plain prose is prose
_PROSE_HEADS = 4  # lines on top of plain prose that may be its headline


class State(IntEnum):
    """What a line is."""

    START = 0
    CONTINUE = 1
    HEAD = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """How a page, or a part of it, is set."""

    width: float
    """Of the column, full-width units; 0 where the text is not set in columns."""
    indent: float
    """Of a paragraph's first line, where it is not printed."""
    printed: bool
    """Whether indents are printed."""
    weights: Weights


@dataclass(frozen=True, slots=True)
class Layout:
    """The best reading of a page, or of a part of it."""

    states: tuple[State, ...]
    """One for each line."""
    setting: Setting
    score: float


_PROSE = Setting(0.0, 0.0, False, WEIGHTS)


def read_layout(lines: Sequence[Line], weights: Weights = WEIGHTS) -> list[Layout]:
    """Return the best reading of `lines`; text that is not set in columns keeps one paragraph a line.

    Articles of a page may be set in columns of different widths: then each is read by itself. The parts'
    states follow one another.
    """
    widths = column_widths(lines)
    parts = _parts(lines)
    if len(parts) > 1 and any(_other_width(part, widths) for part in parts):
        return [_read_part(part, column_widths(part), weights) for part in parts]
    return [_read_part(lines, widths, weights)]


def _parts(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """Return the pieces of a page between two or more blank lines; a few lines alone stay with the rest."""
    cuts = [index for index, line in enumerate(lines) if index and line.gap > 1]
    parts: list[Sequence[Line]] = []
    for start, end in pairwise([0, *cuts, len(lines)]):
        if parts and (end - start < _PART_LINES or len(parts[-1]) < _PART_LINES):
            parts[-1] = [*parts[-1], *lines[start:end]]
        else:
            parts.append(lines[start:end])
    return parts


def _other_width(part: Sequence[Line], widths: list[float]) -> bool:
    own = column_widths(part)
    return own[:1] != widths[:1] and (not own or not widths or abs(own[0] - widths[0]) > 1.0)


def _read_part(lines: Sequence[Line], widths: list[float], weights: Weights) -> Layout:
    if not widths:
        return Layout(_prose_states(lines), _PROSE, 0.0)
    printed = _indents_printed(lines)
    weights = _fitted_to_blanks(lines, widths[0], weights)
    links = links_of(lines, printed, weights)
    readings = (
        _viterbi(links, Setting(width, indent, printed, weights))
        for width, indent in product(widths, _INDENTS[1:] if printed else _INDENTS)
    )
    return max(readings, key=lambda reading: reading.score)


def _fitted_to_blanks(lines: Sequence[Line], width: float, weights: Weights) -> Weights:
    """Return weights for a page that sets its paragraphs apart as often as this one does.

    Judged by the paragraphs that end beyond doubt: with a sentence, where more would have fitted in the line.
    """
    apart = sure = 0
    for line, following in pairwise(lines):
        if width - line.high - line.space >= _SURELY_SHORT and line.ends:
            sure += 1
            apart += following.gap > 0
    share = (apart + weights.blank_share * weights.blank_trust) / (sure + weights.blank_trust)
    return replace(
        weights,
        blank=log(share / weights.blank_inside),
        no_blank=log((1 - share) / (1 - weights.blank_inside)),
    )


def _indents_printed(lines: Sequence[Line]) -> bool:
    printed = sum(line.space > 0 for line in lines)
    return printed >= 2 or (printed == 1 and lines[0].space > 0)


def _prose_states(lines: Sequence[Line]) -> tuple[State, ...]:
    """Return states of text with one paragraph a line: a line on top that is no sentence is its headline.

    So are the lines after it that white space sets apart from the text together with it.
    """
    states = [State.START] * len(lines)
    for index, line in enumerate(lines[:-1][:_PROSE_HEADS]):
        if not _may_head_prose(line):
            break
        if index == 0 or lines[index + 1].gap > line.gap:
            states[: index + 1] = [State.HEAD] * (index + 1)
    return tuple(states)


def _may_head_prose(line: Line) -> bool:
    if line.high > _LONGEST_HEAD or line.space or line.text[-1] in "：:；;" + GOES_ON or "。" in line.text:
        return False
    # a headline may exclaim or ask, a quoted sentence is speech
    return not line.ends or line.text[-1] in "！？!?…"


def _viterbi(links: Sequence[Link], setting: Setting) -> Layout:
    width, weights = setting.width, setting.weights
    start, go_on, head = State.START, State.CONTINUE, State.HEAD
    never = float("-inf")
    # every other page begins with a headline: there it needs no further evidence
    as_start, as_more, as_head = 0.0, never, as_headline(links[0], width, weights)
    back: list[tuple[State, State, State]] = []
    for link, following in zip(links, [*links[1:], None], strict=True):
        later = width - link.space
        first = later if link.space else width - setting.indent
        ended, ended_from = as_start + last_line(link, first, weights) + weights.only_line, start
        if (more := as_more + last_line(link, later, weights)) > ended:
            ended, ended_from = more, go_on
        running, running_from = as_start + inside(link, first, weights), start
        if (more := as_more + inside(link, later, weights)) > running:
            running, running_from = more, go_on
        to_start, start_from = ended + link.start, ended_from
        if (from_head := as_head + link.head_to_text) > to_start:
            to_start, start_from = from_head, head
        if following is None:
            break
        own = as_headline(following, width, weights)
        to_head, head_from = ended + link.head + weights.head_block + own, ended_from
        if (from_head := as_head + link.head_to_head + own) > to_head:
            to_head, head_from = from_head, head
        back.append((start_from, running_from, head_from))
        as_start, as_more, as_head = to_start, running + link.go_on, to_head
    states = [start_from]
    for choice in reversed(back):
        states.append(choice[states[-1]])
    return Layout(tuple(reversed(states)), setting, to_start)


def step_scores(
    lines: Sequence[Line], states: Sequence[State], setting: Setting, weights: Weights | None = None
) -> list[float]:
    """Return what each line adds to the score of a reading; their sum is the reading's score.

    `weights` replaces those of the setting. What a line adds: how well it is the headline, the inside or the
    end of a paragraph that it is taken for, and how well the next one goes with it.
    """
    weights = weights or setting.weights
    links = links_of(lines, setting.printed, weights)
    return [
        _step(link, state, following, setting, weights) + _as_begun(links, states, place, setting, weights)
        for place, (link, state, following) in enumerate(zip(links, states, [*states[1:], None], strict=True))
    ]


def _step(link: Link, state: State, following: State | None, setting: Setting, weights: Weights) -> float:
    if state is State.HEAD:
        return link.head_to_head if following is State.HEAD else link.head_to_text
    room = setting.width - link.space
    if state is State.START and not link.space:
        room -= setting.indent
    if following is State.CONTINUE:
        return inside(link, room, weights) + link.go_on
    alone = weights.only_line if state is State.START else 0.0
    return last_line(link, room, weights) + alone + (link.head if following is State.HEAD else link.start)


def _as_begun(
    links: Sequence[Link], states: Sequence[State], place: int, setting: Setting, weights: Weights
) -> float:
    if states[place] is not State.HEAD:
        return 0.0
    begins = place and states[place - 1] is not State.HEAD  # on top of a page it needs no further evidence
    return as_headline(links[place], setting.width, weights) + (weights.head_block if begins else 0.0)

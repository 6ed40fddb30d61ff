"""Which line of a page begins a paragraph, goes on with one, or is part of a headline.

A page is a chain of lines, each in one of three states; the best chain is found by dynamic programming
(Viterbi). The score of a chain is a sum of log-odds, the named `Weights`, over what a typesetter does: lines
inside a paragraph are full, its first line is indented (an indent that text extraction drops, so that the
line looks two units short), its last line ends where the sentence does, and headlines stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise, product
from math import log

from retrieval.reading.columns import INDENT, column_widths
from retrieval.reading.typography import Line, ends_sentence, first_token_width, open_pairs
from retrieval.reading.weights import WEIGHTS, Weights

_SEMIFINAL = "：:；;）)"
_GOES_ON = "，、,“‘（《〈「『【(—·-"
_CANNOT_START = "，。、；：？！”’）》〉」』】％%,.;:?!)]…"
_INNER_FINAL = re.compile(r"[。；]")
_DATELINE = re.compile(
    r"[（(【]?(?:(?:本报|本网|本台)[\u4e00-\u9fff]{0,6}(?:讯|电|报道|记者)|新华社\S{2,6}\s*\d)"
)

_INDENTS = (INDENT, 0.0)
_TOLERANCE = 0.5  # half a unit: justification squeezes or stretches a line by as much
_PART_LINES = 8  # fewer say nothing about their column
_SURELY_SHORT = 3.0  # units of room left: the next word would have fitted
_OPEN_LINES = 8  # a quote left open for more lines than this was never closed
_LARGE = 1.2  # size of a headline's letters against those of the body
_WORST = -12.0  # no single misfit weighs more: pages have faults of their own
_LONGEST_HEAD = 100.0  # units; a longer line on top of plain prose is prose
_PROSE_HEADS = 4  # lines on top of plain prose that may be its headline


class State(IntEnum):
    """What a line is."""

    START = 0
    CONTINUE = 1
    HEAD = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """The best reading of a page."""

    states: tuple[State, ...]
    """One for each line."""
    widths: tuple[float, ...]
    """Column width at each line, full-width units; 0 where the text is not set in columns."""
    score: float


def read_layout(lines: Sequence[Line], weights: Weights = WEIGHTS) -> Layout:
    """Return the best reading of `lines`; text that is not set in columns keeps one paragraph a line.

    Articles of a page may be set in columns of different widths: then each is read by itself.
    """
    widths = column_widths(lines)
    parts = _parts(lines)
    if len(parts) > 1 and any(_other_width(part, widths) for part in parts):
        readings = [_read_part(part, column_widths(part), weights) for part in parts]
        return Layout(
            tuple(state for reading in readings for state in reading.states),
            tuple(width for reading in readings for width in reading.widths),
            sum(reading.score for reading in readings),
        )
    return _read_part(lines, widths, weights)


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
        return Layout(_prose_states(lines), (0.0,) * len(lines), 0.0)
    printed = _indents_printed(lines)
    weights = _fitted_to_blanks(lines, widths[0], weights)
    links = _links(lines, printed, weights)
    readings = (
        _viterbi(links, width, indent, weights)
        for width, indent in product(widths, _INDENTS[1:] if printed else _INDENTS)
    )
    return max(readings, key=lambda reading: reading.score)


def _fitted_to_blanks(lines: Sequence[Line], width: float, weights: Weights) -> Weights:
    """Return weights for a page that sets its paragraphs apart as often as this one does.

    Judged by the paragraphs that end beyond doubt: with a sentence, where more would have fitted in the line.
    """
    apart = sure = 0
    for line, following in pairwise(lines):
        if width - line.high - line.space >= _SURELY_SHORT and ends_sentence(line.text):
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
    if line.high > _LONGEST_HEAD or line.space or line.text[-1] in "：:；;" + _GOES_ON or "。" in line.text:
        return False
    # a headline may exclaim or ask, a quoted sentence is speech
    return not ends_sentence(line.text) or line.text[-1] in "！？!?…"


@dataclass(frozen=True, slots=True)
class _Link:
    """A line, and what speaks for each state of the next one; all that no column width changes."""

    low: float
    high: float
    space: float
    need: float
    """Width of the next line's first word."""
    start: float
    """A paragraph ends here and another begins."""
    go_on: float
    head: float
    """A paragraph ends here and a headline begins."""
    head_to_text: float
    head_to_head: float
    as_head: float
    """This line is part of a headline."""


def _viterbi(links: Sequence[_Link], width: float, indent: float, weights: Weights) -> Layout:
    start, go_on, head = State.START, State.CONTINUE, State.HEAD
    never = float("-inf")
    # every other page begins with a headline: there it needs no further evidence
    as_start, as_more, as_head = 0.0, never, _as_head(links[0], width, weights)
    back: list[tuple[State, State, State]] = []
    for link, following in zip(links, [*links[1:], None], strict=True):
        later = width - link.space
        first = later if link.space else width - indent
        ended, ended_from = as_start + _last(link, first, weights) + weights.only_line, start
        if (more := as_more + _last(link, later, weights)) > ended:
            ended, ended_from = more, go_on
        running, running_from = as_start + _inside(link, first, weights), start
        if (more := as_more + _inside(link, later, weights)) > running:
            running, running_from = more, go_on
        to_start, start_from = ended + link.start, ended_from
        if (from_head := as_head + link.head_to_text) > to_start:
            to_start, start_from = from_head, head
        if following is None:
            break
        own = _as_head(following, width, weights)
        to_head, head_from = ended + link.head + weights.head_block + own, ended_from
        if (from_head := as_head + link.head_to_head + own) > to_head:
            to_head, head_from = from_head, head
        back.append((start_from, running_from, head_from))
        as_start, as_more, as_head = to_start, running + link.go_on, to_head
    states = [start_from]
    for choice in reversed(back):
        states.append(choice[states[-1]])
    return Layout(tuple(reversed(states)), (width,) * len(links), to_start)


def _inside(link: _Link, room: float, weights: Weights) -> float:
    """Return the log-odds of a line that goes on in the next, with `room` units to fill."""
    slack = room - link.high
    if slack > 0:
        if slack < link.need:
            return weights.tight
        return max(weights.stops_early + weights.unit_early * slack, _WORST)
    over = link.low - room
    if over > _TOLERANCE:
        return max(weights.unit_over * over, _WORST)
    return -weights.unit_squeezed * slack


def _last(link: _Link, room: float, weights: Weights) -> float:
    over = link.low - room
    return weights.any_length + (max(weights.unit_over * over, _WORST) if over > _TOLERANCE else 0.0)


def _as_head(link: _Link, width: float, weights: Weights) -> float:
    return link.as_head + (weights.head_width if link.low <= width <= link.high else 0.0)


def _links(lines: Sequence[Line], printed: bool, weights: Weights) -> list[_Link]:
    links: list[_Link] = []
    pairs: tuple[str, ...] = ()
    pairs_age = 0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        pairs = open_pairs(line.text, pairs)
        pairs_age = pairs_age + 1 if pairs else 0
        if pairs_age > _OPEN_LINES:
            pairs, pairs_age = (), 0
        is_final = ends_sentence(line.text)
        if line.text[-1] == "." and following and following.text[0].isdigit():
            is_final = False  # a number divided at its point
        ending = _ending(line.text, is_final, weights) + (weights.open_pair if pairs else 0.0)
        as_head = weights.head_line + weights.head_comma * line.text.count("，")
        if _INNER_FINAL.search(line.text):
            as_head += weights.head_final
        elif is_final:
            as_head += weights.head_exclaims
        if line.scale:
            as_head += weights.large if line.scale >= _LARGE else weights.not_large
        if following is None:
            links.append(_Link(line.low, line.high, line.space, 0.0, ending, 0.0, ending, 0.0, 0.0, as_head))
            continue
        gap = weights.blank + (weights.more_blanks if following.gap > 1 else 0.0)
        begins = _begins(following, printed, weights)
        head_gap = gap if following.gap else weights.head_close
        links.append(
            _Link(
                low=line.low,
                high=line.high,
                space=line.space,
                need=first_token_width(following.text),
                start=ending + begins + (gap if following.gap else weights.no_blank),
                go_on=weights.indent_inside if following.space else 0.0,
                head=ending + head_gap,
                head_to_text=begins + (gap if following.space else head_gap),
                head_to_head=weights.head_gap if following.gap else 0.0,
                as_head=as_head,
            )
        )
    return links


def _ending(text: str, is_final: bool, weights: Weights) -> float:
    if is_final:
        return weights.after_final
    if text[-1] in _GOES_ON:
        return weights.after_comma
    return weights.after_semifinal if text[-1] in _SEMIFINAL else weights.after_word


def _begins(line: Line, printed: bool, weights: Weights) -> float:
    """Return the log-odds that this line begins a paragraph, by how it begins."""
    score = weights.bad_start if line.text[0] in _CANNOT_START else 0.0
    if _DATELINE.match(line.text):
        score += weights.dateline
    if line.space:
        score += weights.indented
    elif line.indent:
        score += weights.stray_space
    elif printed:
        score += weights.not_indented
    return score

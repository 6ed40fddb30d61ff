"""How well a line fits each reading of it: the features of `Weights`, found on the page and weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.reading.typography import Line, open_pairs
from retrieval.reading.weights import Weights

_SEMIFINAL = "：:；;）)"
GOES_ON = "，、,“‘（《〈「『【(—·-"
_CANNOT_START = "，。、；：？！”’）》〉」』】％%,.;:?!)]…"
_INNER_FINAL = re.compile(r"[。；]")
_DATELINE = re.compile(
    r"[（(【]?(?:(?:本报|本网|本台)[\u4e00-\u9fff]{0,6}(?:讯|电|报道|记者)|新华社\S{2,6}\s*\d)"
)
_TOLERANCE = 0.5  # half a unit: justification squeezes or stretches a line by as much
_OPEN_LINES = 8  # a quote left open for more lines than this was never closed
_LARGE = 1.2  # size of a headline's letters against those of the body
_WORST = -12.0  # no single misfit weighs more: pages have faults of their own


@dataclass(frozen=True, slots=True)
class Link:
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


def inside(link: Link, room: float, weights: Weights) -> float:
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


def last_line(link: Link, room: float, weights: Weights) -> float:
    """Return the log-odds of a line that ends its paragraph, with `room` units to fill."""
    over = link.low - room
    return weights.any_length + (max(weights.unit_over * over, _WORST) if over > _TOLERANCE else 0.0)


def as_headline(link: Link, width: float, weights: Weights) -> float:
    """Return the log-odds of a line as part of a headline, in a column of `width` units."""
    return link.as_head + (weights.head_width if link.low <= width <= link.high else 0.0)


def links_of(lines: Sequence[Line], printed: bool, weights: Weights) -> list[Link]:
    """Return for each line what no column width changes; `printed` tells whether indents are."""
    links: list[Link] = []
    pairs: tuple[str, ...] = ()
    pairs_age = 0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        pairs = open_pairs(line.text, pairs)
        pairs_age = pairs_age + 1 if pairs else 0
        if pairs_age > _OPEN_LINES:
            pairs, pairs_age = (), 0
        is_final = line.ends
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
            links.append(Link(line.low, line.high, line.space, 0.0, ending, 0.0, ending, 0.0, 0.0, as_head))
            continue
        gap = weights.blank + (weights.more_blanks if following.gap > 1 else 0.0)
        begins = _begins(following, printed, weights)
        head_gap = gap if following.gap else weights.head_close
        links.append(
            Link(
                low=line.low,
                high=line.high,
                space=line.space,
                need=following.first,
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
    if text[-1] in GOES_ON:
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

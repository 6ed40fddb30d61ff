"""Why a page was read as it was: what spoke for each boundary, and what against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from retrieval.reading.layout import Layout, State, read_layout, step_scores
from retrieval.reading.typography import Line
from retrieval.reading.weights import Weights

_LEAST = 0.05  # of a reason's weight; less decides nothing
_WORDS = {
    "tight": "the line before has no room for another word",
    "stops_early": "the line before stops although another word would have fitted",
    "unit_early": "so much room is left in it",
    "unit_squeezed": "lines are full but for their punctuation",
    "unit_over": "a line sticks out of the column",
    "any_length": "a last line may end anywhere",
    "only_line": "it is a paragraph of one line",
    "after_final": "a sentence ends before it",
    "after_semifinal": "a colon or bracket stands before it",
    "after_word": "no sentence ends before it",
    "after_comma": "a comma stands before it",
    "no_blank": "no white space above, on this page",
    "blank": "white space above, on this page",
    "more_blanks": "much white space above",
    "open_pair": "a quotation is still open",
    "bad_start": "no line begins so",
    "stray_space": "a space is left of its indent",
    "dateline": "a dateline begins it",
    "indented": "it is indented",
    "not_indented": "it is not indented",
    "indent_inside": "it is indented",
    "head_line": "few lines are headlines",
    "head_block": "few blocks are headlines",
    "head_gap": "white space between lines of a headline",
    "head_close": "no white space around the headline",
    "head_final": "a sentence ends inside the line",
    "head_exclaims": "it ends as a sentence does",
    "head_comma": "commas",
    "head_width": "exactly as wide as the column",
    "large": "set in larger letters",
    "not_large": "set in the body's letters",
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """A line with which a paragraph or a headline begins."""

    line: int
    """0 is the first line of the page."""
    text: str
    is_head: bool
    reasons: tuple[tuple[str, str, float], ...]
    """Name, words and log-odds of each, the weightiest first; positive ones speak for the boundary."""


def explain(lines: Sequence[Line]) -> list[Boundary]:
    """Return the boundaries of a page with what decided them; without reasons where no columns were seen."""
    found: list[Boundary] = []
    first = 0
    for layout in read_layout(lines):
        part = lines[first : first + len(layout.states)]
        for place, state in enumerate(layout.states):
            begins = state is not State.CONTINUE and (
                state is State.START or not place or layout.states[place - 1] is not State.HEAD
            )
            if begins:
                reasons = _reasons(part, layout, place) if place and layout.setting.width else ()
                found.append(Boundary(first + place, part[place].text, state is State.HEAD, reasons))
        first += len(layout.states)
    return found


def _reasons(lines: Sequence[Line], layout: Layout, place: int) -> tuple[tuple[str, str, float], ...]:
    """Return by how much each feature favours the boundary over a line that goes on, or is no headline."""
    states = layout.states
    other = (
        State.CONTINUE
        if states[place] is State.START and states[place - 1] is not State.HEAD
        else State.START
    )
    if other is states[place]:
        other = State.HEAD
    flipped = (*states[:place], other, *states[place + 1 :])
    nothing = Weights(**{field.name: 0.0 for field in fields(Weights)})
    reasons = []
    for name, words in _WORDS.items():
        alone = replace(nothing, **{name: getattr(layout.setting.weights, name)})
        for_it, against = (sum(step_scores(lines, path, layout.setting, alone)) for path in (states, flipped))
        if abs(for_it - against) >= _LEAST:
            reasons.append((name, words, round(for_it - against, 2)))
    return tuple(sorted(reasons, key=lambda reason: -abs(reason[2])))

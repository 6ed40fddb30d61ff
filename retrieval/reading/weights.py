"""What speaks for and against each reading of a line: the parameters of `retrieval.reading.layout`.

Fitted by `scripts/fit_layout.py` on 1,500 pages of one to three articles of broadcast news each, set in
columns at random: of 1,500 pages of other articles 99.1 % are then read without a fault, 97.3 % with the
values set by hand that it began with. How often a page leaves a blank line between its paragraphs is counted
on the page itself; what large letters are worth is set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of the features; positive speaks for what the name says."""

    # a line inside a paragraph
    tight: float = -1.05  # stops short of the column because the next word would not have fitted
    stops_early: float = -5.0  # stops short although the next word would have fitted
    unit_early: float = -0.4  # and for every unit of the room left
    unit_squeezed: float = -0.98  # fits only with its punctuation squeezed, for every unit
    unit_over: float = -3.85  # sticks out of the column, for every unit
    # the last line of a paragraph
    any_length: float = -2.93  # may end anywhere in the column
    only_line: float = -0.72  # is its first line too
    # a new paragraph after a line that ends ...
    after_final: float = 3.07
    after_semifinal: float = -2.5
    after_word: float = -8.0
    after_comma: float = -10.0
    # ... with white space between (by how often this page has it there), or inside an open quote or bracket,
    # or before what cannot start
    blank_share: float = 0.75  # of the paragraphs of a page, before any is seen ...
    blank_trust: float = 2.0  # ... and how many seen paragraphs that is worth
    blank_inside: float = 0.02  # share of lines inside paragraphs that a column break parts
    no_blank: float = -1.4  # both for a page not yet seen
    blank: float = 3.6
    more_blanks: float = 1.5  # two or more blank lines: seldom a column break
    open_pair: float = -2.5
    bad_start: float = -10.0
    stray_space: float = 2.0  # a single space before the line is what is left of an indent
    dateline: float = 4.0  # it begins as news agencies and reporters do
    # where indents are printed
    indented: float = 4.0
    not_indented: float = -5.0
    indent_inside: float = -7.0
    # headlines
    head_line: float = -3.6  # any width: one in about forty
    head_block: float = -2.0
    head_gap: float = 2.6  # white space between kicker and headline
    head_close: float = -5.5  # no white space between headline and text
    head_final: float = -6.0
    head_exclaims: float = -3.0
    head_comma: float = -1.5
    head_width: float = -1.0  # exactly as wide as the column
    large: float = 9.0  # set in larger letters than the body, where their size is known ...
    not_large: float = -9.0  # ... or not


WEIGHTS = Weights()

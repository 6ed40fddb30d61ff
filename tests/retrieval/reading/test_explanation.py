"""What decided a boundary is what the reading was scored by."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.reading.decoding import decode
from retrieval.reading.explanation import explain
from retrieval.reading.layout import State, read_layout, step_scores
from retrieval.reading.reflow import printed_lines

from .making import PARAGRAPHS, TITLE
from .typesetting import Setting, set_page

_SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.txt"))
_PAGE = set_page(PARAGRAPHS, TITLE.split(), Setting(squeeze=0.0))


@pytest.mark.parametrize("page", _SAMPLES, ids=lambda path: path.name)
def test_the_steps_add_up_to_the_score(page: Path) -> None:
    lines = printed_lines(decode(page.read_bytes()))
    first = 0
    for layout in read_layout(lines):
        part = lines[first : first + len(layout.states)]
        first += len(layout.states)
        assert sum(step_scores(part, layout.states, layout.setting)) == pytest.approx(layout.score)
        for place, state in enumerate(layout.states):
            if state is State.CONTINUE and place:
                other = (*layout.states[:place], State.START, *layout.states[place + 1 :])
                assert sum(step_scores(part, other, layout.setting)) <= layout.score + 1e-9


def test_every_boundary_has_its_reasons() -> None:
    boundaries = explain(printed_lines(_PAGE))
    assert [boundary.is_head for boundary in boundaries] == [False] * 3 + [True]
    assert boundaries[0].reasons == ()  # the page begins
    for boundary in boundaries[1:]:
        assert sum(weight for _, _, weight in boundary.reasons) > 0
        weights = [abs(weight) for _, _, weight in boundary.reasons]
        assert weights == sorted(weights, reverse=True)
    names = {name for boundary in boundaries[1:3] for name, _, _ in boundary.reasons}
    assert {"after_final", "blank", "any_length"} <= names


def test_a_paragraph_a_line_needs_no_reasons() -> None:
    boundaries = explain(printed_lines("\n".join(PARAGRAPHS)))
    assert [(boundary.text, boundary.reasons) for boundary in boundaries] == [
        (text, ()) for text in PARAGRAPHS
    ]


def test_an_empty_page_has_no_boundaries() -> None:
    assert explain([]) == []

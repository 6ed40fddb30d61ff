"""Fit the weights of `retrieval/reading/weights.py` on articles that are set in columns at random.

    python scripts/fit_layout.py ARTICLES.jsonl...

Any articles with true paragraphs will do: {"title"?, "paragraphs": [...]} a line. Pages of one to three of
them are set at a width, with indents, blank lines, column breaks and headlines drawn by lot, as the
typesetter of the tests does, and read; where the reading is wrong, the weights move towards the true one and
away from it (averaged structured perceptron, Collins 2002). Prints the weights to be written into weights.py,
and the share of pages that are read without a fault, on pages that were not learnt from, before and after.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from retrieval.reading.layout import Layout, State, read_layout, step_scores
from retrieval.reading.reflow import printed_lines
from retrieval.reading.typography import Line, ends_sentence
from retrieval.reading.weights import WEIGHTS, Weights
from tests.retrieval.reading.typesetting import Setting, set_lines

_PAGES = 1500  # to learn from, and as many to judge by
_EPOCHS = 4
_RATE = 0.05
_ARTICLES = (1, 1, 1, 2, 3)  # on a page
_COUNTED = frozenset(
    ["blank_share", "blank_trust", "blank_inside", "blank", "no_blank", "large", "not_large"]
)
"""Counted on the page itself, or of letters whose size is known: nothing to be learnt here."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its true reading."""

    lines: Sequence[Line]
    states: tuple[State, ...]


def main(arguments: Sequence[str]) -> None:
    """Set, fit, print."""
    rng = random.Random(0)
    articles = [article for name in arguments for article in read_articles(Path(name))]
    rng.shuffle(articles)
    half = len(articles) // 2
    learnt, kept = (set_pages(own, rng) for own in (articles[:half], articles[half:]))
    print(f"{len(learnt)} pages to learn from")
    print(f"of {len(kept)} others {faultless(kept, WEIGHTS):.3f} are read right")
    weights = fit(learnt, rng)
    print(f"with fitted weights {faultless(kept, weights):.3f}")
    for name, value in asdict(weights).items():
        print(f"    {name}: float = {value:.2f}")


def read_articles(path: Path) -> list[tuple[str, list[str]]]:
    """Return titles and paragraphs of the articles of several paragraphs, all of them sentences.

    Others have headlines of their own among their paragraphs.
    """
    with path.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    found = [(str(record.get("title", "")), record.get("paragraphs", [])) for record in records]
    return [
        (title, paragraphs)
        for title, paragraphs in found
        if len(paragraphs) > 1 and all(map(ends_sentence, paragraphs))
    ]


def set_pages(articles: Sequence[tuple[str, list[str]]], rng: random.Random) -> list[Page]:
    """Return pages set at random, those left out on which furniture would hide a line."""
    pages: list[Page] = []
    for _ in range(_PAGES):
        setting = Setting(
            width=rng.choice([12, 13, 14, 14, 14, 15, 16, 18, 20, 22]),
            indents_printed=rng.random() < 0.2,
            blank=rng.choice([1.0, 1.0, 0.9, 0.5, 0.0]),
            squeeze=rng.choice([0.0, 0.4, 0.8]),
            column=rng.choice([0, 20, 33, 50]),
            head_on_top=rng.random() < 0.5,
        )
        printed: list[tuple[str, State]] = []
        for title, paragraphs in rng.sample(articles, rng.choice(_ARTICLES)):
            head = title.split()
            if rng.random() < 0.4:
                head = [rng.choice(articles)[0].replace(" ", ""), "", *head]
            printed += [("", State.CONTINUE)] * 2 if printed else []
            printed += set_lines(paragraphs, head, setting, rng.randrange(2**32))
        states = tuple(state for text, state in printed if text)
        lines = printed_lines("\n".join(text for text, _ in printed))
        if len(lines) == len(states):
            pages.append(Page(lines, states))
    return pages


def faultless(pages: Sequence[Page], weights: Weights) -> float:
    """Return the share of pages whose every line is read as what it is."""
    return sum(states_of(read_layout(page.lines, weights)) == page.states for page in pages) / len(pages)


def states_of(layouts: Sequence[Layout]) -> tuple[State, ...]:
    """Return the states of a page's parts, one after the other."""
    return tuple(state for layout in layouts for state in layout.states)


def fit(pages: Sequence[Page], rng: random.Random) -> Weights:
    """Return the mean of all weights on the way."""
    weights, order = WEIGHTS, list(pages)
    total = dict.fromkeys(asdict(WEIGHTS), 0.0)
    steps = 0
    for _ in range(_EPOCHS):
        rng.shuffle(order)
        for page in order:
            (layout, *more) = read_layout(page.lines, weights)
            if not more and layout.setting.width and layout.states != page.states:
                weights = moved(weights, page, layout)
            steps += 1
            for name, value in asdict(weights).items():
                total[name] += value
    return Weights(**{name: value / steps for name, value in total.items()})


def moved(weights: Weights, page: Page, layout: Layout) -> Weights:
    """Return weights that favour the true reading of a page more, and the one that was found less."""
    nothing = Weights(**{field.name: 0.0 for field in fields(Weights)})
    changes: dict[str, float] = {}
    for name, value in asdict(weights).items():
        if name in _COUNTED or not value:
            continue
        alone = replace(nothing, **{name: value})
        true, found = (
            sum(step_scores(page.lines, states, layout.setting, alone)) / value
            for states in (page.states, layout.states)
        )
        step = _RATE * max(-1.0, min(1.0, true - found))
        changes[name] = value + step if (value + step) * value > 0 else value  # no feature changes its sense
    return replace(weights, **changes)


if __name__ == "__main__":
    main(sys.argv[1:])

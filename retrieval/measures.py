"""The measures of answers: rank, discount, order of confidences, and a mark on the right words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from retrieval.folding import fold_case
from retrieval.model import Hit

DEPTH = 10

_UNHEARD = re.compile(r"[\W_]+")

Floats = npt.NDArray[np.float64]


def gains(found: Sequence[str], relevant: frozenset[str]) -> tuple[float, float, float, float]:
    """Return R@1, R@5, MRR@10 and nDCG@10 of the articles `found`, best first and each but once.

    R@n is whether any of the first n is right: most questions have one right article. With none relevant
    there is nothing to find, and all are NaN.
    """
    if not relevant:
        return math.nan, math.nan, math.nan, math.nan
    ranks = [rank for rank, article in enumerate(found[:DEPTH], start=1) if article in relevant]
    first = ranks[0] if ranks else math.inf
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), DEPTH) + 1))
    gained = sum(1 / math.log2(rank + 1) for rank in ranks)
    return float(first == 1), float(first <= 5), 1 / first, gained / ideal


def marked(hit: Hit, answers: Iterable[str]) -> float:
    """Return whether the highlight of a hit has an answer that its text has: 1 or 0, NaN where it has none.

    Width, script, case, spaces and punctuation do not count.
    """
    text = _heard(hit.text)
    wanted = [heard for answer in answers if (heard := _heard(answer)) and heard in text]
    if not wanted:
        return math.nan
    highlighted = _heard(hit.text[slice(*hit.highlight)])
    return float(any(heard in highlighted for heard in wanted))


def means(values: Floats, weights: Floats) -> Floats:
    """Return the means of columns (n, m) under each of several weights (b, n): (b, m). NaN does not count."""
    known = ~np.isnan(values)
    return _shares(weights @ np.where(known, values, 0.0), weights @ known)


def auroc(inside: Floats, outside: Floats, weights: Floats) -> Floats:
    """Return how surely a question with an answer gets more confidence than one without, (b,).

    `inside` (n,) are the confidences while the answer was there, `outside` (n,) while it was not, NaN for
    what was not asked; `weights` (b, n) are those of the questions. Half is chance (the area under the ROC
    curve; ties count half).
    """
    asked = ~np.isnan(inside), ~np.isnan(outside)
    weights_inside, weights_outside = (weights[:, own] for own in asked)
    inside, outside = inside[asked[0]], outside[asked[1]]
    order = np.argsort(outside)
    heaped = np.cumsum(weights_outside[:, order], axis=1)
    heaped = np.concatenate([np.zeros((len(weights), 1)), heaped], axis=1)
    below, up_to = (np.searchsorted(outside[order], inside, side) for side in ("left", "right"))
    won = ((heaped[:, below] + heaped[:, up_to]) / 2 * weights_inside).sum(axis=1)
    return _shares(won, weights_inside.sum(axis=1) * weights_outside.sum(axis=1))


def best_threshold(inside: Floats, outside: Floats) -> float:
    """Return the confidence from which on to answer for the fewest mistakes; NaN where one side is empty.

    Questions with and without an answer weigh alike (Youden 1950).
    """
    inside, outside = (np.sort(side[~np.isnan(side)]) for side in (inside, outside))
    if not len(inside) or not len(outside):
        return math.nan
    levels = np.unique(np.concatenate([inside, outside]))
    answered, wrongly = (1 - np.searchsorted(side, levels) / len(side) for side in (inside, outside))
    return float(levels[np.argmax(answered - wrongly)])


def _shares(part: Floats, whole: Floats) -> Floats:
    shares: Floats = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=shares, where=whole > 0)


def _heard(text: str) -> str:
    return _UNHEARD.sub("", fold_case(text))

"""How a passage's several scores become one, and how sure that makes us."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

FEATURES = (
    "units",
    "paragraph",
    "words",
    "bigrams",
    "bridge",
    "names",
    "headings",
    "article",
    "lacks",
    "length",
    "kind",
    "time",
)
"""What is known of a passage for a question.

units: similarity of its best sentence or run of clauses; paragraph: similarity of the whole; words, bigrams:
BM25 as a share of what the question's terms could give; bridge: the same over words of near meaning, for
questions in another language; names: Latin names met by pinyin; headings: BM25 words of headline and kicker;
article: the share of the question that its whole article has, headline included, for a paragraph seldom
says which meeting it speaks of; lacks: the weightiest of its words that the article has not;
length: how much longer than two hundred characters it is (a logarithm), for a short text is near to much;
kind: where the question wants a length of time, a date or a quantity and the passage
has one, how rare that is; time: whether it tells of the time that the question names.
"""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Linear weights over FEATURES, and a logistic curve from the best passage to a confidence."""

    weights: tuple[float, ...]
    confidence: tuple[float, ...]
    """Intercept, a coefficient a feature, for the lead over the next article, for there being none."""

    def score(self, features: Floats) -> Floats:
        """Return one score a passage, float32 (n,), from features (n, len(FEATURES))."""
        return features @ np.asarray(self.weights, np.float32)

    def sureness(self, features: Floats, lead: float | None) -> float:
        """Return the probability that the passage with these features (len(FEATURES),) answers.

        `lead` is by how much its score exceeds that of the best passage of another article, None where
        there is no other.
        """
        logit = float(np.dot(self.confidence, evidence(features, lead)))
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@dataclass(frozen=True, slots=True)
class Fusions:
    """The weights for questions in Chinese and for those in other languages."""

    chinese: Fusion
    foreign: Fusion

    def of(self, question_is_chinese: bool) -> Fusion:
        """Return the weights for a question."""
        return self.chinese if question_is_chinese else self.foreign

    def without(self, feature: str) -> Fusions:
        """Return weights that leave one of FEATURES out of the order, to see what it earns."""
        place = FEATURES.index(feature)
        halves = (
            replace(half, weights=(*half.weights[:place], 0.0, *half.weights[place + 1 :]))
            for half in (self.chinese, self.foreign)
        )
        return Fusions(*halves)


def evidence(features: npt.NDArray[np.floating[Any]], lead: float | None) -> list[float]:
    """Return what confidence is computed from: as many numbers as Fusion.confidence has coefficients."""
    return [1.0, *features.tolist(), lead or 0.0, float(lead is None)]


# Fitted by scripts/fit_fusion.py on XQuAD, CRUD-RAG news and CMRC 2018, for the embedded model. By hand: what
# a name met by pinyin and the kind of answer are worth, which these sets hardly ask for (and most of their
# paragraphs have figures); and for questions in other languages the length, since their only set has long
# paragraphs alone.
#
# A question in Chinese meets the articles' own words; in another language only what crosses over counts,
# and BM25 sees digits and a few Latin words that mislead as often as they help.
CHINESE = Fusion(
    weights=(1.0, 0.56, 0.93, 0.92, 0.0, 0.5, 0.43, 0.0, 0.0, 0.07, 0.3, 0.3),
    confidence=(-5.28, 5.62, -1.75, 1.33, 1.23, 0.0, 1.0, 1.04, 0.0, 0.0, -1.41, 1.5, 0.0, 4.26, 3.18),
)
FOREIGN = Fusion(
    weights=(1.0, 0.78, 0.17, 0.17, 0.67, 0.5, 0.09, 0.0, 0.0, 0.03, 0.3, 0.3),
    confidence=(-6.11, 7.05, 3.72, 0.83, 0.79, 4.81, 1.47, 1.53, 0.0, 0.0, -0.51, 1.5, 0.0, 9.53, 3.0),
)


FITTED = Fusions(CHINESE, FOREIGN)

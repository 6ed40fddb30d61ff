"""How a passage's several scores become one, and how sure that makes us."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.scale import Scale

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

_RIVALS = 10  # passages of other articles that the best one is held against

Floats = npt.NDArray[np.float32]


class Margin(NamedTuple):
    """How far the best passage stands above those of other articles."""

    lead: float
    """By how much its score exceeds the best of theirs; 0 where there are none."""
    spread: float
    """By how much it exceeds the mean of their best; 0 where there are none."""
    alone: bool
    """Whether there are none."""

    @classmethod
    def of(cls, scores: npt.NDArray[np.floating[Any]], owners: npt.NDArray[np.int32]) -> Margin:
        """Return the margin of the best of `scores` (n,), of passages of the articles `owners` (n,)."""
        best = int(np.argmax(scores))
        others = scores[owners != owners[best]]
        if not len(others):
            return cls(0.0, 0.0, True)
        top = np.sort(others)[-_RIVALS:]
        return cls(float(scores[best] - top[-1]), float(scores[best] - top.mean()), False)


class Fusion(NamedTuple):
    """Linear weights over FEATURES, and a logistic curve from the best passage to a confidence."""

    weights: tuple[float, ...]
    confidence: tuple[float, ...]
    """Intercept, a coefficient a feature, and one for each part of a Margin."""

    def score(self, features: Floats) -> Floats:
        """Return one score a passage, float32 (n,), from features (n, len(FEATURES))."""
        return features @ np.asarray(self.weights, np.float32)

    def sureness(self, features: Floats, margin: Margin) -> float:
        """Return the probability that the passage with these features (len(FEATURES),) answers."""
        logit = float(np.dot(self.confidence, evidence(features, margin)))
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


class Fusions(NamedTuple):
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
            half._replace(weights=(*half.weights[:place], 0.0, *half.weights[place + 1 :]))
            for half in (self.chinese, self.foreign)
        )
        return Fusions(*halves)


def evidence(features: npt.NDArray[np.floating[Any]], margin: Margin) -> list[float]:
    """Return what confidence is computed from: as many numbers as Fusion.confidence has coefficients."""
    return [1.0, *features.tolist(), margin.lead, margin.spread, float(margin.alone)]


# Fitted by scripts/fit_fusion.py on XQuAD, CRUD-RAG news and CMRC 2018, for the embedded model; what these
# sets cannot teach (names, the kind of answer, days) is set by hand there, with the reasons.
#
# A question in Chinese meets the articles' own words; in another language only what crosses over counts,
# and BM25 sees digits and a few Latin words that mislead as often as they help.
CHINESE = Fusion(
    weights=(1.0, 0.51, 0.3, 1.0, 0.0, 0.5, 0.3, 0.5, -0.04, 0.04, 0.4, 0.3),
    confidence=(-6.94, 4.17, -1.22, 0.16, 0.26, 0.0, 1.0, 1.37, 4.4, 0.72, -1.27, 1.5, 0.0, 4.0, 0.88, 3.75),
)
FOREIGN = Fusion(
    weights=(1.0, 0.7, 0.57, 0.27, 0.84, 0.5, 0.3, 0.2, -0.01, 0.01, 0.3, 0.3),
    confidence=(-6.47, 6.41, 3.35, 0.89, 2.4, 5.82, 1.0, 0.68, -0.58, 0.17, -0.9, 1.5, 0.0, 3.94, 3.71, 3.16),
)


FITTED = Fusions(CHINESE, FOREIGN)
FITTED_FOR = "use-multilingual-v3/0.2.1/1024/spans"
"""Fingerprint of the encoder that the weights were fitted for; by others similarities are rescaled."""
FITTED_SCALE = Scale(mean=0.013, deviation=0.053)  # its scale on the sets that the weights were fitted on

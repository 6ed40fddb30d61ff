"""How a passage's several scores become one, and how sure that makes us."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEATURES = ("units", "paragraph", "words", "bigrams", "bridge", "names", "headings", "length")
"""What is known of a passage for a question.

units: similarity of its best sentence or run of clauses; paragraph: similarity of the whole; words, bigrams:
BM25 as a share of what the question's terms could give; bridge: the same over words of near meaning, for
questions in another language; names: Latin names met by pinyin; headings: BM25 words of headline and kicker;
length: how much longer than two hundred characters it is (a logarithm), for a short text is near to much.
"""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Linear weights over FEATURES, and a logistic curve from the best passage to a confidence."""

    weights: tuple[float, ...]
    confidence: tuple[float, ...]
    """Intercept, then one coefficient a feature, then one for the lead over the next article."""

    def score(self, features: Floats) -> Floats:
        """Return one score a passage, float32 (n,), from features (n, len(FEATURES))."""
        return features @ np.asarray(self.weights, np.float32)

    def sureness(self, features: Floats, lead: float) -> float:
        """Return the probability that the passage with these features (len(FEATURES),) answers."""
        intercept, *slopes = self.confidence
        logit = intercept + float(np.dot(slopes, [*features, lead]))
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


# A question in Chinese meets the articles' own words; in another language only what crosses over counts,
# and BM25 sees digits and a few Latin words that mislead as often as they help.
CHINESE = Fusion(
    weights=(1.0, 0.5, 0.5, 0.6, 0.0, 0.5, 0.2, 0.0),
    confidence=(-4.0, 4.0, 4.0, 3.0, 3.0, 0.0, 1.0, 0.5, 0.0, 2.0),
)
FOREIGN = Fusion(
    weights=(1.0, 0.5, 0.2, 0.2, 0.7, 0.6, 0.1, 0.0),
    confidence=(-4.0, 6.0, 4.0, 1.0, 1.0, 4.0, 2.0, 0.5, 0.0, 4.0),
)


def fusion_for(chinese: bool) -> Fusion:
    """Return the weights for a question in Chinese or in another language."""
    return CHINESE if chinese else FOREIGN

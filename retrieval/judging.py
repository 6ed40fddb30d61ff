"""Which articles answer a question each by itself, as an alert wants it, not which one answers best.

The confidence of an answer asks how far its passage stands above those of other articles: a question has one
answer. A topic has many, and of the few articles of a morning one always stands above the rest, whatever it
is about. So here a passage is held against nobody: the curve is the same, calibrated one, taken where rivals
are as good. Where keywords all stand in passage and headline, half of the usual confidence is enough: chance
does not bring them together. What comes near to it may still be the one answer of the whole archive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from config import SearchSettings
from retrieval.finder import Candidates
from retrieval.fusion import FEATURES, Fusion, Margin
from retrieval.model import Hit
from retrieval.presenting import Presenter, Wanted
from retrieval.question import Question
from retrieval.ranked import Ranked
from retrieval.store import Floats, View
from retrieval.terms import Folded, words

COVERED, NEAR = 1 / 2, 1 / 3
"""Shares of the threshold: enough where all words are there; worth a look at the whole archive."""
_ASKS = re.compile(r"[?？؟]|[谁誰哪]|什么|什麼|多少|[几幾][个個名位次天月年]|怎|如何|[为為]何|[吗嗎呢]\s*$")
LEAST_SHARE = 0.2
"""Of the words of a question in Chinese; an article that has less of them is about something else."""
SHORT = -1.2
"""A length, as of the feature; that a passage is shorter still, 记者报道 say, speaks for nothing."""
EVEN = Margin(0.0, 0.0, False)
_ARTICLE, _LENGTH = FEATURES.index("article"), FEATURES.index("length")


@dataclass(frozen=True, slots=True)
class Judged:
    """An article that answers."""

    confidence: float
    """0 to 1."""
    hit: Hit
    """Its best passage."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of some articles."""

    sure: list[Judged]
    near: str | None = None
    """Where none is sure, the id of the one that may be the answer of the whole archive."""


class Judges:
    """Judges candidates of one view."""

    def __init__(self, view: View, presenter: Presenter, fusion: Fusion, settings: SearchSettings) -> None:
        self._view, self._presenter = view, presenter
        self._fusion, self._threshold = fusion, settings.threshold

    def judge(self, asked: Question, found: Candidates, k: int) -> Judgement:
        """Return which of the articles of `found` answer, `k` at most."""
        scores = self._fusion.score(found.features)
        best = _best_of_each(found, scores)
        best = [
            place for place in best if not asked.chinese or found.features[place, _ARTICLE] >= LEAST_SHARE
        ]
        sureness = {place: self._sureness(found.features[place]) for place in best}
        sure = [place for place in best if self._is_sure(asked, found, place, sureness[place])]
        sure.sort(key=lambda place: (-sureness[place], place))
        if sure:
            return Judgement(self._present(asked, found, scores, sure[:k], sureness))
        near = NEAR * self._threshold
        if not best or sureness[best[0]] < near or not is_question(asked.text):
            return Judgement([])
        ((_, article),) = self._view.passages([int(found.numbers[best[0]])])
        return Judgement([], article.id)

    def _sureness(self, features: Floats) -> float:
        known = features.copy()
        known[_LENGTH] = max(known[_LENGTH], SHORT)
        return self._fusion.sureness(known, EVEN)

    def _is_sure(self, asked: Question, found: Candidates, place: int, sureness: float) -> bool:
        if sureness >= self._threshold:
            return True
        return sureness >= COVERED * self._threshold and self._covers(asked, int(found.numbers[place]))

    def _covers(self, asked: Question, number: int) -> bool:
        """Return whether a passage has, with its headline, all words of a question in Chinese."""
        ((passage, article),) = self._view.passages([number])
        text = Folded(f"{article.kicker}\n{article.title}\n{passage.text}")
        own = words(asked.text) if asked.chinese else []
        return bool(own) and all(text.has(word) for word in own)

    def _present(
        self,
        asked: Question,
        found: Candidates,
        scores: Floats,
        places: list[int],
        sureness: dict[int, float],
    ) -> list[Judged]:
        at = np.asarray(places, np.int64)
        kept = Candidates(found.numbers[at], found.owners[at], found.features[at])
        told = np.asarray([sureness[place] for place in places], np.float32)
        ranked = Ranked.by_fusion(kept, told)
        hits = self._presenter.hits(asked, ranked, self._fusion, Wanted(len(places), 0))
        return [Judged(round(hit.score, 4), hit) for hit in hits]


def is_question(text: str) -> bool:
    """Tell whether a text asks something that has an answer, other than keywords."""
    return _ASKS.search(text) is not None


def _best_of_each(found: Candidates, scores: Floats) -> list[int]:
    """Return the places of the best passage of each article, the best first."""
    best: dict[int, int] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        best.setdefault(int(found.owners[place]), place)
    return list(best.values())

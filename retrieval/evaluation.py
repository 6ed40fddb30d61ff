"""How good the answers are, over a set of questions with known answers.

Every question is asked twice: as it is, and with the articles that answer it left out, when the right answer
is "nothing relevant".
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from retrieval.bootstrap import Interval, intervals
from retrieval.calibration import Bin, calibration_error, reliability
from retrieval.measures import DEPTH, Floats, auroc, best_threshold, gains, marked, means
from retrieval.model import Answer
from retrieval.queries import Query, grouped


class Ask(Protocol):
    """What answers: `Searcher.ask`."""

    def __call__(self, question: str, k: int = ..., *, without: frozenset[str] = ...) -> Answer:
        """Return at most `k` passages, none of the articles named in `without`."""
        ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of a group of questions. A figure is NaN where no question of the group bears on it."""

    questions: int
    recall_at_1: float
    recall_at_5: float
    mrr_at_10: float
    ndcg_at_10: float
    answered: float
    """Share of the questions with an answer that were not met with "nothing relevant"."""
    wrongly_answered: float
    """Share of those that were not, once the articles that answer were left out."""
    marked: float
    """Share whose highlight has the answer, where the first passage is of a right article and has it."""
    marked_of: int
    """How many those are."""
    auroc: float
    """How surely confidence tells an asking with an answer from one without; half is chance."""
    calibration_error: float
    """Of confidence as the probability that the first hit is right, over both askings."""
    best_threshold: float
    """Confidence from which on to answer for the fewest mistakes over both askings."""
    ms: float
    """Milliseconds a question for ten passages, mean."""
    p50_ms: float
    p95_ms: float
    intervals: Mapping[str, Interval]
    """95% intervals, by the name of the figure."""
    reliability: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What came of one question; NaN where nothing could."""

    ms: float
    inside: float = math.nan
    """Confidence with the articles that answer."""
    outside: float = math.nan
    """Confidence without them."""
    recall_at_1: float = math.nan
    recall_at_5: float = math.nan
    mrr_at_10: float = math.nan
    ndcg_at_10: float = math.nan
    answered: float = math.nan
    wrongly_answered: float = math.nan
    marked: float = math.nan


_MEANS = ("recall_at_1", "recall_at_5", "mrr_at_10", "ndcg_at_10", "answered", "wrongly_answered", "marked")


def evaluate(
    queries: Sequence[Query],
    ask: Ask,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Scores]:
    """Return scores by group of questions; see `grouped`."""
    outcomes: list[_Outcome] = []
    for done, query in enumerate(queries, start=1):
        outcomes.append(_outcome(query, ask))
        progress(done)
    return {
        group: _scores([outcomes[number] for number in numbers])
        for group, numbers in grouped(queries).items()
    }


def _outcome(query: Query, ask: Ask) -> _Outcome:
    started = time.perf_counter()
    answer = ask(query.text, DEPTH)
    took = (time.perf_counter() - started) * 1000
    if not query.relevant:
        return _Outcome(ms=took, outside=answer.confidence, wrongly_answered=float(answer.answered))
    first = answer.hits[0] if answer.hits else None
    right = first is not None and first.article.id in query.relevant
    recall_at_1, recall_at_5, mrr_at_10, ndcg_at_10 = gains(_articles(query, answer, ask), query.relevant)
    without = ask(query.text, 1, without=query.relevant | query.about)
    return _Outcome(
        ms=took,
        inside=answer.confidence,
        outside=without.confidence,
        recall_at_1=recall_at_1,
        recall_at_5=recall_at_5,
        mrr_at_10=mrr_at_10,
        ndcg_at_10=ndcg_at_10,
        answered=float(answer.answered),
        wrongly_answered=float(without.answered),
        marked=marked(first, query.answers) if first is not None and right else math.nan,
    )


def _articles(query: Query, answer: Answer, ask: Ask) -> list[str]:
    """Return the articles that are found, best first; several passages of one count once."""
    found = list(dict.fromkeys(hit.article.id for hit in answer.hits))
    if len(found) < DEPTH <= len(answer.hits) and not query.relevant.issubset(found):
        deeper = ask(query.text, 3 * DEPTH)
        found = list(dict.fromkeys(hit.article.id for hit in deeper.hits))[:DEPTH]
    return found


def _scores(outcomes: Sequence[_Outcome]) -> Scores:
    columns = {
        field.name: np.asarray([getattr(outcome, field.name) for outcome in outcomes], np.float64)
        for field in fields(_Outcome)
    }
    values = np.stack([columns[name] for name in _MEANS], axis=1)
    inside, outside, ms = columns["inside"], columns["outside"], columns["ms"]

    def measure(weights: Floats) -> Floats:
        return np.column_stack([means(values, weights), auroc(inside, outside, weights)])

    names = (*_MEANS, "auroc")
    figures = dict(zip(names, measure(np.ones((1, len(outcomes))))[0].tolist(), strict=True))
    # Drawing again can only add to a calibration error, so it has no interval of this kind.
    drawn = dict(zip(names, intervals(len(outcomes), measure), strict=True))
    bins = _reliability(inside, outside, columns["recall_at_1"])
    p50, p95 = np.percentile(ms, (50, 95)).tolist()
    return Scores(
        questions=len(outcomes),
        marked_of=int(np.count_nonzero(~np.isnan(columns["marked"]))),
        calibration_error=calibration_error(bins),
        best_threshold=best_threshold(inside, outside),
        ms=float(ms.mean()),
        p50_ms=p50,
        p95_ms=p95,
        intervals={name: interval for name, interval in drawn.items() if not math.isnan(interval[0])},
        reliability=bins,
        **figures,
    )


def _reliability(inside: Floats, outside: Floats, right: Floats) -> tuple[Bin, ...]:
    asked = ~np.isnan(inside), ~np.isnan(outside)
    confidence = np.concatenate([inside[asked[0]], outside[asked[1]]])
    was_right = np.concatenate([right[asked[0]] == 1, np.zeros(np.count_nonzero(asked[1]), np.bool_)])
    return reliability(confidence, was_right)

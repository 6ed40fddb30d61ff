"""Why an answer is what it is: what the question was taken for, and what gave each hit its place."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from retrieval.explanation import HitExplanation, NearWords, QuestionExplanation, Share, Term
from retrieval.fusion import FEATURES, Fusion
from retrieval.question import Question
from retrieval.ranked import Ranked
from retrieval.terms import foreign_words, words
from retrieval.weights import Weighed

_DIGITS = 4


def explain_hit(ranked: Ranked, place: int, fusion: Fusion) -> HitExplanation:
    """Return what each feature adds to the score of the candidate at `place`."""
    values = ranked.features[place].astype(np.float64).tolist()
    shares = [
        Share(name, round(value, _DIGITS), weight, round(value * weight, _DIGITS))
        for name, value, weight in zip(FEATURES, values, fusion.weights, strict=True)
    ]
    shares.sort(key=lambda share: -share.contribution)
    reranked = place < ranked.reranked
    return HitExplanation(
        fusion=round(float(ranked.fusion[place]), _DIGITS),
        shares=tuple(shares),
        reranker=round(float(ranked.scores[place]), _DIGITS) if reranked else None,
        rank_before=int(ranked.places[place]) + 1 if reranked else None,
    )


def explain_question(asked: Question, confidence: float, threshold: float) -> QuestionExplanation:
    """Return what a question was understood as."""
    known = {item.term for item in asked.words}
    foreign = [] if asked.chinese else foreign_words(asked.text)
    return QuestionExplanation(
        chinese=asked.chinese,
        words=_terms(asked.words),
        unknown=tuple(term for term in dict.fromkeys(words(asked.text)) if term not in known),
        near=tuple(
            NearWords(word, _nearest(group)) for word, group in zip(foreign, asked.near, strict=True) if group
        ),
        names=tuple(dict.fromkeys(asked.written)),
        kind=asked.kind.name if asked.kind else "",
        confidence=confidence,
        threshold=threshold,
    )


def _terms(weighed: Iterable[Weighed]) -> tuple[Term, ...]:
    """Return the question's own terms, the rarest first."""
    ordered = sorted(weighed, key=lambda item: -item.idf)
    return tuple(Term(item.term, round(item.idf, 2)) for item in ordered)


def _nearest(weighed: Iterable[Weighed]) -> tuple[Term, ...]:
    """Return terms near to one that was asked, the nearest first; their weight is the square of that."""
    ordered = sorted(weighed, key=lambda item: -item.weight)
    return tuple(Term(item.term, round(item.idf, 2), round(math.sqrt(item.weight), 2)) for item in ordered)

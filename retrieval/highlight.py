"""Which sentence of a passage answers best, and which part of it where it is very long."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.question import Question
from retrieval.sentences import Span, clause_spans, sentence_spans
from retrieval.terms import Folded
from retrieval.weights import Weighed

_LEXICAL = 0.8  # weight of the question's terms against similarity in meaning, measured on the dev sets
_NAME = 0.3  # worth of a name that was asked for in Latin letters
_KIND = 0.5  # worth of the kind of answer that is wanted
_SUBJECT = 0.1  # weight of a term that the heading has; measured with the one above
# Sentences beyond this many characters (lists of names, of measures) are marked in part. That takes the
# answer out of the mark in .1 % of the questions of CMRC 2018, .3 % of CRUD-RAG news and .8 % of XQuAD; with
# sentences beyond 80 characters it would in 1.3 to 4 %.
_LONG = 150
_PART = 100  # characters of the part; with 80 a little more is lost

Floats = npt.NDArray[np.float32]


def best_range(
    text: str,
    heading: str,
    asked: Question,
    spans: Sequence[Span],
    similarities: Floats,
) -> Span:
    """Return the range of the sentence of `text` that best answers, or of a part of it if it is very long.

    The part is a run of clauses: the best one, and those beside it that are better, as far as there is room.
    Takes what `best_sentence` does.
    """
    start, end = best_sentence(text, heading, asked, spans, similarities)
    if end - start <= _LONG:
        return start, end
    clauses = [(start + left, start + right) for left, right in clause_spans(text[start:end])]
    if len(clauses) < 2:
        return start, end
    return _grown(clauses, _scores(text, clauses, heading, asked, spans, similarities))


def best_sentence(
    text: str,
    heading: str,
    asked: Question,
    spans: Sequence[Span],
    similarities: Floats,
) -> Span:
    """Return the range of the sentence of `text` that best answers.

    What the `heading` of the article says is what the question is about, not what it asks, and counts less.
    `spans` and `similarities` are the units of the passage.
    """
    sentences = sentence_spans(text)
    if len(sentences) < 2:
        return sentences[0] if sentences else (0, len(text))
    scores = _scores(text, sentences, heading, asked, spans, similarities)
    return sentences[int(np.argmax(scores))]


def _grown(clauses: Sequence[Span], scores: Floats) -> Span:
    """Return the range of the best clause and those beside it, the better first, within `_PART`."""
    first = last = int(np.argmax(scores))
    while True:
        sides = []
        if first > 0 and clauses[last][1] - clauses[first - 1][0] <= _PART:
            sides.append((float(scores[first - 1]), first - 1, last))
        if last + 1 < len(clauses) and clauses[last + 1][1] - clauses[first][0] <= _PART:
            sides.append((float(scores[last + 1]), first, last + 1))
        if not sides:
            return clauses[first][0], clauses[last][1]
        _, first, last = max(sides)


def _scores(
    text: str,
    parts: Sequence[Span],
    heading: str,
    asked: Question,
    spans: Sequence[Span],
    similarities: Floats,
) -> Floats:
    """Return how much speaks for each part of `text` as the answer, float32 (len(parts),)."""
    scores = _meaning(parts, spans, similarities)
    near = [item for group in asked.near for item in group]
    pieces = [text[start:end] for start, end in parts]
    folded, subject = [Folded(piece) for piece in pieces], Folded(heading)
    for terms in ([*asked.words, *near], asked.bigrams):
        scores += _LEXICAL / 2 * _overlap(folded, terms, subject)
    for name in asked.written:
        scores += _NAME * np.asarray([name in piece for piece in pieces], np.float32)
    if asked.kind is not None:
        scores += _KIND * np.asarray([asked.kind.found_in(piece) for piece in pieces], np.float32)
    return scores


def _meaning(sentences: Sequence[Span], spans: Sequence[Span], similarities: Floats) -> Floats:
    """Return the similarity of the best unit within each sentence."""
    starts, ends = np.asarray(spans).T
    inside = [(starts >= start) & (ends <= end) for start, end in sentences]
    return np.asarray([similarities[own].max() if own.any() else 0.0 for own in inside], np.float32)


def _overlap(sentences: Sequence[Folded], terms: Sequence[Weighed], subject: Folded) -> Floats:
    """Return the share of the question's terms in each sentence, by how few of the others have them.

    What all sentences have in common is the subject of the passage; it does not tell them apart.
    """
    shares, whole = np.zeros(len(sentences), np.float32), 0.0
    for item in {item.term: item for item in terms}.values():
        present = [sentence.has(item.term) for sentence in sentences]
        if having := sum(present):
            rarity = math.log1p(len(sentences) / (0.5 + having))
            weight = item.idf * item.weight * rarity * (_SUBJECT if subject.has(item.term) else 1.0)
            shares += np.float32(weight) * np.asarray(present, np.float32)
            whole += weight
    return shares / np.float32(whole or 1.0)

"""Answers as JSON for programs. Pure: an `Answer` in, what JSON can say out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval.model import Answer, Hit

if TYPE_CHECKING:
    from retrieval.explanation import HitExplanation, QuestionExplanation

_ANSWER = ("question", "answered", "confidence", "generation", "took_ms")
_TIME = ("searched", "undated", "impossible")
_HIT = ("rank", "score", "article", "paragraph", "text", "highlight")
_ARTICLE = ("id", "title", "date", "source")


def record_of(answer: Answer, *, neighbours: bool = False) -> dict[str, Any]:
    """Return an answer as `--json` promises it: scripts rely on these keys.

    With `neighbours` each hit has "before" and "after"; an answer that has explanations tells them.
    """
    record = {key: getattr(answer, key) for key in _ANSWER}
    # Said only where the question or the flags name a time.
    record |= {key: value for key in _TIME if (value := getattr(answer, key))}
    record["hits"] = [_hit(hit, neighbours) for hit in answer.hits]
    if answer.explanation is not None:
        record["explanation"] = _of_question(answer.explanation)
    return record


def _hit(hit: Hit, neighbours: bool) -> dict[str, Any]:
    record = {key: getattr(hit, key) for key in _HIT}
    record["article"] = {key: getattr(hit.article, key) for key in _ARTICLE}
    if neighbours:
        record |= {"before": hit.before, "after": hit.after}
    if hit.explanation is not None:
        record["explanation"] = _of_hit(hit.explanation)
    return record


def _of_question(explanation: QuestionExplanation) -> dict[str, Any]:
    """Return what a question was understood as; what does not apply to it is left out."""
    record = asdict(explanation)
    for word in record["words"]:
        del word["similarity"]  # a word is itself
    return {key: value for key, value in record.items() if value not in ((), "")}


def _of_hit(explanation: HitExplanation) -> dict[str, Any]:
    return {key: value for key, value in asdict(explanation).items() if value is not None}

"""How good the answers are: recall, rank and discount over a set of questions with known answers."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import BadQueryError
from retrieval.model import Answer

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Query:
    """One question of an evaluation set."""

    id: str
    lang: str
    text: str
    relevant: frozenset[str]
    """Ids of the articles that answer."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over a group of questions, all between 0 and 1 but for the count and the time."""

    questions: int
    recall_at_1: float
    recall_at_5: float
    mrr_at_10: float
    ndcg_at_10: float
    answered: float
    """Share of the questions that were not met with "nothing relevant"."""
    ms: float
    """Milliseconds a question, mean."""


def read_queries(path: Path) -> list[Query]:
    """Return the questions of a queries.jsonl. Raises BadQueryError naming the line."""
    queries: list[Query] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # splitlines also cuts inside texts
    except OSError as error:
        raise BadQueryError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadQueryError(f"{path}: not UTF-8; save it again as UTF-8") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record: dict[str, Any] = json.loads(line)
            text, listed = record["text"], record["relevant"]
            if not isinstance(text, str) or not text.strip() or not isinstance(listed, list):
                raise TypeError
            relevant = frozenset(str(article) for article in listed)
            queries.append(Query(str(record.get("id", number)), str(record.get("lang", "?")), text, relevant))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadQueryError(f'{path}, line {number}: needs {{"text": ..., "relevant": [ids]}}') from None
    return queries


def evaluate(
    queries: Iterable[Query],
    ask: Callable[[str, int], Answer],
    progress: Callable[[int], None] = lambda done: None,
) -> Mapping[str, Scores]:
    """Return scores by language, and for "all" where there are several."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    for done, query in enumerate(queries, start=1):
        started = time.perf_counter()
        answer = ask(query.text, 3 * DEPTH)  # several passages of one article count once
        took = (time.perf_counter() - started) * 1000
        found = list(dict.fromkeys(hit.article.id for hit in answer.hits))[:DEPTH]
        row = (*_gains(found, query.relevant), float(answer.answered), took)
        rows.setdefault(query.lang, []).append(row)
        progress(done)
    if len(rows) > 1:
        rows["all"] = [row for group in rows.values() for row in group]
    return {lang: _mean(group) for lang, group in rows.items()}


def _gains(found: Sequence[str], relevant: frozenset[str]) -> tuple[float, float, float, float]:
    ranks = [rank for rank, article in enumerate(found, start=1) if article in relevant]
    first = ranks[0] if ranks else math.inf
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), DEPTH) + 1))
    gained = sum(1 / math.log2(rank + 1) for rank in ranks)
    return float(first == 1), float(first <= 5), 1 / first, gained / ideal if ideal else 0.0


def _mean(rows: Sequence[tuple[float, ...]]) -> Scores:
    means = [round(sum(column) / len(rows), 4) for column in zip(*rows, strict=True)]
    return Scores(len(rows), *means)

"""Questions with known answers: what an evaluation set asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval.errors import BadQueryError
from retrieval.store import Articles


@dataclass(frozen=True, slots=True)
class Query:
    """One question of an evaluation set."""

    id: str
    lang: str
    text: str
    relevant: frozenset[str]
    """Ids of the articles that answer; empty for a question that none answers."""
    answers: tuple[str, ...] = ()
    """What the answer may read like in the articles."""
    anchored: bool = False
    """Whether it is marked as one that is clear by itself, without knowing what it was asked about."""
    about: frozenset[str] = frozenset()
    """Ids of all articles that may answer: the relevant ones and what is about the same; see `place`."""


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
            queries.append(_query(json.loads(line), number))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadQueryError(f'{path}, line {number}: needs {{"text": ..., "relevant": [ids]}}') from None
    return queries


def place(queries: Iterable[Query], catalog: Articles) -> tuple[list[Query], list[str]]:
    """Return the questions with their articles named as they are shown, and the names nothing is known by.

    A reprint is shown as the article that stands for it. Parts of one document are articles of their own in
    some sets, under one title; a question that one of them answers is about all of them.
    """
    titled: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for article in catalog.articles():
        titles[article.id] = article.title or article.id
        titled.setdefault(titles[article.id], []).append(article.id)
    placed: list[Query] = []
    unknown: dict[str, None] = {}
    for query in queries:
        shown = {name: catalog.article(name) for name in query.relevant}
        unknown.update(dict.fromkeys(sorted(name for name, article in shown.items() if article is None)))
        relevant = frozenset(article.id if article else name for name, article in shown.items())
        about = {other for name in relevant if name in titles for other in titled[titles[name]]}
        placed.append(replace(query, relevant=relevant, about=relevant | about))
    return placed, list(unknown)


def grouped(queries: Sequence[Query]) -> dict[str, list[int]]:
    """Return the places of the questions of each group, by its name.

    A language is a group, its anchored questions are another, and "all" is one where languages are several.
    """
    groups: dict[str, list[int]] = {}
    languages = dict.fromkeys(query.lang for query in queries)
    for lang in languages:
        own = [number for number, query in enumerate(queries) if query.lang == lang]
        groups[lang] = own
        if anchored := [number for number in own if queries[number].anchored]:
            groups[f"{lang} anchored"] = anchored
    if len(languages) > 1:
        groups["all"] = list(range(len(queries)))
    return groups


def _query(record: dict[str, Any], number: int) -> Query:
    text, listed = record["text"], record["relevant"]
    if not isinstance(text, str) or not text.strip() or not isinstance(listed, list):
        raise TypeError
    relevant = frozenset(str(article) for article in listed)
    "".join(relevant).encode()  # half a surrogate pair is no id, and fails here
    return Query(
        str(record.get("id", number)),
        str(record.get("lang") or "?"),
        text,
        relevant,
        _answers(record),
        record.get("anchored") is True,
    )


def _answers(record: dict[str, Any]) -> tuple[str, ...]:
    """Return the answers in the articles' language where they are given in both."""
    answers = record.get("answers")
    given: Sequence[object] = answers if isinstance(answers, list) else []
    given = [record["answer_zh"]] if record.get("answer_zh") else [record.get("answer"), *given]
    written = (str(answer).strip() for answer in given if isinstance(answer, str | int | float))
    return tuple(dict.fromkeys(answer for answer in written if answer))

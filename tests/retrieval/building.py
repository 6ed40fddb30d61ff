"""Articles on disk and an index over them, in a line each.

The dictionaries are loaded here: builds cut words themselves then, where each would start a process for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pypinyin  # noqa: F401
import rjieba  # noqa: F401

from embeddings import Encoder
from retrieval.builder import Plan, Report, build
from retrieval.model import Answer
from retrieval.searcher import Searcher
from retrieval.serving import find_serving
from retrieval.sources import Problem, Sources

from .encoding import PairEncoder

PARAGRAPHS = {
    "flood": "7月13日，省防汛抗旱指挥部召开会议，部署防汛工作。副省长何松年主持会议。",
    "metro": "地铁3号线全长27.6公里，设站21座。市长骆闻笙要求确保国庆节前开通运营。",
    "clinic": "全县新建村卫生室48个，招聘村医120名。县委书记卢怀章强调要方便群众看病。",
    "fire": "省委、省政府召开火灾事故警示教育大会。吴政隆强调，要开展为期八个月的专项整治。",
}


def plan(data: Path, *, full: bool = False, passage_chars: int = 600, keep: int = 3) -> Plan:
    return Plan(data, "pairs", passage_chars, keep, full)


def index(
    data: Path,
    *paths: Path,
    encoder: Encoder | None = None,
    full: bool = False,
    passage_chars: int = 600,
    keep: int = 3,
) -> Report:
    wanted = plan(data, full=full, passage_chars=passage_chars, keep=keep)
    return build(wanted, paths, encoder or PairEncoder())


def record(identity: str, *paragraphs: str, **more: str) -> str:
    return json.dumps(
        {"id": identity, "title": identity, "paragraphs": paragraphs, **more}, ensure_ascii=False
    )


def put(folder: Path, name: str, *records: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(records) + "\n", encoding="utf-8")
    return path


def put_all(folder: Path) -> None:
    """Put each of PARAGRAPHS into a file of its own, dated 2021, 2022, 2023 and undated."""
    for identity, date in zip(PARAGRAPHS, ("2021-07-13", "2022-03", "2023", ""), strict=True):
        put(folder, f"{identity}.jsonl", record(identity, PARAGRAPHS[identity], date=date))


def ids(data: Path) -> list[str]:
    """Return the ids of the indexed articles, sorted."""
    return sorted(article.id for article in searcher(data).catalog.articles())


def problems(data: Path) -> list[Problem]:
    """Return what the serving generation remembers as amiss."""
    serving = find_serving(data)
    with closing(serving.lease), closing(Sources.open(serving.folder)) as sources:
        return sources.problems()


def searcher(data: Path, encoder: Encoder | None = None) -> Searcher:
    return Searcher.open(data, encoder or PairEncoder())


def said(answers: Sequence[Answer]) -> list[tuple[object, ...]]:
    """Return what matters of answers: all but the generation and the time."""
    return [(a.question, a.answered, a.confidence, a.hits) for a in answers]

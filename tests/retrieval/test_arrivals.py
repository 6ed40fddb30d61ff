"""What counts as a new article: its content, and nothing of where or how it is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrieval.arrivals import Keys, find_arrivals
from tests.retrieval.building import PARAGRAPHS, index, put, put_all, record, searcher

NOTHING: Keys = np.zeros(0, np.int64)
LONG = (
    "5月8日，滨海市召开港口安全工作会议，总结一季度工作，部署下一阶段任务。市长王建国主持会议并讲话。",
    "会议决定新建三座防波堤，改造旧码头，并在年底前为所有泊位装上监测设备。与会各区负责人作了发言。",
)


def _look(data: Path, seen: Keys) -> tuple[list[str], Keys]:
    """Return the ids of what is new, and all that is seen then."""
    found = searcher(data)
    arrivals = find_arrivals(found.embedded.articles, seen)
    assert arrivals is not None
    ids = [article.id for article in found.embedded.articles.at(arrivals.articles)]
    return sorted(ids), np.concatenate([seen, arrivals.keys])


def test_what_was_seen_is_not_new_however_it_is_kept(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "articles"
    put_all(folder)
    put(folder, "long.jsonl", record("long", *LONG, date="2024-05-08"))
    index(data, folder)
    ids, seen = _look(data, NOTHING)
    assert ids == sorted([*PARAGRAPHS, "long"])
    assert _look(data, seen)[0] == []
    index(data, folder, full=True)
    assert _look(data, seen)[0] == []
    index(data, folder, full=True, passage_chars=100)
    assert _look(data, seen)[0] == []
    # Corrected, under another id, cut into other paragraphs, and in a text file.
    (folder / "long.jsonl").unlink()
    corrected = "".join(LONG).replace("三座", "四座")
    put(folder, "again.jsonl", record("other", corrected[:30], corrected[30:], date="2024-05-09"))
    index(data, folder)
    ids, seen = _look(data, seen)
    assert ids == []
    # Gone and back.
    (folder / "fire.jsonl").unlink()
    index(data, folder)
    assert _look(data, seen)[0] == []
    put_all(folder)
    index(data, folder)
    assert _look(data, seen)[0] == []


def test_only_what_is_new_is_new(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "articles"
    put_all(folder)
    index(data, folder)
    _, seen = _look(data, NOTHING)
    put(folder, "new.jsonl", record("long", *LONG, date="2024-05-08"), record("short", "一句话。"))
    put(
        folder, "flood.jsonl", record("flood", PARAGRAPHS["flood"].replace("何松年", "陈默"))
    )  # of the same id
    index(data, folder)
    ids, seen = _look(data, seen)
    assert ids == ["long", "short"]
    # Word for word the report of a year before.
    put(folder, "next.jsonl", record("long-2025", *LONG, date="2025-05-08"))
    index(data, folder)
    assert _look(data, seen)[0] == ["long-2025"]


def test_a_look_can_be_given_up(tmp_path: Path) -> None:
    put_all(tmp_path / "articles")
    index(tmp_path / "data", tmp_path / "articles")
    assert find_arrivals(searcher(tmp_path / "data").embedded.articles, NOTHING, lambda: False) is None

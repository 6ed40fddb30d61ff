"""An index that grew step by step over several segments says what one built at once does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.generation import current_generation, generation_folder
from retrieval.manifest import read_manifest

from .building import PARAGRAPHS, index, problems, put, record, said, searcher

_QUESTIONS = (
    "谁主持防汛会议？",
    "地铁全长多少公里",
    "Wu Zhenglong",
    "7月13日部署了什么",
    "第17次会议",
    "Who chaired the flood control meeting?",
)
_PAPERS = ["a.jsonl", "b.jsonl", "c/d.jsonl", "e.txt", "f.txt"]
_IDS = ["one", "two", "three"]
_EDITED = "，全省干部群众认真学习贯彻会议精神。"

_PUT = st.tuples(
    st.just("put"),
    st.sampled_from(_PAPERS),
    st.lists(
        st.tuples(st.sampled_from(_IDS), st.sampled_from(sorted(PARAGRAPHS)), st.booleans()),
        min_size=1,
        max_size=3,
    ),
)
_MOVE = st.tuples(st.just("move"), st.sampled_from(_PAPERS), st.sampled_from(_PAPERS))
_DELETE = st.tuples(st.just("delete"), st.sampled_from(_PAPERS), st.none())
_TOUCH = st.tuples(st.just("touch"), st.sampled_from(_PAPERS), st.integers(1, 5))
_Change = tuple[str, str, object]
_STEPS = st.lists(
    st.lists(_PUT | _PUT | _MOVE | _DELETE | _TOUCH, min_size=1, max_size=3), min_size=1, max_size=4
)


def _apply(folder: Path, change: _Change) -> None:
    what, name, more = change
    path = folder / name
    if what == "put":
        assert isinstance(more, list)
        path.parent.mkdir(exist_ok=True)
        if name.endswith(".txt"):
            _, text, edited = more[0]
            path.write_text(f"会议报道\n\n{PARAGRAPHS[text]}{_EDITED * edited}\n", encoding="utf-8")
        else:
            put(
                folder,
                name,
                *(record(one, PARAGRAPHS[text] + _EDITED * edited) for one, text, edited in more),
            )
        os.utime(path, ns=(0, 10**18))  # which of two versions is the newer one must not be left to chance
    elif path.exists() and what == "move":
        (folder / str(more)).parent.mkdir(exist_ok=True)
        path.rename(folder / str(more))
    elif path.exists() and what == "touch":
        assert isinstance(more, int)
        os.utime(path, ns=(0, 10**18 + more))
    elif path.exists():
        path.unlink()


def _put_many(folder: Path, name: str, count: int) -> None:
    """Put `count` articles of a paragraph each, all of which say much the same, into one file."""
    texts = (f"市委召开第{number}次会议，研究第{number % 7}项工作。" for number in range(count))
    put(folder, name, *(record(f"{name}-{number}", text) for number, text in enumerate(texts)))
    os.utime(folder / name, ns=(0, 10**18))


def _segments(data: Path) -> int:
    number = current_generation(data)
    assert number is not None
    return len(read_manifest(generation_folder(data, number)).segments)


def _all_said(data: Path) -> Iterator[object]:
    opened = searcher(data)
    yield said([opened.ask(question, 10) for question in _QUESTIONS])
    yield said([opened.ask(_QUESTIONS[0], 5, since="2020"), opened.ask(_QUESTIONS[1], 5, until="2022")])
    yield list(opened.catalog.articles())
    yield [opened.catalog.article(name) for name in _IDS]
    yield problems(data)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_it_says_what_one_built_at_once_does(tmp_path: Path, steps: list[list[_Change]]) -> None:
    folder, grown, whole = (tmp_path / name for name in ("articles", "grown", "whole"))
    for path in (folder, grown, whole):
        shutil.rmtree(path, ignore_errors=True)
    # More of them are equally near to a question than are looked at closely.
    _put_many(folder, "many.jsonl", 110)
    index(grown, folder)
    put(folder, "always.jsonl", record("always", "永远在此的报道。", date="2021-03-04"))
    index(grown)
    assert _segments(grown) == 2
    for step in steps:
        for change in step:
            _apply(folder, change)
        index(grown)
    index(whole, folder, full=True)
    assert _segments(whole) == 1
    assert list(_all_said(grown)) == list(_all_said(whole))
    _put_many(folder, "more.jsonl", 80)
    index(grown)
    assert _segments(grown) == 1
    index(whole, full=True)
    assert list(_all_said(grown)) == list(_all_said(whole))


def test_the_price_of_an_arrival_is_what_arrives(folder: Path, data: Path) -> None:
    _put_many(folder, "many.jsonl", 110)
    index(data, folder)
    (first,) = (data / "segments").iterdir()
    before = {path: path.stat() for path in first.iterdir()}
    for number in range(3):
        put(folder, f"new{number}.jsonl", record(f"new{number}", f"第{number}篇全新的报道。"))
        assert index(data).encoded == 1
    assert {path: path.stat().st_mtime_ns for path in first.iterdir()} == {
        path: status.st_mtime_ns for path, status in before.items()
    }
    assert 2 <= _segments(data) <= 3


def test_what_all_segments_but_one_say_may_go(folder: Path, data: Path) -> None:
    _put_many(folder, "many.jsonl", 40)
    index(data, folder)
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    index(data)
    assert _segments(data) == 2
    (folder / "many.jsonl").unlink()
    index(data)
    assert _segments(data) == 1
    assert [article.id for article in searcher(data).catalog.articles()] == ["new"]


def test_of_two_versions_the_newer_one_is_shown_though_only_times_have_changed(
    folder: Path, data: Path
) -> None:
    for number, name in enumerate(["a.jsonl", "b.jsonl"]):
        put(folder, name, record("same", PARAGRAPHS["metro"], f"又及{number}。"))
        os.utime(folder / name, ns=(0, 10**18 + number))
    index(data, folder)
    assert searcher(data).ask("又及", 1).hits[0].article.source == "b.jsonl"
    os.utime(folder / "a.jsonl", ns=(0, 10**18 + 9))
    report = index(data)
    assert (report.published, report.encoded, report.unchanged) == (True, 1, 2)
    assert searcher(data).ask("又及", 1).hits[0].article.source == "a.jsonl"
    os.utime(folder / "a.jsonl", ns=(0, 10**18 + 10))
    assert index(data).published is False

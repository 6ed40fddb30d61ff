"""What is read: what is new or changed, once; what failed, when it changes or when that is asked for."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.generation import current_generation, generation_folder
from retrieval.scan import Look, look, printable
from retrieval.sources import Sources

from .building import index, put, put_all, record

_BAD = "{" + " " * 300


def _look(data: Path, folder: Path, *, retry: bool = False) -> tuple[Look, bool]:
    """Return what is seen, and whether it is what the generation knows."""
    number = current_generation(data)
    assert number is not None
    with closing(Sources.open(generation_folder(data, number))) as old:
        seen = look([str(folder)], old, retry=retry, leave_out=data)
        return seen, seen.finds_nothing_new(old)


def _to_read(looked: Look) -> list[str]:
    return [one.file.name for one in looked.seen if one.is_new and one.file is not None]


@pytest.fixture
def indexed(folder: Path, data: Path) -> Path:
    """A folder that is indexed, with files that failed."""
    put_all(folder)
    put(folder, "sub/bad.jsonl", _BAD)
    put(folder, "some.jsonl", record("some", "一条好的。"), "{")
    (folder / "empty.txt").touch()
    (folder / "nowhere.txt").symlink_to(folder / "gone")
    index(data, folder)
    return folder


def test_only_what_is_new_or_changed_is_read(indexed: Path, data: Path) -> None:
    assert _look(data, indexed)[1] is True
    assert _to_read(_look(data, indexed)[0]) == []
    put(indexed, "new.jsonl", record("new", "全新。"))
    put(indexed, "fire.jsonl", record("fire", "改写。"))
    (indexed / "metro.jsonl").unlink()
    looked, nothing_new = _look(data, indexed)
    assert (_to_read(looked), nothing_new) == (["fire.jsonl", "new.jsonl"], False)


def test_what_is_touched_or_set_back_in_time_is_not_read(indexed: Path, data: Path) -> None:
    for time in (1, 10**18, 2 * 10**18):
        os.utime(indexed / "fire.jsonl", ns=(time, time))
        looked, nothing_new = _look(data, indexed)
        assert (_to_read(looked), nothing_new) == ([], False)
        assert index(data).published is False


def test_what_failed_is_read_again_only_when_it_changes_or_that_is_asked(indexed: Path, data: Path) -> None:
    failed = ["empty.txt", "some.jsonl", "sub/bad.jsonl"]
    assert _to_read(_look(data, indexed, retry=True)[0]) == failed
    for _ in range(2):
        assert {problem.file for problem in index(data).problems} == {*failed, "nowhere.txt"}
    put(indexed, "sub/bad.jsonl", _BAD[:-1])
    assert _to_read(_look(data, indexed)[0]) == ["sub/bad.jsonl"]


def test_what_cannot_be_opened_is_tried_every_time(indexed: Path, data: Path) -> None:
    (indexed / "gone").write_text("会议在此。", encoding="utf-8")
    assert _to_read(_look(data, indexed)[0]) == ["gone", "nowhere.txt"]


def test_files_come_in_the_order_of_their_folders(tmp_path: Path) -> None:
    names = ["b/z.txt", "b-a.txt", "b.txt", "a/y/x.txt", "a/y.txt", "c.txt", "市/会.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("会议。", encoding="utf-8")
    looked = look([str(tmp_path)], None, retry=False, leave_out=tmp_path / "data")
    assert [one.file.name for one in looked.seen if one.file is not None] == [
        path.as_posix() for path in sorted(map(Path, names))
    ]


def test_below_the_index_only_what_is_named_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "data/b.txt", "data/uploads/c.txt", "data/uploads/.incoming/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("会议。", encoding="utf-8")
    data, uploads = tmp_path / "data", tmp_path / "data" / "uploads"
    for roots, seen in (
        ([tmp_path], ["a.txt"]),
        ([data], []),
        ([uploads], ["c.txt"]),
        ([tmp_path, uploads], ["a.txt", "c.txt"]),
    ):
        looked = look([str(root) for root in roots], None, retry=False, leave_out=data)
        assert [one.file.name for one in looked.seen if one.file is not None] == seen


def test_a_file_below_two_folders_that_are_named_is_seen_once(indexed: Path, data: Path) -> None:
    roots = [str(indexed), str(indexed / "sub"), str(indexed / "fire.jsonl"), str(indexed / "missing")]
    looked = look(roots, None, retry=False, leave_out=data)
    paths = [one.file.path for one in looked.seen if one.file is not None]
    assert len(paths) == len(set(paths)) == 7
    assert len(looked.seen) == 8


def test_names_are_text_whatever_bytes_they_are() -> None:
    for name in ("report.txt", "会议.txt", "日报/a b.txt"):
        assert printable(name) == name
    assert printable(os.fsdecode("会议.txt".encode("gb18030"))) == "会议.txt"
    assert "\udcff" not in printable("\udcff.txt")

"""Real folders, really changed. Whatever must happen is waited for; what must not, for a moment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrieval.serving import remembered_roots
from retrieval.watching import Watch
from tests.retrieval.building import index, put_all

_SETTLE = 0.05
_LONG = 30.0
_MOMENT = 0.4


@contextmanager
def _watching(*roots: Path, poll: float = 1000.0, data: Path = Path("/nowhere")) -> Iterator[Watch]:
    watch = Watch(settle=_SETTLE, poll=poll, leave_out=data)
    try:
        watch.follow(map(str, roots))
        assert watch.wait(_LONG)  # what is there at first counts as changed
        watch.dealt_with()
        yield watch
    finally:
        watch.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("大会")
    return folder


def _told(watch: Watch) -> bool:
    told = watch.wait(_LONG)
    watch.dealt_with()
    return told


def _let_be(watch: Watch, seconds: float = 0.2) -> None:
    """Wait for the rest of what may be told in several parts."""
    while watch.wait(seconds):
        watch.dealt_with()


def test_what_comes_changes_and_goes_is_told(folder: Path) -> None:
    file = folder / "b.txt"

    def come() -> None:
        file.write_text("会")

    def change() -> None:
        file.write_text("会议")

    def come_renamed() -> None:
        (folder / "c.txt.part").write_text("会")
        (folder / "c.txt.part").rename(folder / "c.txt")

    def come_deep() -> None:
        (folder / "2024" / "06").mkdir(parents=True)
        (folder / "2024" / "06" / "d.txt").write_text("会")

    def change_deep() -> None:
        (folder / "2024" / "06" / "d.txt").write_text("会议")

    def move() -> None:
        (folder / "2024").rename(folder / "2025")

    def change_moved() -> None:
        (folder / "2025" / "06" / "d.txt").write_text("会议会议")

    def go() -> None:
        file.unlink()

    def all_go() -> None:
        shutil.rmtree(folder / "2025")

    steps: list[Callable[[], None]] = [come, change, come_renamed, come_deep, change_deep]
    with _watching(folder) as watch:
        assert not watch.wait(_MOMENT)
        for step in [*steps, move, change_moved, go, all_go]:
            step()
            assert _told(watch), step.__name__
            _let_be(watch)


def test_what_is_no_article_is_not_told(folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    with _watching(folder, data=data, poll=0.1) as watch:
        (folder / ".git").mkdir()
        (folder / ".git" / "index.txt").write_text("x")
        (folder / "b.txt.part").write_text("x")
        (folder / "~$c.docx").write_text("x")
        (data / "generations").mkdir()
        (data / "generations" / "catalog.db").write_text("x")
        assert not watch.wait(_MOMENT)


def test_roots_come_vanish_and_come_back(folder: Path, tmp_path: Path) -> None:
    root, away = tmp_path / "disk" / "root", tmp_path / "away"
    with _watching(folder, root) as watch:
        assert watch.missing() == [str(root)]
        for number in range(2):
            root.mkdir(parents=True)
            assert _told(watch) and watch.missing() == []
            (root / f"{number}.txt").write_text("会")
            assert _told(watch)
            (folder / f"{number}.txt").write_text("会")
            assert _told(watch)
            (tmp_path / "disk").rename(away)
            assert _told(watch) and watch.missing() == [str(root)]
            (folder / f"{number}.txt").write_text("会议")
            assert _told(watch)
            shutil.rmtree(away)
    with _watching(root) as watch:  # not one is there
        root.mkdir(parents=True)
        assert _told(watch)


def test_a_root_replaced_at_once_is_watched_on(folder: Path) -> None:
    with _watching(folder) as watch:
        for number in range(2):
            shutil.rmtree(folder)
            folder.mkdir()
            assert _told(watch)
            _let_be(watch)
            (folder / f"{number}.txt").write_text("会")
            assert _told(watch)


def test_a_file_may_be_a_root(folder: Path) -> None:
    with _watching(folder / "a.txt") as watch:
        (folder / "b.txt").write_text("会")
        assert not watch.wait(_MOMENT)
        (folder / "b.txt").replace(folder / "a.txt")
        assert _told(watch)
        (folder / "a.txt").write_text("会议会议")
        assert _told(watch)
        (folder / "a.txt").unlink()
        assert _told(watch) and watch.missing() == [str(folder / "a.txt")]


def test_more_roots_may_be_followed_later(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with _watching(folder) as watch:
        watch.follow([str(folder)])
        assert not watch.wait(_MOMENT)
        watch.follow([str(folder), str(other)])
        assert _told(watch)
        (other / "b.txt").write_text("会")
        assert _told(watch)


def test_what_the_system_does_not_tell_is_found_by_looking(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with _watching(folder, poll=0.5) as watch:
        (folder / "link").symlink_to(elsewhere)  # inotify does not follow a link that is made later
        _let_be(watch)
        (elsewhere / "b.txt").write_text("会")
        assert _told(watch)


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify and its limits")
def test_where_nothing_can_be_watched_it_looks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr("retrieval.watching._BLIND_POLL", 0.5)
    monkeypatch.delenv("WATCHFILES_FORCE_POLLING", raising=False)
    watch = Watch(settle=_SETTLE, poll=1000.0, leave_out=Path("/nowhere"))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        with pytest.raises(OSError, match="open files"):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        watch.follow([str(folder)])
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert "open files" in watch.blind
    _let_be(watch, 1.0)
    (folder / "b.txt").write_text("会")
    assert _told(watch)
    watch.close()


def test_watchfiles_may_be_told_to_look_for_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    with _watching(folder) as watch:
        (folder / "b.txt").write_text("会")
        assert _told(watch)


def test_a_change_during_a_run_disturbs_it(folder: Path) -> None:
    with _watching(folder) as watch:
        (folder / "b.txt").write_text("会")
        assert watch.wait(_LONG)
        assert not watch.disturbed()
        (folder / "c.txt").write_text("会")
        while not watch.disturbed():
            pass
        watch.dealt_with()  # which is of the first alone
        assert _told(watch)


def test_roots_are_those_of_the_index(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert remembered_roots(data) == []
    put_all(folder)
    index(data, folder)
    assert remembered_roots(data) == [str(folder)]


@pytest.mark.parametrize("poll", [1000.0, 0.2])
def test_a_folder_beside_the_index_is_watched_and_the_index_is_not(folder: Path, poll: float) -> None:
    data, uploads = folder / "data", folder / "data" / "uploads"
    uploads.mkdir(parents=True)
    (uploads / "a.txt").write_text("大会")
    with _watching(folder, uploads, poll=poll, data=data) as watch:
        _let_be(watch)
        (data / "CURRENT").write_text("7")
        (uploads / ".incoming").mkdir()
        (uploads / ".incoming" / "b.txt").write_text("会")
        assert not watch.wait(_MOMENT)
        (uploads / ".incoming" / "b.txt").rename(uploads / "b.txt")
        assert _told(watch)

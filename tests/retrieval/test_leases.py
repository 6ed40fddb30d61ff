"""Who reads a generation keeps it; who takes it away does so before anybody can read it."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from retrieval.leases import hold, unheld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files that are open cannot be removed there")


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    folder = tmp_path / "00000001"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    return folder


def _is_free(folder: Path) -> bool:
    with unheld(folder) as free:
        return free


def test_a_lease_ends_when_the_last_holder_closes_it(generation: Path) -> None:
    assert _is_free(generation)
    leases = [hold(generation) for _ in range(3)]
    for lease in leases:
        assert not _is_free(generation)
        lease.close()
    assert _is_free(generation)


def test_what_is_not_there_cannot_be_held_and_may_go(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hold(tmp_path)
    assert _is_free(tmp_path)


@pytest.mark.parametrize("comes_again", [False, True])
def test_nobody_can_hold_what_is_being_taken_away(generation: Path, comes_again: bool) -> None:
    outcome: list[object] = []
    begins = threading.Event()

    def reader() -> None:
        begins.set()
        try:
            outcome.append(hold(generation))
        except FileNotFoundError as error:
            outcome.append(error)

    with unheld(generation) as free:
        assert free
        thread = threading.Thread(target=reader)
        thread.start()
        assert begins.wait(10)
        time.sleep(0.3)  # until it waits
        assert outcome == []
        gone = generation.rename(generation.with_name("gone"))
        if comes_again:  # another one of that number
            generation.mkdir()
            (generation / "manifest.json").write_text("{}", encoding="utf-8")
    thread.join(10)
    assert [type(one) for one in outcome] == [FileNotFoundError]
    assert _is_free(gone)


def test_looking_whether_it_is_held_lets_nobody_go_without(generation: Path) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            _is_free(generation)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(200):
            with hold(generation):
                assert not _is_free(generation)
    finally:
        stop.set()
        looker.join(10)

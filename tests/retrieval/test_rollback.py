"""An earlier generation can serve again, whole ones only, and the index goes on from there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from embeddings import Encoder
from retrieval.errors import BadQueryError, BrokenIndexError, BusyError, NoIndexError
from retrieval.generation import current_generation, generation_folder, published
from retrieval.live import LiveSearcher
from retrieval.rollback import roll_back
from retrieval.writer_lock import writing

from .building import ids, index, put, put_all, record
from .encoding import PairEncoder

_COUNT = 4


@pytest.fixture
def grown(folder: Path, data: Path) -> Path:
    """An index of four generations, each with an article more."""
    put_all(folder)
    index(data, folder, keep=_COUNT)
    for number in range(2, _COUNT + 1):
        put(folder, f"new{number}.jsonl", record(f"new{number}", f"第{number}代的报道。"))
        index(data, keep=_COUNT)
    return data


def _newest(data: Path) -> str:
    return max(name for name in ids(data) if name.startswith("new"))


def test_by_default_the_one_before_serves(grown: Path) -> None:
    for number in (3, 2):
        assert roll_back(grown).generation == number
        assert current_generation(grown) == number
        assert _newest(grown) == f"new{number}"
    assert roll_back(grown).generation == 1
    with pytest.raises(BadQueryError, match=r"no whole generation before .*; there are 1, 2, 3, 4$"):
        roll_back(grown)
    assert current_generation(grown) == 1
    assert published(grown) == [1, 2, 3, 4]


def test_any_may_be_named_later_ones_too(grown: Path) -> None:
    for number in (2, 4, 3, 3):
        assert roll_back(grown, number).generation == number
        assert _newest(grown) == f"new{number}"
    for number in (0, 7, -1):
        with pytest.raises(
            BadQueryError, match=rf"generation {number} is not on disk; there are 1, 2, 3, 4$"
        ):
            roll_back(grown, number)
    assert current_generation(grown) == 3


def test_damaged_ones_are_refused_or_passed_over(grown: Path) -> None:
    (generation_folder(grown, 3) / "sources.sqlite").write_bytes(b"")
    with pytest.raises(BrokenIndexError, match="generation 00000003 is damaged"):
        roll_back(grown, 3)
    assert current_generation(grown) == 4
    assert roll_back(grown).generation == 2
    (generation_folder(grown, 1) / "manifest.json").unlink()
    with pytest.raises(BadQueryError, match="no whole generation before"):
        roll_back(grown)
    assert current_generation(grown) == 2


def test_from_a_pointer_that_cannot_be_read_to_the_newest(grown: Path) -> None:
    (grown / "CURRENT").write_text("?", encoding="utf-8")
    assert roll_back(grown).generation == 4
    assert _newest(grown) == "new4"


def test_where_there_is_no_index_there_is_none_to_go_back_to(data: Path) -> None:
    for number in (None, 1):
        with pytest.raises(NoIndexError):
            roll_back(data, number)
    assert not data.exists()


def test_not_while_another_writes(grown: Path) -> None:
    with writing(grown, wait=False), pytest.raises(BusyError):
        roll_back(grown)
    assert current_generation(grown) == 4


def test_the_next_run_follows_the_folders_under_a_new_number(grown: Path, folder: Path) -> None:
    roll_back(grown, 1)
    put(folder, "new9.jsonl", record("new9", "最新的报道。"))
    (folder / "new4.jsonl").unlink()
    report = index(grown, keep=2)
    assert (report.generation, report.added, report.removed) == (5, 3, 0)
    assert [name for name in ids(grown) if name.startswith("new")] == ["new2", "new3", "new9"]
    assert published(grown) == [4, 5]
    assert index(grown).published is False


def test_who_is_reading_goes_along(grown: Path) -> None:
    def open_encoder() -> Encoder:
        return PairEncoder()

    live = LiveSearcher.open(grown, open_encoder)
    for number in (4, 2, 3, 1, 4):
        roll_back(grown, number)
        until = time.monotonic() + 10
        while live.ask("报道").generation != number:
            assert time.monotonic() < until
            time.sleep(0.05)

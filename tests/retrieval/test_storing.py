"""An error of writing names its file."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from retrieval.storing import RowFile, naming, naming_table, save_array, sync

_PATH = Path("/somewhere/file")


def _caught(error: Exception, *more: type[Exception]) -> OSError:
    with pytest.raises(OSError, match=r".") as raised, naming(_PATH, *more):
        raise error
    return raised.value


def test_an_error_without_a_file_is_given_one() -> None:
    error = _caught(OSError(errno.ENOSPC, "No space left on device"))
    assert (error.errno, error.strerror, error.filename) == (
        errno.ENOSPC,
        "No space left on device",
        str(_PATH),
    )
    error = _caught(OSError("4096 requested and 0 written"))  # so says numpy
    assert (error.errno, error.strerror) == (errno.EIO, "4096 requested and 0 written")
    error = _caught(RuntimeError("write error in faiss"), RuntimeError)
    assert (error.strerror, error.filename) == ("write error in faiss", str(_PATH))


def test_an_error_that_names_another_file_keeps_it() -> None:
    error = _caught(PermissionError(errno.EACCES, "Permission denied", "/other"))
    assert isinstance(error, PermissionError)
    assert error.filename == "/other"


def test_what_is_no_error_of_files_passes() -> None:
    with pytest.raises(ZeroDivisionError), naming(_PATH, RuntimeError):
        raise ZeroDivisionError
    with naming(_PATH), naming_table(_PATH):
        pass


def test_what_sqlite_says_is_given_the_file() -> None:
    with (
        closing(sqlite3.connect(":memory:")) as table,
        pytest.raises(OSError, match="no such table: articles") as raised,
        naming_table(_PATH),
    ):
        table.execute("SELECT * FROM articles")
    assert raised.value.filename == str(_PATH)


@contextmanager
def _full() -> Iterator[Path]:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    yield Path("/dev/full")


def test_a_full_disk_is_told_with_the_file(tmp_path: Path) -> None:
    with _full() as full:
        (tmp_path / "a.npy").symlink_to(full)
        with pytest.raises(OSError, match=r".") as raised:
            save_array(tmp_path / "a.npy", np.zeros(100_000))
    assert raised.value.filename == str(tmp_path / "a.npy")


def test_arrays_come_back_and_folders_can_be_synced(tmp_path: Path) -> None:
    save_array(tmp_path / "a.npy", np.arange(3))
    sync(tmp_path / "a.npy")
    sync(tmp_path)
    assert np.load(tmp_path / "a.npy").tolist() == [0, 1, 2]
    with pytest.raises(FileNotFoundError) as raised:
        sync(tmp_path / "missing")
    assert str(raised.value.filename) == str(tmp_path / "missing")


def test_rows_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    rows = np.arange(60, dtype=np.int8).reshape(20, 3)
    rows.tofile(tmp_path / "rows.i8")
    file, into = RowFile(tmp_path / "rows.i8", 3), np.full((6, 3), -1, np.int8)
    file.read([(4, 3, 2), (19, 0, 1), (0, 1, 0)], into)
    assert into[[3, 4, 0]].tolist() == rows[[4, 5, 19]].tolist()
    assert (into[[1, 2, 5]] == -1).all()
    with pytest.raises(OSError, match="shorter") as caught:
        file.read([(18, 0, 3)], into)
    assert caught.value.filename == str(tmp_path / "rows.i8")
    with pytest.raises(FileNotFoundError):
        RowFile(tmp_path / "absent", 3)

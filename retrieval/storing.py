"""Files so that no error is lost and each names its file: numpy, FAISS and SQLite do neither."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt


@contextmanager
def naming(path: Path, *more: type[Exception]) -> Iterator[None]:
    """Give the OSErrors of this block, and errors of the types `more`, the name of the file at `path`."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from None
    except more as error:
        raise OSError(errno.EIO, str(error), str(path)) from None


@contextmanager
def naming_table(path: Path) -> Iterator[None]:
    """Give what SQLite says in this block the name of its file at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from None


class Out:
    """A file to write to. To one of Python's own, numpy writes through C, which loses the last error."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write = file.write


def save_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array to `path`, which ends in .npy."""
    with naming(path), path.open("wb") as file:
        np.save(Out(file), array)


def load_array(path: Path, *, mapped: bool = False) -> npt.NDArray[Any]:
    """Return the array in `path`, as it is on disk if `mapped`."""
    with naming(path, ValueError):
        # np.asarray: still mapped, without what a memmap object costs at every slice
        array: npt.NDArray[Any] = np.asarray(np.load(path, mmap_mode="r" if mapped else None))
        return array


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    with naming(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

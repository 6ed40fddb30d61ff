"""Files so that no error is lost and each names its file: numpy, FAISS and SQLite do neither."""

from __future__ import annotations

import errno
import mmap
import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import numpy.typing as npt

_Number = TypeVar("_Number", bound=np.generic)


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
    with naming(path, ValueError), path.open("rb") as file:
        if not mapped:
            array: npt.NDArray[Any] = np.load(file)
            return array
        return _map_npy(file)


def map_array(path: Path, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return the array that the bytes of `path` are, as it is on disk."""
    with naming(path, ValueError), path.open("rb") as file:
        return _map(file, dtype, 0).reshape(shape)


class RowFile:
    """Rows of one byte a component in a file, read when they are asked for.

    Not mapped: pages that were looked at would count as memory of this process for as long as it runs.
    """

    def __init__(self, path: Path, width: int) -> None:
        """Open the file at `path`, of rows of `width` bytes. Raises OSError."""
        self._path, self._width = path, width
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    def read(self, runs: Iterable[tuple[int, int, int]], into: npt.NDArray[np.int8]) -> None:
        """Fill parts of `into` (n, width), one piece of memory. Raises OSError.

        Of each run it is told where it begins in the file, where in `into`, and how many rows it has.
        """
        width, room = self._width, into.data.cast("B")
        with naming(self._path):
            for source, target, count in runs:
                at, start, end = source * width, target * width, (target + count) * width
                while start < end:
                    read = os.preadv(self._descriptor, [room[start:end]], at)
                    if not read:
                        raise OSError(errno.EIO, "the file is shorter than it was")
                    at, start = at + read, start + read


def _map_npy(file: IO[bytes]) -> npt.NDArray[Any]:
    if np.lib.format.read_magic(file) != (1, 0):  # a header beyond 64 KB, which none of ours has
        raise ValueError("not an array of ours")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    return _map(file, dtype, file.tell()).reshape(shape, order="F" if fortran_order else "C")


def _map(file: IO[bytes], dtype: npt.DTypeLike, offset: int) -> npt.NDArray[Any]:
    # Not np.memmap: it takes longer to make, and at every slice.
    if os.fstat(file.fileno()).st_size <= offset:
        return np.zeros(0, dtype)
    return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype, offset=offset)


def distinct(numbers: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return numbers in order, each once. NumPy's own `unique` imports its masked arrays first."""
    ordered = np.sort(numbers, axis=None)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    with naming(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

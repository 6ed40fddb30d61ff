"""Many files at once: as many processes as there are cores, where it pays."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from retrieval.errors import UnreadableError
from retrieval.reading.readers import Reading, read_articles

_PAYS = 400  # files: some seconds of reading; a process takes half a second to start
_AT_ONCE = 32  # files handed to a process at a time


def read_many(files: Sequence[tuple[Path, str]]) -> Iterator[Reading | UnreadableError]:
    """Yield for each file, given with its name, in order what `read_articles` returns or raises."""
    from embeddings import usable_cores  # which the processes that read do without

    workers = min(usable_cores(), len(files) // (_PAYS // 2))
    if workers < 2:
        yield from map(_read, files)
        return
    with _without_interrupts():  # Ctrl-C is for this process, which then stops the others
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        results = pool.map(_read, files, chunksize=_AT_ONCE)
    try:
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def _read(file: tuple[Path, str]) -> Reading | UnreadableError:
    try:
        return read_articles(*file)
    except UnreadableError as error:
        return error


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start what is started inside with Ctrl-C blocked, for good."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

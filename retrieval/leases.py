"""Leases: who reads a generation holds it, so that nobody takes it away; they end with the process."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_LEASE = "manifest.json"  # any file of it that is always there

if sys.platform == "win32":  # where a file that is open cannot be removed anyway

    def hold(folder: Path) -> IO[bytes]:
        """Return a lease on the generation in `folder`, which ends when it is closed."""
        return (folder / _LEASE).open("rb")

    @contextmanager
    def unheld(folder: Path) -> Iterator[bool]:
        """Yield whether nobody holds the generation in `folder`, as far as can be told."""
        yield True

else:
    import fcntl

    def hold(folder: Path) -> IO[bytes]:
        """Return a lease on the generation in `folder`, which ends when it is closed.

        Raises FileNotFoundError where it is being taken away at this moment.
        """
        path = folder / _LEASE
        lease = path.open("rb")
        try:
            with suppress(OSError):  # a disk that knows no locks: files that are open stay readable
                fcntl.flock(lease, fcntl.LOCK_SH)  # waits only for who is inside `unheld`, a rename long
            if not os.path.samestat(os.fstat(lease.fileno()), path.stat()):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        except BaseException:
            lease.close()
            raise
        return lease

    @contextmanager
    def unheld(folder: Path) -> Iterator[bool]:
        """Yield whether nobody holds the generation in `folder`; then nobody can while the block lasts."""
        try:
            descriptor = os.open(folder / _LEASE, os.O_RDONLY)
        except OSError:  # without a manifest nobody can use it
            yield True
            return
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                free = False
            except OSError:  # a disk that knows no locks
                free = True
            else:
                free = True
            yield free
        finally:
            os.close(descriptor)

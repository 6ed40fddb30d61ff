"""Leases: who reads a generation holds it, so that nobody takes it away; they end with the process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

_LEASE = "manifest.json"  # any file of it that is always there

if sys.platform == "win32":  # where a file that is open cannot be removed anyway

    def hold(folder: Path) -> IO[bytes]:
        """Return a lease on the generation in `folder`, which ends when it is closed."""
        return (folder / _LEASE).open("rb")

    def in_use(folder: Path) -> bool:
        """Return whether somebody holds a lease on the generation in `folder`, as far as can be told."""
        return False

else:
    import fcntl

    def hold(folder: Path) -> IO[bytes]:
        """Return a lease on the generation in `folder`, which ends when it is closed."""
        lease = (folder / _LEASE).open("rb")
        with suppress(OSError):  # a disk that knows no locks: files stay readable as long as they are open
            fcntl.flock(lease, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return lease

    def in_use(folder: Path) -> bool:
        """Return whether somebody holds a lease on the generation in `folder`, as far as can be told."""
        try:
            descriptor = os.open(folder / _LEASE, os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return False

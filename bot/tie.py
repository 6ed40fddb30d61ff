"""What ties a process that indexes to the bot that has started it: lowest priority, and one end for both."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from threading import Thread

_NICE = 19  # the lowest priority: whoever answers questions on this machine comes first
_LAST_RESORT = 10.0  # seconds that the work has to end in


def tie() -> None:
    """Serve the process that holds the other end of standard input: when that closes, SIGTERM comes."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    Thread(target=_end_with_stdin, name="stdin", daemon=True).start()


def _end_with_stdin() -> None:
    with suppress(OSError):
        while os.read(0, 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_RESORT)
    os._exit(1)

"""Ctrl-C, remembered: what it breaks off may say something else than that it was broken off.

An extension module that is interrupted while it is imported fails in words of its own, and again at each try.
"""

import signal
from types import FrameType

_came = False


def remember() -> None:
    """From now on know whether Ctrl-C has come. Where it is ignored it goes on being so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def came() -> bool:
    """Return whether Ctrl-C has come."""
    return _came


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _came
    _came = True
    raise KeyboardInterrupt

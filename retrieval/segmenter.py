"""The words of Chinese text, by jieba's dictionary.

To load it takes 0.15 s, in which no other thread of Python goes on: for one question another process does it.
"""

from __future__ import annotations

import marshal
import os
import threading
from contextlib import suppress
from typing import IO, Any


def load_beside() -> None:
    """Begin to load the dictionary in a process of its own, which is asked from now on and ends with this.

    Where that cannot be, and where that process fails, this one loads it when it is first asked for.
    """
    global _beside
    if _beside is None and hasattr(os, "fork") and threading.active_count() == 1:
        with suppress(OSError):  # too many processes
            _beside = _Beside.start()


def cut(text: str) -> list[str]:
    """Return the words that `text` is a chain of."""
    words: list[str] = _asked("cut", text)
    return words


def cut_for_search(text: str) -> list[str]:
    """Return the words that `text` is a chain of, and the words that longer ones are made of."""
    words: list[str] = _asked("cut_for_search", text)
    return words


def frequency(word: str) -> int:
    """Return how often a word stands in what the dictionary was made from, as far as is known."""
    return int(_asked("suggest_freq", word))


class _Beside:
    """The other process, seen from this one. Safe to use from several threads."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions, self._answers = questions, answers
        self._lock = threading.Lock()

    @classmethod
    def start(cls) -> _Beside:
        """Return a new one. Raises OSError."""
        asked, asking = os.pipe()
        answered, answering = os.pipe()
        parent = os.getpid()
        try:
            if not os.fork():
                _close(asking, answered, 0, 1, 2)  # who reads what this process prints shall not wait for it
                _serve(os.fdopen(asked, "rb"), os.fdopen(answering, "wb"))
        finally:
            if os.getpid() != parent:  # whatever goes wrong there is nobody's concern
                os._exit(0)
        _close(asked, answering)
        return cls(os.fdopen(asking, "wb"), os.fdopen(answered, "rb"))

    def ask(self, function: str, text: str) -> Any:  # noqa: ANN401  as the library has it
        """Return what a function says of a text. Raises OSError, EOFError, ValueError, TypeError."""
        with self._lock:
            marshal.dump((function, text), self._questions)
            self._questions.flush()
            return marshal.load(self._answers)


_beside: _Beside | None = None


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        with suppress(OSError):
            os.close(descriptor)


def _serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there is nobody who asks."""
    import rjieba

    while True:
        function, text = marshal.load(questions)
        marshal.dump(getattr(rjieba, function)(text), answers)
        answers.flush()


def _asked(function: str, text: str) -> Any:  # noqa: ANN401  as the library has it
    global _beside
    if _beside is not None:
        try:
            return _beside.ask(function, text)
        except (OSError, EOFError, ValueError, TypeError):
            _beside = None
    import rjieba

    return getattr(rjieba, function)(text)

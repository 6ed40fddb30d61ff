"""The words of texts: cut, paired and read in pinyin, in a process beside the one that encodes.

To load the dictionaries for it takes half a second and to word a passage a millisecond, in which no other
thread of Python goes on. The process is a fresh one, not a fork, for its parent has threads. It gets texts as
they are and gives back numbers, so that little is left to do here.
"""

from __future__ import annotations

import logging
import marshal
import subprocess
import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, NamedTuple

_AT_ONCE = 64  # texts
_ANY = "会议"
_DICTIONARIES = {"rjieba", "pypinyin"}
_SERVE = (
    "import marshal, sys; sys.path[:] = marshal.load(sys.stdin.buffer);"
    " from retrieval.wording import serve; serve(sys.stdin.buffer, sys.stdout.buffer)"
)

_log = logging.getLogger(__name__)


class Told(NamedTuple):
    """What the documents of one field say."""

    terms: list[str]
    """Each once."""
    usual: bytes
    """The share of all words of the language that each term is, float32."""
    said: bytes
    """The terms of one document after another, by their places, int32."""
    lengths: bytes
    """How many terms each document has, int32."""


class Wording(NamedTuple):
    """What passages and headings say."""

    words: Told
    bigrams: Told
    names: Told
    """Readings of what may be a name."""
    headings: Told
    named: list[tuple[str, str]]
    """Names as written and as read."""


class Documents:
    """Takes down the terms of the documents of one field."""

    def __init__(self, usual: Callable[[str], float] = lambda term: 0.0) -> None:
        """Take what tells how much of the language at large a term is."""
        self._usual = usual
        self._numbers: defaultdict[str, int] = defaultdict(lambda: len(self._numbers))
        self._said, self._lengths = array("i"), array("i")

    def add(self, terms: Sequence[str]) -> None:
        """Take the next document."""
        self._lengths.append(len(terms))
        self._said.extend([self._numbers[term] for term in terms])

    def told(self) -> Told:
        """Return what all of them say."""
        usual = array("f", map(self._usual, self._numbers))
        return Told([*self._numbers], usual.tobytes(), self._said.tobytes(), self._lengths.tobytes())


class Wordings:
    """Words texts, of one segment after another."""

    def __init__(self) -> None:
        """Begin to load the dictionaries, in a process of its own, unless this one has them already."""
        self._open = True
        self.process = None if sys.modules.keys() >= _DICTIONARIES else _started()
        self._thread = ThreadPoolExecutor(1, "words")

    def begin(self, texts: Sequence[str], headings: Sequence[str]) -> Future[Wording]:
        """Begin to word passages and headings; the result does not depend on who does it."""
        return self._thread.submit(self._word, texts, headings)

    def close(self) -> None:
        """Let go of it all; what is not done yet is given up."""
        self._open = False
        if self.process is not None:
            self.process.kill()
        self._thread.shutdown()
        if self.process is not None:
            with suppress(OSError), self.process:  # what it was to be told is nobody's concern any more
                pass

    def _word(self, texts: Sequence[str], headings: Sequence[str]) -> Wording:
        if self.process is not None:
            try:
                return self._asked(self.process, texts, headings)
            except (OSError, EOFError, ValueError, TypeError):  # it is gone, maybe with half an answer given
                if self._open:
                    _log.warning("the process that cuts words is gone; it is done here, which takes longer")
        reader = _Reader()
        for batch in self._batches(texts):
            reader.read(batch)
        reader.read_headings(headings)
        return reader.wording()

    def _asked(
        self, process: subprocess.Popen[bytes], texts: Sequence[str], headings: Sequence[str]
    ) -> Wording:
        questions, answers = _pipes(process)
        for batch in self._batches(texts):
            marshal.dump(("texts", batch), questions)
        marshal.dump(("headings", [*headings]), questions)
        questions.flush()
        *fields, named = marshal.load(answers)
        words, bigrams, names, heads = (Told(*field) for field in fields)
        return Wording(words, bigrams, names, heads, named)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        for start in range(0, len(texts), _AT_ONCE):
            if not self._open:
                raise CancelledError
            yield [*texts[start : start + _AT_ONCE]]


class _Reader:
    """Words texts in this process."""

    def __init__(self) -> None:
        from retrieval.names import name_readings  # with their dictionaries nothing that the parent needs
        from retrieval.terms import bigrams, usual_share, words

        self._cut, self._pair, self._read = words, bigrams, name_readings
        self._words, self._bigrams, self._headings = (Documents(usual_share) for _ in range(3))
        self._names = Documents()
        self._named: set[tuple[str, str]] = set()

    def read(self, texts: Iterable[str]) -> None:
        for text in texts:
            cut = self._cut(text)
            named = self._read(text, cut)
            self._words.add(cut)
            self._bigrams.add(self._pair(text))
            self._names.add(list(dict.fromkeys(reading for _, reading in named)))
            self._named.update(named)

    def read_headings(self, headings: Iterable[str]) -> None:
        for heading in headings:
            self._headings.add(self._cut(heading))

    def wording(self) -> Wording:
        fields = (self._words, self._bigrams, self._names, self._headings)
        words, bigrams, names, headings = (field.told() for field in fields)
        return Wording(words, bigrams, names, headings, sorted(self._named))


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Word what `Wordings` asks, until it asks no more."""
    with suppress(OSError, EOFError):
        _Reader().read([_ANY])  # loads the dictionaries
        while True:
            reader = _Reader()
            while True:
                kind, texts = marshal.load(questions)
                if kind == "headings":
                    break
                reader.read(texts)
            reader.read_headings(texts)
            *fields, named = reader.wording()
            marshal.dump((*map(tuple, fields), named), answers)
            answers.flush()


def _started() -> subprocess.Popen[bytes] | None:
    """Return a process that serves, None where there can be none."""
    with suppress(OSError):
        # In a session of its own, for a Ctrl-C is meant for the parent, and that ends this one.
        process = subprocess.Popen(
            [sys.executable or "python3", "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with suppress(OSError, ValueError):
            questions, _ = _pipes(process)
            marshal.dump(sys.path, questions)
            questions.flush()
        return process
    return None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout

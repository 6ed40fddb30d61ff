"""One look at a generation for those who keep questions: what has arrived, and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.arrivals import find_arrivals
from retrieval.far_matching import match_far
from retrieval.matching import Kept, Match, match
from retrieval.searcher import Searcher

_ENCODED_AT_ONCE = 256
_STORED = "<f2"


@dataclass(frozen=True, slots=True)
class Standing:
    """A question as it is stored."""

    number: int
    text: str
    vector: bytes | None
    """As `Checked.vectors` gave it; None where that was by another encoder, or not yet."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be stored after a look."""

    seen: tuple[int, ...]
    """What is to be remembered of articles from now on, beside what is already."""
    matches: tuple[Match, ...]
    vectors: dict[int, bytes]
    """Of questions that had none, by their numbers."""


def check(
    searcher: Searcher,
    standing: Sequence[Standing],
    seen: Iterable[int],
    k: int,
    going_on: Callable[[], bool] = lambda: True,
) -> Checked | None:
    """Return which questions the articles answer that are new since `seen`, at most `k` articles each.

    Where nothing was seen, everything is remembered and nothing is new: a first look tells nobody of a whole
    archive. None once `going_on` says no. Raises EmbeddingError where a model cannot be had,
    and StoreError where the store is away.
    """
    known = np.fromiter(seen, np.int64)
    arrivals = find_arrivals(searcher.catalog, known, going_on)
    if arrivals is None:
        return None
    remembered = tuple(arrivals.keys.tolist())
    if not len(known) or not arrivals.articles or not standing:
        return Checked(remembered, (), {})
    vectors: dict[int, bytes] = {}
    missing = [question for question in standing if question.vector is None]
    for at in range(0, len(missing), _ENCODED_AT_ONCE):
        if not going_on():
            return None
        part = missing[at : at + _ENCODED_AT_ONCE]
        encoded = searcher.store.interpreter.encode([question.text for question in part])
        for question, vector in zip(part, encoded, strict=True):
            vectors[question.number] = vector.astype(_STORED).tobytes()
    kept = [Kept(each.number, each.text, _vector(each.vector or vectors[each.number])) for each in standing]
    matching = match if searcher.at_hand else match_far
    matches = matching(searcher, kept, arrivals.articles, k, going_on)
    return None if matches is None else Checked(remembered, tuple(matches), vectors)


def _vector(stored: bytes) -> npt.NDArray[np.float32]:
    return np.frombuffer(stored, _STORED).astype(np.float32)

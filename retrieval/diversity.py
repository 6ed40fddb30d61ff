"""Which candidates are shown: not many passages of one article while others answer too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

# Share of the way from the best candidate down to the usual one within which another article may answer
# too. Of the right articles that come second to tenth in CRUD-RAG news, 98 % are within it; of the articles
# that come second to a right one, half.
_REACH = 0.5


def worth_showing(fusion: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which candidates are near enough to the best to be answers too, from their scores (n,).

    Most candidates answer nothing, so that their median is what chance gives. It is measured from there
    because scores mean little by themselves: a long question, or one in another language, has lower ones.
    """
    if not len(fusion):
        return np.zeros(0, np.bool_)
    ordered = np.sort(fusion)  # NumPy's own median imports its masked arrays first
    best, middle = ordered[-1], (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return np.asarray(fusion >= best - _REACH * (best - middle))


def diverse(
    candidates: Iterable[tuple[int, int]], worthy: npt.NDArray[np.bool_], k: int, limit: int
) -> list[int]:
    """Return the places of at most `k` candidates, rising, the first of them always.

    A candidate is its place in the order, which rises, and the number of its article; `worthy` tells for
    each place whether it is worth showing. Of one article there are at most `limit` (0 for no limit) while
    candidates of others are worth showing; where that leaves fewer than `k`, those held back and those of
    less worth fill up, the better first. Candidates are read no further than they need to be.
    """
    chosen: list[int] = []
    held: list[int] = []
    of_article: Counter[int] = Counter()
    last_worthy = int(np.flatnonzero(worthy)[-1]) if worthy.any() else -1
    for place, article in candidates:
        if not chosen or (worthy[place] and (not limit or of_article[article] < limit)):
            chosen.append(place)
            of_article[article] += 1
        else:
            held.append(place)
        if len(chosen) == k or (place >= last_worthy and len(chosen) + len(held) >= k):
            break
    return sorted(chosen + held[: k - len(chosen)])

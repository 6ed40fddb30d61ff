"""Which articles have arrived: told by their content, whatever becomes of files, segments and generations.

What has been seen is remembered as numbers of 64 bits, some eighteen an article: its id, its content as a
segment keeps it, and a sketch of its text with its month, for some reports come word for word every year.
An article is new where neither is known and most of its sketch is not: not when it is corrected, reprinted
under another name, cut into other paragraphs, read anew by `--full` or brought back by an import.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from retrieval.known import text_key
from retrieval.model import Article
from retrieval.store import Articles

# Of twelve letters a tenth or so stand in some other article by chance, of four nearly all do.
_RUN = 12
_SKETCH = 16  # runs; half of them tell new from corrected, with an error below one in a hundred
_SAME = 0.6  # share of a sketch that was seen before in articles of about the same month
_FIRST_MONTH = 2  # what has no date has no neighbours
_NO_LETTER = re.compile(r"[\W_]+")

_RNG = np.random.default_rng(20261126)
_SPREAD = _RNG.integers(1, 2**63, _RUN, np.uint64) | np.uint64(1)
_MIX = np.uint64(0xFF51AFD7ED558CCD)  # Murmur3's finaliser: the smallest of the hashes are to be any runs
_SHIFT = np.uint64(33)

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a generation has that was not seen before."""

    articles: tuple[int, ...]
    """Numbers of the new articles, rising."""
    keys: Keys
    """What is to be remembered of these and of what has changed."""


def find_arrivals(
    catalog: Articles, seen: Keys, going_on: Callable[[], bool] = lambda: True
) -> Arrivals | None:
    """Return the new articles of a generation; `seen` is all that was to be remembered, in any order.

    None once `going_on` says no.
    """
    there = catalog.keys()
    numbers, heads = [*there], _heads(there.values())
    known = np.sort(seen)
    unseen = np.flatnonzero(~_has(known, heads))
    new: list[int] = []
    keys: list[Keys] = [heads[unseen]]
    wanted = [numbers[place] for place in unseen.tolist()]
    for number, article in zip(wanted, catalog.at(wanted), strict=True):
        if not going_on():
            return None
        identity, runs, month = _identity(article), sketch(article), _month(article)
        before = [_has(known, _in_month(runs, each)) for each in {month, max(month - 1, 0), month + 1}]
        if not _has(known, identity).any() and max(each.mean() for each in before) < _SAME:
            new.append(number)
        keys += [identity, _in_month(runs, month)]
    return Arrivals(tuple(new), np.unique(np.concatenate(keys)))


def remembered(catalog: Articles, articles: Iterable[int]) -> Keys:
    """Return what is remembered of some articles once they have been seen."""
    numbers = list(articles)
    there = catalog.keys()
    keys = [_heads(there[number] for number in numbers)]
    for article in catalog.at(numbers):
        keys += [_identity(article), _in_month(sketch(article), _month(article))]
    return np.unique(np.concatenate(keys))


def identity_key(article_id: str) -> bytes:
    """Return what is remembered of an article's id."""
    return text_key(f"id\x00{article_id}")[:8]


def _heads(keys: Iterable[bytes]) -> Keys:
    return np.frombuffer(b"".join(key[:8] for key in keys), np.int64)


def _identity(article: Article) -> Keys:
    return np.frombuffer(identity_key(article.id), np.int64)


def sketch(article: Article) -> Keys:
    """Return some of the runs of letters of an article as numbers, always the same ones."""
    text = _letters("".join(article.paragraphs)) or _letters(article.title)
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(letters) < _RUN:
        letters = np.pad(letters, (0, _RUN - len(letters)))
    mixed = (np.lib.stride_tricks.sliding_window_view(letters, _RUN) * _SPREAD).sum(axis=1, dtype=np.uint64)
    mixed = (mixed ^ (mixed >> _SHIFT)) * _MIX
    return np.unique(mixed ^ (mixed >> _SHIFT))[:_SKETCH].view(np.int64)


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", normalize("NFKC", text).casefold())


def _month(article: Article) -> int:
    """Return a number for the month of an article, of which neighbours have neighbouring ones."""
    date = article.date or article.published
    return _FIRST_MONTH + (date.year or 0) * 12 + (date.month or 0) if date else 0


def _in_month(runs: Keys, month: int) -> Keys:
    """Return the numbers of runs that stand in an article of a month."""
    mixed = (runs.view(np.uint64) ^ np.uint64(month)) * _MIX
    return (mixed ^ (mixed >> _SHIFT)).view(np.int64)


def _has(known: Keys, keys: Keys) -> npt.NDArray[np.bool_]:
    """Return which of `keys` are among those that are known, which are sorted."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)

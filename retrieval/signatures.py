"""Signatures of texts, by which near-duplicates are found among many articles without comparing all pairs.

MinHash (Broder 1997) over runs of letters: two texts agree in a component of their signatures with the
probability that a run of letters of one is a run of the other, their Jaccard similarity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

_RUN = 4  # letters; about two Chinese words
_BANDS, _ROWS = 16, 4  # texts of similarity .8 share a band with probability .9998, of .3 with .12
_FEWEST = 36  # components of 64 that are the same; texts of similarity .8 have fewer with probability 1e-5
_FULL_BAND = 50  # texts beyond which a band tells nothing: boilerplate that all of them share

Hashes = npt.NDArray[np.uint64]
Signature = npt.NDArray[np.uint32]

_RNG = np.random.default_rng(20240604)
_SPREAD = _RNG.integers(1, 2**63, (_RUN,), np.uint64) | np.uint64(1)
_TURN, _SHIFT = (_RNG.integers(1, 2**63, (_BANDS * _ROWS, 1), np.uint64) | np.uint64(1) for _ in range(2))

_MIX = _RNG.integers(1, 2**63, (_ROWS,), np.uint64) | np.uint64(1)


def runs(text: str) -> Hashes:
    """Return the hashes of all runs of letters in `text`, each once, sorted; one for a shorter text."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(letters) < _RUN:
        letters = np.pad(letters, (0, _RUN - len(letters)))
    windows = np.lib.stride_tricks.sliding_window_view(letters, _RUN)
    mixed = (windows * _SPREAD).sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(29)
    mixed.sort()  # np.unique would import numpy.ma, which takes longer than all of an arrival's texts
    return np.asarray(mixed[np.diff(mixed, prepend=~mixed[:1]) != 0], np.uint64)


def signature(hashes: Hashes) -> Signature:
    """Return the MinHash of a set of runs, uint32 (64,)."""
    turned = hashes[None, :] * _TURN + _SHIFT
    return np.asarray((turned >> np.uint64(32)).min(axis=1), np.uint32)


def similarity(one: Hashes, other: Hashes) -> float:
    """Return the share of the runs of either that both have (Jaccard)."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(len(one) + len(other) - common, 1)


def alike(signatures: Sequence[Signature]) -> Iterator[tuple[int, int]]:
    """Yield pairs of places in `signatures` that may be near-duplicates, each once."""
    if not len(signatures):
        return
    seen: set[tuple[int, int]] = set()
    table = np.stack(signatures)
    for band in range(_BANDS):
        for places in _agreeing(table[:, band * _ROWS : (band + 1) * _ROWS]):
            for pair in combinations(places[:_FULL_BAND], 2):
                if pair not in seen:
                    seen.add(pair)
                    if np.count_nonzero(table[pair[0]] == table[pair[1]]) >= _FEWEST:
                        yield pair


def _agreeing(band: npt.NDArray[np.uint32]) -> Iterator[list[int]]:
    """Yield the places of rows (n, rows) that are the same, where there are two or more.

    One in 2**64 others may be among them.
    """
    mixed = (band * _MIX[: band.shape[1]]).sum(axis=1, dtype=np.uint64)
    order = np.argsort(mixed, kind="stable")  # equal rows stay in their order
    ordered = mixed[order]
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(order)]])
    for first in np.flatnonzero(ends - starts > 1):
        yield order[starts[first] : ends[first]].tolist()

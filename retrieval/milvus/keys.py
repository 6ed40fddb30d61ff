"""What rows of a store are called: by the number of their stratum and their place in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SHIFT = 32  # of a stratum's number in those of its rows


def key_of(stratum: int, *parts: object) -> str:
    """Return the key of a record."""
    return "/".join(map(str, (stratum, *parts)))


def numbered(stratum: int, row: int) -> int:
    """Return the number of a row in all the store."""
    return stratum << SHIFT | row


def passages_of(starts: npt.NDArray[np.int64], articles: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the rows of the passages of some articles."""
    ranges = [np.arange(starts[article], starts[article + 1]) for article in articles.tolist()]
    return np.concatenate([np.zeros(0, np.int64), *ranges]).astype(np.int64)


def text_in(text: str, most: int) -> str:
    """Return the beginning of a text that has at most so many bytes, fit to be sent."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")

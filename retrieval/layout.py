"""What a generation is laid out over: its segments, and which of their articles and passages it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.places import Places
from retrieval.storing import load_array, save_array

_ARTICLES = "articles.npy"


class Layout(NamedTuple):
    """The segments of one generation and where its articles and passages are in them."""

    folders: tuple[Path, ...]
    articles: Places
    passages: Places
    owners: npt.NDArray[np.int32]
    """The article of each passage, rising."""
    starts: npt.NDArray[np.int64]
    """The first passage of each article, and one entry more."""

    @classmethod
    def open(cls, folder: Path, segments: Sequence[Path]) -> Layout:
        """Return the layout of the generation in `folder` over these segments."""
        return cls.over(segments, load_array(folder / _ARTICLES))

    @classmethod
    def over(cls, segments: Sequence[Path], articles: npt.NDArray[np.int32]) -> Layout:
        """Return the layout of `articles` (n, 2), each a segment and a row in it."""
        starts = [load_array(segment / "starts.npy") for segment in segments]
        placed = Places(articles[:, 0], articles[:, 1], [len(own) - 1 for own in starts])
        firsts = placed.gather([own[:-1] for own in starts])
        counts = placed.gather([np.diff(own) for own in starts])
        ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        owners = np.repeat(np.arange(placed.size, dtype=np.int32), counts)
        rows = firsts[owners] + np.arange(len(owners)) - ends[owners]
        passages = Places(articles[owners, 0], rows.astype(np.int32), [int(own[-1]) for own in starts])
        return cls(tuple(segments), placed, passages, owners, ends)

    def load(self, name: str) -> npt.NDArray[Any]:
        """Return what the segments have in their files of that `name` for each passage."""
        parts = [load_array(folder / name, mapped=True) for folder in self.folders]
        return self.passages.gather(parts)

    def write(self, folder: Path) -> None:
        """Store which articles there are, in their order, for `open`."""
        pairs = np.stack([self.articles.segments, self.articles.rows], axis=1)
        save_array(folder / _ARTICLES, pairs.astype(np.int32))

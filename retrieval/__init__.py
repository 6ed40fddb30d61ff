"""Newspaper articles in, an index on disk, passages out."""

from importlib import import_module
from typing import TYPE_CHECKING

from retrieval.errors import (
    BadQueryError,
    BrokenIndexError,
    BusyError,
    EncoderMismatchError,
    NoIndexError,
    NothingToIndexError,
    RetrievalError,
    StoreError,
    UnreadableError,
)
from retrieval.model import Answer, Article, ArticleRef, Hit, PartialDate, Passage

if TYPE_CHECKING:
    from retrieval.live import LiveSearcher
    from retrieval.searcher import Searcher

__all__ = [
    "Answer",
    "Article",
    "ArticleRef",
    "BadQueryError",
    "BrokenIndexError",
    "BusyError",
    "EncoderMismatchError",
    "Hit",
    "LiveSearcher",
    "NoIndexError",
    "NothingToIndexError",
    "PartialDate",
    "Passage",
    "RetrievalError",
    "Searcher",
    "StoreError",
    "UnreadableError",
]

_HOMES = {"LiveSearcher": "retrieval.live", "Searcher": "retrieval.searcher"}


def __getattr__(name: str) -> object:
    """Import what answers questions when it is first asked for: a run of the index needs none of it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

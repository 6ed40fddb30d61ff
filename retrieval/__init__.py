"""Newspaper articles in, an index on disk, passages out."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from retrieval.live import LiveSearcher
    from retrieval.model import Answer, Article, ArticleRef, Hit, PartialDate, Passage
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

_HOMES = {
    "LiveSearcher": "retrieval.live",
    "Searcher": "retrieval.searcher",
    **dict.fromkeys(("Answer", "Article", "ArticleRef", "Hit", "PartialDate", "Passage"), "retrieval.model"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: what answers questions, and a run of the index, need no more."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "retrieval.errors")), name)

"""Newspaper articles in, an index on disk, passages out."""

from retrieval.errors import (
    BadQueryError,
    BrokenIndexError,
    BusyError,
    EncoderMismatchError,
    NoIndexError,
    NothingToIndexError,
    RetrievalError,
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
    "UnreadableError",
]

"""Files in, articles out: encodings, formats, columns, headlines."""

from retrieval.reading.explanation import Boundary
from retrieval.reading.files import find_files
from retrieval.reading.identity import article_id, has_own_ids, same_text
from retrieval.reading.many import read_many
from retrieval.reading.readers import (
    KINDS,
    Reading,
    explain_page,
    read_articles,
    suffix_of,
    why_unread,
)

__all__ = [
    "KINDS",
    "Boundary",
    "Reading",
    "article_id",
    "explain_page",
    "find_files",
    "has_own_ids",
    "read_articles",
    "read_many",
    "same_text",
    "suffix_of",
    "why_unread",
]

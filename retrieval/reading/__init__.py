"""Files in, articles out: encodings, formats, columns, headlines."""

from retrieval.reading.files import find_files
from retrieval.reading.identity import article_id, has_own_ids, same_text
from retrieval.reading.readers import Reading, read_articles
from retrieval.reading.reflow import Draft, reflow

__all__ = [
    "Draft",
    "Reading",
    "article_id",
    "find_files",
    "has_own_ids",
    "read_articles",
    "reflow",
    "same_text",
]

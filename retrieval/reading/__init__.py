"""Files in, articles out: encodings, formats, columns, headlines."""

from retrieval.reading.readers import Reading, find_files, read_articles
from retrieval.reading.reflow import Draft, reflow

__all__ = ["Draft", "Reading", "find_files", "read_articles", "reflow"]

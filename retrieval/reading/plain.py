"""Plain text in, articles out: the text of newspaper pages."""

from __future__ import annotations

from retrieval.dates import parse_date
from retrieval.errors import UnreadableError
from retrieval.reading.decoding import decode
from retrieval.reading.document import Document
from retrieval.reading.furniture import masthead_date
from retrieval.reading.reflow import reflow

_MEGABYTE = 1_000_000
_MAX_LINE = 5 * _MEGABYTE  # bytes; the longest book chapters have a tenth of it


def read(data: bytes) -> Document:
    """Return the articles of a text file. Raises UnreadableError."""
    longest = _longest_line(data)
    if longest > _MAX_LINE:
        if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableError("a binary file, not text")
        raise UnreadableError(f"a line of {longest // _MEGABYTE} MB: not a newspaper text; split it")
    page = decode(data)
    return Document(reflow(page), parse_date(masthead_date(page), "masthead"))


def _longest_line(data: bytes) -> int:
    if len(data) <= _MAX_LINE:
        return 0
    longest = start = 0
    while (end := data.find(b"\n", start)) >= 0:
        longest = max(longest, end - start)
        start = end + 1
    return max(longest, len(data) - start)

"""PDF files in, articles out: their letters where they are printed, read by `printed_page`."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw

from retrieval.dates import parse_date
from retrieval.errors import UnreadableError
from retrieval.reading.document import Document
from retrieval.reading.furniture import masthead_date
from retrieval.reading.printed_page import Glyph, PrintedLine, printed_lines
from retrieval.reading.reflow import Draft, reflow_lines
from retrieval.reading.typography import ends_sentence

_HYPHENS = "\x02\ufffe"  # how the library says that a word is divided here
_LOOSE_HEIGHT = 1.2  # of a letter's box, against its size
_MADE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_RUNNING = 3  # pages from which a line that stands on top or at the foot of most of them is none of the text
_EDGE = 2  # lines on top, and at the foot, that may be such


def read(data: bytes) -> Document:
    """Return the articles of a PDF file with text. Raises UnreadableError."""
    document = _open(data)
    with closing(document):
        printed_pages = _pages(document)
        made = _MADE.match(document.get_metadata_value("CreationDate") or "")
    drafts: list[Draft] = []
    for lines in printed_pages:
        _continue(drafts, reflow_lines(lines))
    printed = masthead_date("\n".join(line.text for lines in printed_pages for line in lines))
    return Document(
        drafts,
        published=parse_date(printed, "masthead"),
        made=parse_date("-".join(made.groups()), "metadata") if made else None,
    )


def pages(data: bytes) -> list[list[PrintedLine]]:
    """Return the lines of each page in reading order. Raises UnreadableError."""
    document = _open(data)
    with closing(document):
        return _pages(document)


def _pages(document: Any) -> list[list[PrintedLine]]:  # noqa: ANN401
    found = [_page_lines(document, number) for number in range(len(document))]
    if not any(found):
        raise UnreadableError("a PDF without text, scanned perhaps: give its text as .txt")
    return _without_running_heads(found)


def _open(data: bytes) -> Any:  # noqa: ANN401  the library has no types
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("a PDF that is locked with a password: save it without") from None
        raise UnreadableError("not a PDF, or a damaged one") from None


def _page_lines(document: Any, number: int) -> list[PrintedLine]:  # noqa: ANN401
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []  # one bad page does not spoil the others
    with closing(page), closing(page.get_textpage()) as text:
        return printed_lines(_glyphs(text))


def _glyphs(text: Any) -> Iterator[Glyph]:  # noqa: ANN401
    raw = pypdfium2.raw
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if (code < 32 and chr(code) not in _HYPHENS) or not raw.FPDFText_GetLooseCharBox(text, index, box):
            continue
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        letter = "-" if chr(code) in _HYPHENS else chr(code)
        yield Glyph(letter, box.left, box.right, y.value, (box.top - box.bottom) / _LOOSE_HEIGHT)


def _without_running_heads(pages: Sequence[list[PrintedLine]]) -> list[list[PrintedLine]]:
    """Return the pages without what most of them have on top or at the foot, apart from the text."""
    if len(pages) < _RUNNING:
        return list(pages)
    edges = [_edges(lines) for lines in pages]
    counts = Counter(
        key for lines, own in zip(pages, edges, strict=True) for key in {_key(lines[n]) for n in own}
    )
    return [
        [line for n, line in enumerate(lines) if n not in own or counts[_key(line)] <= len(pages) / 2]
        for lines, own in zip(pages, edges, strict=True)
    ]


def _edges(lines: Sequence[PrintedLine]) -> set[int]:
    """Return the places of the few lines on top and at the foot that white space parts from the rest."""
    gaps = [number for number, line in enumerate(lines) if number and line.gap]
    tops = [number for number in gaps if number <= _EDGE]
    feet = [number for number in gaps if number >= len(lines) - _EDGE]
    return {*range(max(tops, default=0)), *range(min(feet, default=len(lines)), len(lines))}


def _key(line: PrintedLine) -> str:
    return re.sub(r"\d+", "0", line.text)


def _continue(drafts: list[Draft], page: Sequence[Draft]) -> None:
    """Append the drafts of a page; what has no headline goes on with the article before it."""
    for draft in page:
        if draft.title or not drafts:
            drafts.append(draft)
            continue
        before = drafts.pop()
        paragraphs = [*before.paragraphs, *draft.paragraphs]
        seam = len(before.paragraphs)
        if not ends_sentence(paragraphs[seam - 1]):
            paragraphs[seam - 1 : seam + 1] = ["".join(paragraphs[seam - 1 : seam + 1])]
        drafts.append(Draft(before.title, before.kicker, tuple(paragraphs)))

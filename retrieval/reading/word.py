"""Word documents in, articles out."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.table import Table
from docx.text.paragraph import Paragraph

from retrieval.errors import UnreadableError
from retrieval.model import PartialDate
from retrieval.reading.document import Document, titled
from retrieval.reading.reflow import reflow

_MEGABYTE = 1_000_000
_MAX_UNPACKED = 300 * _MEGABYTE  # bytes, pictures included: all is held in memory
_TEMPLATE = datetime.date(
    2013, 12, 23
)  # of the empty document that python-docx, and what is built on it, fills
_TITLES = ("title", "heading 1", "标题", "标题 1")


def read(data: bytes) -> Document:
    """Return the articles of a Word document: one where a style marks its headline.

    Raises UnreadableError.
    """
    _check_size(data)
    try:
        document = docx.Document(io.BytesIO(data))
        heads, blocks = _split(document)
        made = document.core_properties.created
    except UnreadableError:
        raise
    except Exception as error:  # the library lets through whatever the XML below it raises
        raise UnreadableError(f"a damaged Word document ({type(error).__name__}): save it again") from None
    drafts = reflow("\n".join(blocks or heads))
    if heads and blocks and drafts:
        *kickers, title = heads
        drafts = [titled(drafts, title, " ".join(kickers))]
    date = made.date() if made else None
    if date is None or date == _TEMPLATE:
        return Document(drafts)
    return Document(drafts, made=PartialDate(date.year, date.month, date.day, "metadata"))


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise UnreadableError("not a Word document, or a damaged one: save it again as .docx") from None
    if unpacked > _MAX_UNPACKED:
        raise UnreadableError(f"a Word document of {unpacked // _MEGABYTE} MB unpacked; split it")


def _split(document: WordDocument) -> tuple[list[str], list[str]]:
    """Return the lines that are styled as headlines on top, and all other blocks in their order."""
    heads: list[str] = []
    blocks: list[str] = []
    for text, style in _blocks(document):
        if not blocks and style in _TITLES:
            heads.append(" ".join(text.split()))
        else:
            blocks.append(text)
    return heads, blocks


def _blocks(document: WordDocument) -> Iterator[tuple[str, str]]:
    """Yield the text of paragraphs and table rows with the name of their style in lower case."""
    for item in document.iter_inner_content():
        if isinstance(item, Paragraph):
            if item.text.strip():
                yield item.text, (item.style.name or "").lower() if item.style else ""
        elif isinstance(item, Table):
            for row in item.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                if text := "　".join(filter(None, cells)):
                    yield text, ""

"""Web pages in, articles out: the text of the article, without what stands around it."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from typing import Any

import trafilatura

from retrieval.dates import parse_date
from retrieval.errors import UnreadableError
from retrieval.reading.decoding import decode
from retrieval.reading.document import Document, titled
from retrieval.reading.furniture import is_byline, masthead_date
from retrieval.reading.identity import folded
from retrieval.reading.reflow import reflow

_MEGABYTE = 1_000_000
_MAX_SIZE = 20 * _MEGABYTE  # bytes; beyond it the library does not look
_HEAD = 4096  # bytes in which a page names its encoding
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TAG = re.compile(r"<[^<>]*>")
_ABOVE = 8  # lines among which the headline may be repeated, below the site's own
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}  # what such pages really hold


def read(data: bytes) -> Document:
    """Return the one article of a web page. Raises UnreadableError."""
    if len(data) > _MAX_SIZE:
        raise UnreadableError(f"a web page of {len(data) // _MEGABYTE} MB; save the article alone")
    page = _DECLARATION.sub("", _decode(data))
    found = _extract(page)
    kicker, title = (_epaper(page, name) for name in ("pretitle", "title"))
    title = title or " ".join(str(found.get("title") or "").split())
    drafts = reflow("\n".join(_below_title(str(found.get("text") or ""), title)))
    if not drafts:
        raise UnreadableError("no article in this web page; save its text as .txt")
    date = str(found.get("date") or masthead_date(_TAG.sub("\n", page)))
    return Document(
        [titled(drafts, title, kicker)] if title else drafts,
        published=parse_date(date, "page"),
        source=str(found.get("sitename") or ""),
        url=_address(str(found.get("url") or "")),
    )


def _epaper(page: str, name: str) -> str:
    """Return what the commonest program for digital newspapers marks as a part of the headline."""
    found = re.search(rf"<founder-{name}>(.*?)</founder-{name}>", page, re.DOTALL | re.IGNORECASE)
    return " ".join(html.unescape(_TAG.sub(" ", found.group(1))).split()) if found else ""


def _below_title(text: str, title: str) -> Iterator[str]:
    """Yield the lines of an article, without what stands above its headline or tells where it comes from."""
    lines = [line for line in text.splitlines() if not is_byline(line)]
    key = folded(title)
    tops = [number for number, line in enumerate(lines[:_ABOVE]) if key and folded(line) == key]
    yield from lines[tops[-1] + 1 if tops else 0 :]


def _decode(data: bytes) -> str:
    named = _CHARSET.search(data[:_HEAD])
    if named is not None and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = named.group(1).decode("ascii").lower()
        try:
            return data.decode(_WIDER.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass  # it is not what it says
    return decode(data)


def _extract(page: str) -> dict[str, Any]:
    """Return what the library finds, first with care and then with everything that could be text."""
    for recall in (False, True):
        try:
            found: Any = trafilatura.bare_extraction(
                page,
                with_metadata=True,
                favor_recall=recall,
                include_comments=False,
                include_tables=False,  # newspapers set whole pages in tables; theirs are no data
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except Exception as error:  # whatever a parser of broken pages may come upon
            raise UnreadableError(
                f"a damaged web page ({type(error).__name__}); save its text as .txt"
            ) from None
        if found is not None and found.text:
            return {name: getattr(found, name) for name in ("text", "title", "date", "sitename", "url")}
    return {}


def _address(url: str) -> str:
    return url if url.startswith(("http://", "https://")) else ""

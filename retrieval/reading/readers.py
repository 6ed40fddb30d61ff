"""From a file to its articles, by the kind of file it is."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from retrieval.errors import UnreadableError
from retrieval.model import Article
from retrieval.reading.decoding import decode
from retrieval.reading.document import Document, articles_of
from retrieval.reading.explanation import Boundary, explain
from retrieval.reading.files import check_readable, load
from retrieval.reading.reflow import lines_of, printed_lines

# Each in a module of its own, imported when the first such file comes: their libraries take long to load.
_MODULES = {
    ".txt": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "web",
    ".htm": "web",
    ".xhtml": "web",
    ".docx": "word",
    ".pdf": "pdf",
}
_RECORDS = ".jsonl"
_SHORTEST = {".markdown": ".md", ".htm": ".html", ".xhtml": ".html"}
KINDS = ".txt, .jsonl, .md, .html, .docx or .pdf"
_ARCHIVES = frozenset([".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst"])
_OTHERS = {
    ".doc": "an old Word document: save it as .docx",
    ".wps": "a WPS document: save it as .docx",
    ".odt": "an OpenDocument text: save it as .docx",
    ".rtf": "a Rich Text file: save it as .docx",
    ".json": "JSON: write one record a line into a .jsonl file",
}


class _Reader(Protocol):
    def read(self, data: bytes) -> Document:
        """Return what a file holds. Raises UnreadableError."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its articles, and one line for each record that is not (or not wholly) read."""

    articles: tuple[Article, ...]
    problems: tuple[str, ...]


def read_articles(path: Path, name: str) -> Reading:
    """Return the articles of a file; `name` is what to call it, and the source of articles that name none.

    Raises `UnreadableError`, one line that says why, where the file as a whole cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == _RECORDS:
        from retrieval.reading.records import read_records

        articles, problems = read_records(load(path), name)
        reading = Reading(tuple(articles), tuple(problems))
    elif suffix in _MODULES:
        reader = cast(_Reader, importlib.import_module(f"retrieval.reading.{_MODULES[suffix]}"))
        reading = Reading(tuple(articles_of(reader.read(load(path)), name)), ())
    else:
        check_readable(path)
        raise UnreadableError(_unknown(suffix))
    if not reading.articles and not reading.problems:
        raise UnreadableError("no text in this file")
    return reading


def explain_page(path: Path) -> list[Boundary]:
    """Return what decided each boundary of a page of text or of PDF; none for files that mark their own.

    Raises `UnreadableError`.
    """
    match path.suffix.lower():
        case ".txt":
            return explain(printed_lines(decode(load(path))))
        case ".pdf":
            from retrieval.reading.pdf import pages

            return [boundary for page in pages(load(path)) for boundary in explain(lines_of(page))]
        case _:
            return []


def suffix_of(name: str) -> str:
    """Return how files of the kind that a name tells are to end, empty where the kind is not read."""
    suffix = Path(name).suffix.lower()
    if suffix == _RECORDS or suffix in _MODULES:
        return _SHORTEST.get(suffix, suffix)
    return ""


def why_unread(name: str) -> str:
    """Return why a file of this name is not read, where `suffix_of` returns nothing."""
    return _unknown(Path(name).suffix.lower())


def _unknown(suffix: str) -> str:
    if suffix in _ARCHIVES:
        return f"an archive ({suffix}): unpack it into the folder"
    what = _OTHERS.get(suffix, f"unknown kind of file ({suffix or 'no suffix'})")
    return f"{what}; only {KINDS} files are read"

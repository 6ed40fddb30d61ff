"""The catalog: articles, passages and files of one generation, in SQLite.

Paths are stored as bytes, which is what they are: not every file name is UTF-8.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.model import Article, ArticleRef, PartialDate, Passage

FILE_NAME = "catalog.sqlite"
_SCHEMA = """
CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
  kicker TEXT NOT NULL, year INTEGER, month INTEGER, day INTEGER, date_origin TEXT, source TEXT NOT NULL,
  url TEXT NOT NULL, paragraphs TEXT NOT NULL, file BLOB NOT NULL);
CREATE INDEX articles_by_file ON articles (file);
CREATE TABLE passages (number INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles (number),
  paragraph INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE files (path BLOB PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL,
  modified INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE problems (file TEXT NOT NULL, reason TEXT NOT NULL, path BLOB NOT NULL);
CREATE TABLE roots (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE terms (field TEXT NOT NULL, term TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (field, term)) WITHOUT ROWID;
CREATE TABLE names (reading TEXT NOT NULL, written TEXT NOT NULL, PRIMARY KEY (reading, written))
  WITHOUT ROWID;
CREATE TABLE vocabulary (number INTEGER PRIMARY KEY, term TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of articles as it was when it was read."""

    path: str
    name: str
    """How the file is called in answers: its path below the folder that was given."""
    size: int
    modified: int
    """Time of the last change, in nanoseconds."""
    digest: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not become articles, or only in part."""

    file: str
    reason: str
    path: str = ""
    """Of the file, where the reason lies in it alone."""


class Catalog:
    """Reads one generation's catalog; safe to use from several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def create(cls, folder: Path) -> Catalog:
        """Return a new catalog in `folder`, to be filled and closed."""
        connection = sqlite3.connect(folder / FILE_NAME)
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        return cls(connection)

    @classmethod
    def open(cls, folder: Path) -> Catalog:
        """Return the catalog of a published generation, read-only."""
        uri = f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro&immutable=1"
        # SQLite serialises what threads ask of one connection (sqlite3.threadsafety == 3).
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute("PRAGMA schema_version")  # opens the file now, not when it may have been removed
        return cls(connection)

    def close(self) -> None:
        """Write what is pending and close."""
        self.connection.commit()
        self.connection.close()

    def add_article(self, number: int, article: Article, file: str) -> None:
        """Store an article under its number."""
        date = article.date
        parts = (date.year, date.month, date.day, date.origin) if date else (None, None, None, None)
        paragraphs = json.dumps(article.paragraphs, ensure_ascii=False)
        row = (
            number,
            article.id,
            article.title,
            article.kicker,
            *parts,
            article.source,
            article.url,
            paragraphs,
            os.fsencode(file),
        )
        self.connection.execute(f"INSERT INTO articles VALUES ({','.join('?' * len(row))})", row)

    def add_passages(self, article: int, first: int, passages: Iterable[Passage]) -> None:
        """Store an article's passages, numbered from `first`."""
        rows = ((first + i, article, p.paragraph, p.start, p.text) for i, p in enumerate(passages))
        self.connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)

    def add_sources(
        self, files: Iterable[SourceFile], problems: Iterable[Problem], roots: Iterable[str]
    ) -> None:
        """Store which files were read, which failed and where they were found."""
        rows = ((os.fsencode(f.path), f.name, f.size, f.modified, f.digest) for f in files)
        self.connection.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?)", rows)
        self.connection.executemany(
            "INSERT INTO problems VALUES (?, ?, ?)",
            ((p.file, p.reason, os.fsencode(p.path)) for p in problems),
        )
        self.connection.executemany(
            "INSERT OR IGNORE INTO roots VALUES (?)", ((os.fsencode(root),) for root in roots)
        )

    def files(self) -> dict[str, SourceFile]:
        """Return the files that were read, by path."""
        rows = self.connection.execute("SELECT path, name, size, modified, digest FROM files")
        files = (SourceFile(os.fsdecode(path), *rest) for path, *rest in rows)
        return {file.path: file for file in files}

    def problems(self) -> list[Problem]:
        """Return what could not be read, with reasons."""
        rows = self.connection.execute("SELECT file, reason, path FROM problems ORDER BY rowid")
        return [Problem(file, reason, os.fsdecode(path)) for file, reason, path in rows]

    def remarks(self, path: str) -> list[str]:
        """Return what was noted about the file at `path` when it was read."""
        find = "SELECT reason FROM problems WHERE path = ? ORDER BY rowid"
        rows = self.connection.execute(find, (os.fsencode(path),))
        return [row[0] for row in rows]

    def roots(self) -> list[str]:
        """Return the folders and files that were named to be indexed."""
        return [
            os.fsdecode(row[0]) for row in self.connection.execute("SELECT path FROM roots ORDER BY path")
        ]

    def articles(self) -> Iterator[Article]:
        """Yield all articles in their order."""
        for row in self.connection.execute(f"{_ARTICLE} ORDER BY number"):
            yield _article(row)

    def articles_of(self, file: str) -> list[Article]:
        """Return the articles that were read from one file."""
        return [
            _article(row)
            for row in self.connection.execute(
                f"{_ARTICLE} WHERE file = ? ORDER BY number", [os.fsencode(file)]
            )
        ]

    def article(self, article_id: str) -> Article | None:
        """Return one article, or None."""
        row = self.connection.execute(f"{_ARTICLE} WHERE id = ?", (article_id,)).fetchone()
        return _article(row) if row else None

    def ids_like(self, start: str, limit: int = 10) -> list[str]:
        """Return ids that begin with `start`."""
        find = "SELECT id FROM articles WHERE substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        return [row[0] for row in self.connection.execute(find, (len(start), start, limit))]

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, ArticleRef]]:
        """Return passages with what to say of their articles, in the order asked for."""
        found = {}
        for start in range(0, len(numbers), _CHUNK):
            part = [int(number) for number in numbers[start : start + _CHUNK]]
            for row in self.connection.execute(
                f"{_PASSAGE} WHERE p.number IN ({','.join('?' * len(part))})", part
            ):
                found[row[0]] = _passage(row)
        return [found[int(number)] for number in numbers]

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts of passages, in the order asked for."""
        found: dict[int, str] = {}
        for start in range(0, len(numbers), _CHUNK):
            part = [int(number) for number in numbers[start : start + _CHUNK]]
            find = f"SELECT number, text FROM passages WHERE number IN ({','.join('?' * len(part))})"
            found.update(self.connection.execute(find, part))
        return [found[int(number)] for number in numbers]

    def passage_texts(self) -> Iterator[tuple[int, str]]:
        """Yield the number and text of every passage, in their order."""
        yield from self.connection.execute("SELECT number, text FROM passages ORDER BY number")

    def add_names(self, names: Iterable[tuple[str, str]]) -> None:
        """Store what may be a name, as written and as read in pinyin."""
        rows = sorted((reading, written) for written, reading in names)
        self.connection.executemany("INSERT INTO names VALUES (?, ?)", rows)

    def written_names(self, readings: Iterable[str]) -> list[str]:
        """Return how the articles write what is read so."""
        find = "SELECT written FROM names WHERE reading = ?"
        return [row[0] for reading in readings for row in self.connection.execute(find, (reading,))]

    def add_vocabulary(self, terms: Iterable[str]) -> None:
        """Store the terms whose vectors are kept, numbered from 0."""
        self.connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", enumerate(terms))

    def vocabulary(self, numbers: Iterable[int]) -> list[str]:
        """Return terms by their vocabulary number."""
        find = "SELECT term FROM vocabulary WHERE number = ?"
        return [self.connection.execute(find, (int(number),)).fetchone()[0] for number in numbers]

    def vocabulary_numbers(self) -> dict[str, int]:
        """Return the number of every term in the vocabulary."""
        return {
            term: number for number, term in self.connection.execute("SELECT number, term FROM vocabulary")
        }


_CHUNK = 500  # well below SQLite's limit of variables in a statement
_ARTICLE = "SELECT id, title, kicker, year, month, day, date_origin, source, url, paragraphs FROM articles"
_PASSAGE = (
    "SELECT p.number, a.id, p.paragraph, p.start, p.text, a.title, a.year, a.month, a.day, a.date_origin,"
    " a.source, a.kicker, a.url FROM passages p JOIN articles a ON a.number = p.article"
)


def _article(
    row: tuple[str, str, str, int | None, int | None, int | None, str | None, str, str, str],
) -> Article:
    article_id, title, kicker, year, month, day, origin, source, url, paragraphs = row
    date = PartialDate(year, month, day, origin) if origin else None
    return Article(article_id, title, kicker, tuple(json.loads(paragraphs)), date, source, url)


_Row = tuple[
    int, str, int, int, str, str, int | None, int | None, int | None, str | None, str, str, str
]  # the columns of _PASSAGE


def _passage(row: _Row) -> tuple[Passage, ArticleRef]:
    _, article_id, paragraph, start, text, title, year, month, day, origin, source, kicker, url = row
    date = str(PartialDate(year, month, day, origin)) if origin else ""
    return Passage(article_id, paragraph, start, text), ArticleRef(
        article_id, title, date, source, kicker, url
    )

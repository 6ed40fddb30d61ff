"""The catalog: articles, passages and files of one generation, in SQLite.

Reprints are kept as rows of their own: they come back when the article that stands for them goes. Paths are
stored as bytes, which is what they are: not every file name is UTF-8.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from retrieval.model import Article, ArticleRef, PartialDate, Passage
from retrieval.signatures import Signature

FILE_NAME = "catalog.sqlite"
_SCHEMA = """
CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL,
  kicker TEXT NOT NULL, date TEXT NOT NULL, date_origin TEXT NOT NULL, published TEXT NOT NULL,
  published_origin TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, also TEXT NOT NULL,
  paragraphs TEXT NOT NULL, file BLOB NOT NULL, place INTEGER NOT NULL, own_id TEXT NOT NULL,
  signature BLOB NOT NULL,
  stands_for INTEGER NOT NULL REFERENCES articles (number));
CREATE INDEX articles_by_file ON articles (file);
CREATE INDEX articles_by_id ON articles (id);
CREATE INDEX articles_by_own_id ON articles (own_id);
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


@dataclass(frozen=True, slots=True)
class Found:
    """An article as it stands in its file."""

    article: Article
    file: SourceFile
    place: int
    """0 is the file's first article."""
    signature: Signature


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

    def add_article(self, number: int, article: Article, found: Found, stands_for: int) -> None:
        """Store the article that `found` has become under its number.

        `stands_for` is that number, or for a reprint the number of the article which is shown in its place.
        """
        row = (
            number,
            article.id,
            article.title,
            article.kicker,
            *_date_columns(article.date),
            *_date_columns(article.published),
            article.source,
            article.url,
            json.dumps(article.also, ensure_ascii=False),
            json.dumps(article.paragraphs, ensure_ascii=False),
            os.fsencode(found.file.path),
            found.place,
            found.article.id,
            found.signature.tobytes(),
            stands_for,
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
        """Yield all articles in their order, reprints left out."""
        for row in self.connection.execute(f"{_ARTICLE} WHERE stands_for = number ORDER BY number"):
            yield _article(row)

    def found_in(self, file: SourceFile) -> list[Found]:
        """Return the articles that were read from one file, as they stand in it."""
        find = (
            f"SELECT {_ARTICLE_COLUMNS}, place, own_id, signature FROM articles WHERE file = ? ORDER BY place"
        )
        return [
            Found(
                replace(_article(row), id=own_id, also=()), file, place, np.frombuffer(signature, np.uint32)
            )
            for *row, place, own_id, signature in self.connection.execute(find, [os.fsencode(file.path)])
        ]

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, or the one that stands for it, or None."""
        known = "id = :id AND stands_for = number", "id = :id OR own_id = :id"
        for where in known:  # its own first: an id may also be what a reprint would have by itself
            shown = f"SELECT stands_for FROM articles WHERE {where} LIMIT 1"
            find = f"{_ARTICLE} WHERE number = ({shown})"
            if row := self.connection.execute(find, {"id": article_id}).fetchone():
                return _article(row)
        return None

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """Return the numbers of articles by their ids; for reprints, of what stands for them."""
        find = "SELECT stands_for FROM articles WHERE id = ?"
        return [row[0] for article_id in ids for row in self.connection.execute(find, (article_id,))]

    def headlines(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return kicker and title of articles by their numbers."""
        find = f"SELECT number, kicker, title FROM articles WHERE number IN ({','.join('?' * len(numbers))})"
        rows = self.connection.execute(find, [int(number) for number in numbers])
        return {number: f"{kicker} {title}" for number, kicker, title in rows}

    def ids_like(self, start: str, limit: int = 10) -> list[str]:
        """Return ids that begin with `start`."""
        find = (
            "SELECT id FROM articles WHERE stands_for = number AND substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        )
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
_ARTICLE_COLUMNS = (
    "id, title, kicker, date, date_origin, published, published_origin, source, url, also, paragraphs"
)
_ARTICLE = f"SELECT {_ARTICLE_COLUMNS} FROM articles"
_PASSAGE = (
    "SELECT p.number, p.paragraph, p.start, p.text, a.id, a.title, a.date, a.source, a.kicker, a.url, a.also"
    " FROM passages p JOIN articles a ON a.number = p.article"
)


def _date_columns(date: PartialDate | None) -> tuple[str, str]:
    return (str(date), date.origin) if date else ("", "")


def _date(text: str, origin: str) -> PartialDate | None:
    return PartialDate.parse(text, origin) if text else None


def _article(row: Sequence[str]) -> Article:
    article_id, title, kicker, date, origin, published, its_origin, source, url, also, paragraphs = row
    return Article(
        id=article_id,
        title=title,
        kicker=kicker,
        paragraphs=tuple(json.loads(paragraphs)),
        date=_date(date, origin),
        source=source,
        url=url,
        published=_date(published, its_origin),
        also=tuple(json.loads(also)),
    )


_Row = tuple[int, int, int, str, str, str, str, str, str, str, str]  # the columns of _PASSAGE


def _passage(row: _Row) -> tuple[Passage, ArticleRef]:
    _, paragraph, start, text, article_id, title, date, source, kicker, url, also = row
    return Passage(article_id, paragraph, start, text), ArticleRef(
        article_id, title, date, source, kicker, url, tuple(json.loads(also))
    )

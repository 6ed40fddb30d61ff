"""The tables of one segment, in SQLite: its articles and passages, its vocabulary and names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from retrieval import article_rows
from retrieval.model import Article, Passage

FILE_NAME = "catalog.sqlite"
_SCHEMA = f"""
CREATE TABLE articles (number INTEGER PRIMARY KEY, key BLOB NOT NULL, {article_rows.DECLARED});
CREATE INDEX articles_by_id ON articles (id);
CREATE TABLE aliases (id TEXT NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (id, article)) WITHOUT ROWID;
CREATE TABLE passages (number INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles (number),
  paragraph INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE names (reading TEXT NOT NULL, written TEXT NOT NULL, PRIMARY KEY (reading, written))
  WITHOUT ROWID;
CREATE TABLE vocabulary (number INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);
"""


def open_tables(folder: Path) -> sqlite3.Connection:
    """Return a connection to the tables of a published segment, read-only, for several threads."""
    uri = f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro&immutable=1"
    # SQLite serialises what threads ask of one connection (sqlite3.threadsafety == 3).
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute("PRAGMA schema_version")  # opens the file now, not when it may have been removed
    return connection


class CatalogWriter:
    """Fills the tables of a new segment."""

    def __init__(self, folder: Path) -> None:
        """Make the tables in `folder`."""
        self.connection = sqlite3.connect(folder / FILE_NAME)
        self.connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def close(self) -> None:
        """Write what is pending and close."""
        self.connection.commit()
        self.connection.close()

    def add_article(self, number: int, key: bytes, article: Article, aliases: Iterable[str]) -> None:
        """Store an article under its number; `aliases` are ids of reprints, which lead to it as well."""
        row = (number, key, *article_rows.to_row(article))
        self.connection.execute(f"INSERT INTO articles VALUES ({','.join('?' * len(row))})", row)
        self.connection.executemany(
            "INSERT OR IGNORE INTO aliases VALUES (?, ?)", ((alias, number) for alias in aliases)
        )

    def add_passages(self, article: int, first: int, passages: Iterable[Passage]) -> None:
        """Store an article's passages, numbered from `first`."""
        rows = ((first + i, article, p.paragraph, p.start, p.text) for i, p in enumerate(passages))
        self.connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)

    def add_names(self, names: Iterable[tuple[str, str]]) -> None:
        """Store what may be a name, as written and as read in pinyin."""
        rows = sorted((reading, written) for written, reading in names)
        self.connection.executemany("INSERT INTO names VALUES (?, ?)", rows)

    def add_vocabulary(self, terms: Iterable[str]) -> None:
        """Store the terms whose vectors are kept, numbered from 0."""
        self.connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", enumerate(terms))

"""What was read: the files of one generation, what each of them holds, and what could not be read.

Every article is kept as it stands in its file, reprints too: they come back when the one that is shown in
their place goes, and what was read needs no second reading. Paths are stored as bytes, which is what they
are: not every file name is UTF-8.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval import article_rows
from retrieval.model import Article, PartialDate

if TYPE_CHECKING:
    from retrieval.signatures import Signature

FILE_NAME = "sources.sqlite"
_SCHEMA = f"""
CREATE TABLE files (path BLOB PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL,
  modified INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE found (file BLOB NOT NULL, place INTEGER NOT NULL, signature BLOB NOT NULL,
  content BLOB NOT NULL, size INTEGER NOT NULL, {article_rows.DECLARED},
  PRIMARY KEY (file, place)) WITHOUT ROWID;
CREATE TABLE problems (file TEXT NOT NULL, reason TEXT NOT NULL, path BLOB NOT NULL,
  of_file INTEGER NOT NULL);
CREATE TABLE roots (path BLOB PRIMARY KEY) WITHOUT ROWID;
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
    """An article as it stands in its file, without its text, which few are asked for."""

    id: str
    source: str
    date: PartialDate | None
    published: PartialDate | None
    size: int
    """How many paragraphs it has."""
    content: bytes
    """What tells it from others, whatever their ids."""
    file: SourceFile
    place: int
    """0 is the file's first article."""
    signature: Signature
    load: Callable[[], Article] = field(repr=False, compare=False)

    @classmethod
    def of(cls, article: Article, file: SourceFile, place: int, signature: Signature) -> Found:
        """Return an article that was just read."""
        return cls(
            article.id,
            article.source,
            article.date,
            article.published,
            len(article.paragraphs),
            article_rows.content_of(article),
            file,
            place,
            signature,
            lambda: article,
        )

    @property
    def article(self) -> Article:
        """Return all of it, from the table if it was read before."""
        return self.load()


class Sources:
    """Reads and writes what was read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, folder: Path) -> Sources:
        """Return the sources of a published generation, read-only."""
        uri = f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute("PRAGMA schema_version")  # opens the file now, not when it may have been removed
        return cls(connection)

    @classmethod
    def create(cls, folder: Path, like: Path | None = None) -> Sources:
        """Return sources to be filled and closed: new ones, or those of the generation in `like`."""
        path = folder / FILE_NAME
        if like is not None:
            shutil.copyfile(like / FILE_NAME, path)
        connection = sqlite3.connect(path)
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if like is None:
            connection.executescript(_SCHEMA)
        return cls(connection)

    def close(self) -> None:
        """Write what is pending and close."""
        self._connection.commit()
        self._connection.close()

    def replace(
        self,
        files: Iterable[SourceFile],
        file_problems: Iterable[Problem],
        article_problems: Iterable[Problem],
        roots: Iterable[str],
        read: Mapping[str, Sequence[Found]],
    ) -> None:
        """Store which files there are, which failed and where they were found.

        `read` has by its path what is in each file that was read now; of the others among `files` what is
        stored stays, and what belongs to no file goes.
        """
        run = self._connection
        run.execute("DELETE FROM files")
        run.execute("DELETE FROM problems")
        run.execute("DELETE FROM roots")
        rows = ((os.fsencode(f.path), f.name, f.size, f.modified, f.digest) for f in files)
        run.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?)", rows)
        for of_file, problems in ((1, file_problems), (0, article_problems)):
            run.executemany(
                "INSERT INTO problems VALUES (?, ?, ?, ?)",
                ((p.file, p.reason, os.fsencode(p.path), of_file) for p in problems),
            )
        run.executemany("INSERT OR IGNORE INTO roots VALUES (?)", ((os.fsencode(root),) for root in roots))
        run.executemany("DELETE FROM found WHERE file = ?", ((os.fsencode(path),) for path in read))
        run.execute("DELETE FROM found WHERE file NOT IN (SELECT path FROM files)")
        marks = ",".join("?" * (5 + len(article_rows.COLUMNS)))
        run.executemany(
            f"INSERT INTO found VALUES ({marks})",
            (
                (
                    os.fsencode(path),
                    item.place,
                    item.signature.tobytes(),
                    item.content,
                    item.size,
                    *article_rows.to_row(item.article),
                )
                for path, own in read.items()
                for item in own
            ),
        )

    def files(self) -> dict[str, SourceFile]:
        """Return the files that were looked at, by path."""
        rows = self._connection.execute("SELECT path, name, size, modified, digest FROM files")
        files = (SourceFile(os.fsdecode(path), *rest) for path, *rest in rows)
        return {file.path: file for file in files}

    def of_digest(self, digest: str) -> list[SourceFile]:
        """Return the files of that very content."""
        find = "SELECT path, name, size, modified, digest FROM files WHERE digest = ?"
        return [
            SourceFile(os.fsdecode(row[0]), *row[1:]) for row in self._connection.execute(find, (digest,))
        ]

    def problems(self, *, of_files: bool = False) -> list[Problem]:
        """Return what could not be read, with reasons; only of files and folders as such if `of_files`."""
        find = "SELECT file, reason, path FROM problems WHERE of_file >= ? ORDER BY rowid"
        rows = self._connection.execute(find, (of_files,))
        return [Problem(file, reason, os.fsdecode(path)) for file, reason, path in rows]

    def remarks(self) -> dict[str, list[str]]:
        """Return by path what was noted about files when they were read."""
        find = "SELECT path, reason FROM problems WHERE of_file = 0 AND path != x'' ORDER BY rowid"
        remarks: dict[str, list[str]] = {}
        for path, reason in self._connection.execute(find):
            remarks.setdefault(os.fsdecode(path), []).append(reason)
        return remarks

    def holding(self) -> set[str]:
        """Return the paths of the files that hold articles."""
        return {os.fsdecode(row[0]) for row in self._connection.execute("SELECT DISTINCT file FROM found")}

    def count_holding(self) -> int:
        """Return how many files hold articles."""
        return int(self._connection.execute("SELECT COUNT(DISTINCT file) FROM found").fetchone()[0])

    def roots(self) -> list[str]:
        """Return the folders and files that were named to be indexed."""
        rows = self._connection.execute("SELECT path FROM roots ORDER BY path")
        return [os.fsdecode(row[0]) for row in rows]

    def found(self, files: Mapping[str, SourceFile]) -> dict[str, list[Found]]:
        """Return the articles of these files, by path, as they stand in them.

        Their texts are read when they are asked for, while the sources are open.
        """
        find = (
            "SELECT file, place, signature, content, size, id, source, date, date_origin, published,"
            " published_origin FROM found ORDER BY file, place"
        )
        found: dict[str, list[Found]] = {path: [] for path in files}
        for raw, place, signature, content, size, name, source, *dates in self._connection.execute(find):
            path = os.fsdecode(raw)
            if path not in found:
                continue
            date, published = article_rows.date_of(*dates[:2]), article_rows.date_of(*dates[2:])
            compared = np.frombuffer(signature, np.uint32)
            load = partial(self._article, raw, place)
            found[path].append(
                Found(name, source, date, published, size, content, files[path], place, compared, load)
            )
        return found

    def _article(self, file: bytes, place: int) -> Article:
        find = f"SELECT {', '.join(article_rows.COLUMNS)} FROM found WHERE file = ? AND place = ?"
        return article_rows.from_row(self._connection.execute(find, (file, place)).fetchone())

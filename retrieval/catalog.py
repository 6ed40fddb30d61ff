"""The catalog: the articles and passages of one generation, whatever segments hold them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import article_rows
from retrieval.layout import Layout
from retrieval.model import Article, ArticleRef, Passage
from retrieval.places import Places
from retrieval.segment_catalog import open_tables
from retrieval.storing import distinct

_CHUNK = 500  # well below SQLite's limit of variables in a statement
_COLUMNS = ", ".join(article_rows.COLUMNS)
_PASSAGE = (
    "SELECT p.number, p.paragraph, p.start, p.text, a.id, a.title, a.date, a.source, a.kicker, a.url, a.also"
    " FROM passages p JOIN articles a ON a.number = p.article WHERE p.number"
)


class Catalog:
    """Reads the tables of a generation's segments as one; safe to use from several threads."""

    def __init__(self, connections: Sequence[sqlite3.Connection], layout: Layout) -> None:
        """Take the tables of each segment and where articles and passages are in them."""
        self.connections = connections
        self._layout = layout

    @classmethod
    def open(cls, layout: Layout) -> Catalog:
        """Return the catalog of a published generation, read-only."""
        return cls([open_tables(folder) for folder in layout.folders], layout)

    def close(self) -> None:
        """Close all tables."""
        for connection in self.connections:
            connection.close()

    def segments(self) -> list[tuple[Path, sqlite3.Connection]]:
        """Return the folder of each segment and its tables."""
        return list(zip(self._layout.folders, self.connections, strict=True))

    def articles(self) -> Iterator[Article]:
        """Yield all articles in their order."""
        places = self._layout.articles
        for number in range(places.size):
            yield self._article(number)

    def at(self, numbers: Iterable[int]) -> Iterator[Article]:
        """Yield articles by their numbers."""
        return (self._article(number) for number in numbers)

    def keys(self) -> dict[int, bytes]:
        """Return by their numbers what is the same for the same content, of all articles."""
        keys = [b""] * self._layout.articles.size
        for connection, numbers in zip(self.connections, self._layout.articles.numbers, strict=True):
            for row, key in connection.execute("SELECT number, key FROM articles"):
                if numbers[row] >= 0:
                    keys[numbers[row]] = key
        return dict(enumerate(keys))

    def refs(self) -> list[ArticleRef]:
        """Return what to say of all articles in their order; of those without a date, the paper's."""
        find = "SELECT number, id, title, date, source, kicker, url, published FROM articles"
        found: list[tuple[int, ArticleRef]] = []
        for connection, numbers in zip(self.connections, self._layout.articles.numbers, strict=True):
            for row, article_id, title, date, source, kicker, url, published in connection.execute(find):
                if numbers[row] >= 0:
                    ref = ArticleRef(article_id, title, date or published, source, kicker, url)
                    found.append((int(numbers[row]), ref))
        return [ref for _, ref in sorted(found, key=lambda each: each[0])]

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, or the one that stands for it, or None."""
        own = self._ids("SELECT number FROM articles WHERE id = ?", article_id)
        # Its own first: an id may also be what a reprint would have by itself.
        numbers = own or self._ids("SELECT article FROM aliases WHERE id = ?", article_id)
        return self._article(min(numbers)) if numbers else None

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """Return the numbers of articles by their ids; for reprints, of what stands for them."""
        find = "SELECT number FROM articles WHERE id = :id UNION SELECT article FROM aliases WHERE id = :id"
        return [number for article_id in ids for number in self._ids(find, article_id)]

    def headlines(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return kicker and title of articles by their numbers."""
        find = "SELECT number, kicker, title FROM articles WHERE number"
        found = self._select(find, self._layout.articles, numbers)
        return {number: f"{kicker} {title}" for number, (_, kicker, title) in sorted(found.items())}

    def ids_like(self, start: str, limit: int = 10) -> list[str]:
        """Return ids that begin with `start`."""
        find = "SELECT number, id FROM articles WHERE substr(id, 1, ?) = ? ORDER BY id"
        found: list[str] = []
        for segment, connection in enumerate(self.connections):
            numbers = self._layout.articles.numbers[segment]
            rows = connection.execute(find, (len(start), start))
            found += [name for row, name in rows if numbers[row] >= 0]
        return sorted(found)[:limit]

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, ArticleRef]]:
        """Return passages with what to say of their articles, in the order asked for."""
        found = self._select(_PASSAGE, self._layout.passages, numbers)
        return [_passage(found[int(number)]) for number in numbers]

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Return the texts of passages, in the order asked for."""
        find = "SELECT number, text FROM passages WHERE number"
        found = self._select(find, self._layout.passages, numbers)
        return [found[int(number)][1] for number in numbers]

    def passages_of(self, article_id: str) -> list[str] | None:
        """Return the texts of the passages of an article, None where it is not there."""
        numbers = self.numbers([article_id])
        starts = self._layout.starts
        spans = [range(int(starts[number]), int(starts[number + 1])) for number in sorted(set(numbers))]
        return self.texts([passage for span in spans for passage in span]) if numbers else None

    def _ids(self, find: str, article_id: str) -> list[int]:
        """Return the numbers of the articles whose rows `find` gives for an id."""
        found: list[int] = []
        for connection, numbers in zip(self.connections, self._layout.articles.numbers, strict=True):
            found += [int(numbers[row]) for (row,) in connection.execute(find, (article_id,))]
        return [number for number in found if number >= 0]

    def _article(self, number: int) -> Article:
        segment, row = self._layout.articles.place(number)
        find = f"SELECT {_COLUMNS} FROM articles WHERE number = ?"
        return article_rows.from_row(self.connections[segment].execute(find, (row,)).fetchone())

    def _select(self, find: str, places: Places, numbers: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        """Return by number the rows that `find` gives, which begins with a row's number and ends with it."""
        found: dict[int, tuple[Any, ...]] = {}
        asked = distinct(np.asarray(numbers, np.int64))
        for start in range(0, len(asked), _CHUNK):
            part = asked[start : start + _CHUNK]
            for segment, _, rows in places.split(part):
                statement = f"{find} IN ({','.join('?' * len(rows))})"
                own = places.numbers[segment]
                for row in self.connections[segment].execute(statement, rows.tolist()):
                    found[int(own[row[0]])] = row
        return found


def _passage(row: tuple[Any, ...]) -> tuple[Passage, ArticleRef]:
    _, paragraph, start, text, article_id, title, date, source, kicker, url, also = row
    return Passage(article_id, paragraph, start, text), ArticleRef(
        article_id, title, date, source, kicker, url, tuple(json.loads(also))
    )

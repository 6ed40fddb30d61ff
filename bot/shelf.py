"""What stands in the index: the headlines of the serving generation, newest first, and by month."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config import StoreSettings
from retrieval.generation import require_generation
from retrieval.model import ArticleRef
from retrieval.opening import open_holdings, open_source
from retrieval.serving import find_serving

_EMBEDDED = StoreSettings()
_MONTH_CHARS = 7  # of 2019-11-20


@dataclass(frozen=True)
class Contents:
    """The articles of one generation."""

    generation: int
    created: str
    passages: int
    articles: tuple[ArticleRef, ...]
    """The newest first; those of an unknown year and those without a date at the end."""

    @cached_property
    def months(self) -> dict[str, tuple[ArticleRef, ...]]:
        """By "2019-11", "2019" where no month is known, "--11" where no year is, "" without a date."""
        found: dict[str, list[ArticleRef]] = {}
        for article in self.articles:
            found.setdefault(month_of(article.date), []).append(article)
        return {month: tuple(articles) for month, articles in found.items()}


def month_of(date: str) -> str:
    """Return the month of a date of `ArticleRef`, as far as it is known."""
    return date[:4] if date.startswith("--") else date[:_MONTH_CHARS]


def newest_first(articles: Iterable[ArticleRef]) -> tuple[ArticleRef, ...]:
    """Return articles in the order of a shelf; of one date the last one comes first."""
    # The hyphen of an unknown year sorts before digits, and nothing before that.
    return tuple(sorted(reversed(tuple(articles)), key=lambda article: article.date, reverse=True))


class Shelf:
    """Reads the contents anew when a new generation serves. For several threads."""

    def __init__(self, data_dir: Path, store: StoreSettings = _EMBEDDED) -> None:
        self._data_dir, self._store = data_dir, store
        self._source = open_source(data_dir, store) if store.uri else None
        self._lock = threading.Lock()
        self._seen: tuple[object, Contents] | None = None

    def contents(self) -> Contents:
        """Return the contents of the serving generation. Raises RetrievalError."""
        with self._lock:
            serving = self._source.stamp() if self._source else require_generation(self._data_dir)
            if self._seen is None or serving is None or self._seen[0] != serving:
                self._seen = (serving, self._read())
            return self._seen[1]

    def _read(self) -> Contents:
        if self._store.uri:
            held = open_holdings(self._data_dir, self._store)
            articles = newest_first(held.articles.refs())
            return Contents(held.generation, held.created, held.counts["passages"], articles)
        serving = find_serving(self._data_dir)
        with serving.lease, closing(serving.open_catalog()) as catalog:
            manifest = serving.manifest
            articles = newest_first(catalog.refs())
        return Contents(manifest.generation, manifest.created, manifest.counts["passages"], articles)

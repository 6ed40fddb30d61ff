"""The records of a store by their keys: what scoring reads, fetched as it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval import article_rows
from retrieval.errors import ReplacedError
from retrieval.milvus.kept import Kept
from retrieval.milvus.link import Link
from retrieval.milvus.packing import (
    PackedArticle,
    PackedPassage,
    parts_of,
    unpack_article,
    unpack_passage,
    unpacked_json,
)
from retrieval.model import Article

# In memory, about: a passage has 40 KB, an article 30, a bucket of terms 5.
_PASSAGES, _ARTICLES, _BUCKETS = 2000, 1500, 6000


class Records:
    """Reads the records of one epoch, whatever serves of them. Safe to use from several threads."""

    def __init__(self, link: Link, epoch: str) -> None:
        """Take where they are."""
        self._link = link
        self.epoch = epoch
        self._collection = link.name(epoch, "records")
        self.passages = Kept(self._fetch_passages, _PASSAGES)
        self.articles = Kept(self._fetch_articles, _ARTICLES)
        self.buckets = Kept(self._fetch_buckets, _BUCKETS)

    @property
    def uri(self) -> str:
        """Return where the server is."""
        return self._link.uri

    def plain(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the values of keys as they are stored. Raises StoreError."""
        found = self._link.get(self._collection, keys, "key", "value")
        return {row["key"]: row["value"] for row in found}

    def texts(self, keys: Sequence[str]) -> list[Article]:
        """Return whole articles, in the order asked for. Raises StoreError."""
        found = self._whole(keys)
        if len(found) < len(keys):
            raise replaced(self.uri)
        return [article_rows.from_row(unpacked_json(found[key])) for key in keys]

    def _whole(self, keys: Sequence[str]) -> dict[str, str]:
        """Return values that may have several parts."""
        found: dict[str, list[str]] = {}
        rest: list[str] = []
        for key, value in self.plain(keys).items():
            count, piece = parts_of(value)
            found[key] = [piece]
            rest += (f"{key}/{number}" for number in range(1, count))
        more = self.plain(rest) if rest else {}
        for name in rest:  # in the order of the parts
            if name not in more:
                raise replaced(self.uri)
            found[name.rpartition("/")[0]].append(more[name])
        return {key: "".join(pieces) for key, pieces in found.items()}

    def _fetch_passages(self, keys: Sequence[str]) -> Mapping[str, PackedPassage]:
        return {key: unpack_passage(text) for key, text in self._whole(keys).items()}

    def _fetch_articles(self, keys: Sequence[str]) -> Mapping[str, PackedArticle]:
        return {key: unpack_article(text) for key, text in self._whole(keys).items()}

    def _fetch_buckets(self, keys: Sequence[str]) -> Mapping[str, dict[str, list[Any]]]:
        return {key: unpacked_json(text) for key, text in self.plain(keys).items()}


def replaced(uri: str) -> ReplacedError:
    """Return what to raise where rows of what serves are not there any more."""
    return ReplacedError(f"what was searched in the store at {uri} has just been replaced; ask again")

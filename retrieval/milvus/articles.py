"""The articles of a store, for who reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from retrieval.arrivals import identity_key
from retrieval.milvus.filters import filters
from retrieval.milvus.heads import Head
from retrieval.milvus.keys import SHIFT, key_of
from retrieval.milvus.link import Link, Row
from retrieval.milvus.packing import short_key, unpacked_json
from retrieval.milvus.records import Records
from retrieval.model import Article, ArticleRef

_PAGE = 1000  # rows of articles
_AT_ONCE = 100  # whole articles


class RemoteArticles:
    """Reads articles. Safe to use from several threads."""

    def __init__(self, link: Link, records: Records, heads: Sequence[Head]) -> None:
        """Take what serves."""
        self._link, self._records = link, records
        self._expression = filters(heads).articles
        strata = [stratum for head in heads for stratum in head.strata]
        self._strata = [one.number for one in strata if one.passages]
        self._gone = {(one.number, row) for one in strata for row in one.gone}

    def articles(self) -> Iterator[Article]:
        """Yield all articles in their order."""
        yield from self.at(sorted(row["number"] for row in self._rows(self._expression)))

    def keys(self) -> dict[int, bytes]:
        """Return by their numbers what is remembered of the ids of all articles; it need not be fetched."""
        rows = self._rows(self._expression, "name")
        return {row["number"]: identity_key(row["name"]) for row in rows}

    def at(self, numbers: Iterable[int]) -> Iterator[Article]:
        """Yield articles by their numbers, in the order asked for."""
        keys = [key_of(stratum, "t", row) for stratum, row in (divmod(n, 1 << SHIFT) for n in numbers)]
        for start in range(0, len(keys), _AT_ONCE):
            yield from self._records.texts(keys[start : start + _AT_ONCE])

    def refs(self) -> list[ArticleRef]:
        """Return what to say of all articles in their order; of those without a date, the paper's."""
        rows = sorted(self._rows(self._expression, "ref"), key=lambda row: int(row["number"]))
        return [ArticleRef(*unpacked_json(row["ref"])) for row in rows]

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, or the one that stands for it, or None."""
        own, also = self._places([article_id])
        places = own or also
        return self._records.texts([key_of(places[0][0], "t", places[0][1])])[0] if places else None

    def ids_like(self, start: str, limit: int = 10) -> list[str]:
        """Return ids that begin with `start`."""
        quoted = json.dumps(start, ensure_ascii=False)[1:-1].replace("%", r"\\%").replace("_", r"\\_")
        found = self._rows(f'({self._expression}) and name like "{quoted}%"', "name")
        return sorted(row["name"] for row in found if row["name"].startswith(start))[:limit]

    def passages_of(self, article_id: str) -> list[str] | None:
        """Return the texts of the passages of an article, None where it is not there."""
        own, also = self._places([article_id])
        places = list(dict.fromkeys([*own, *also]))
        if not places:
            return None
        found = self._records.articles.get(key_of(stratum, "a", row) for stratum, row in places)
        keys = [
            key_of(stratum, "p", found[key].first + each)
            for stratum, row in places
            if (key := key_of(stratum, "a", row)) in found
            for each in range(found[key].passages)
        ]
        passages = self._records.passages.get(keys)
        return [passages[key].text for key in keys if key in passages]

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """Return the numbers of the articles of these ids, and of what stands for them, rising."""
        own, also = self._places(ids)
        return sorted({stratum << SHIFT | row for stratum, row in (*own, *also)})

    def _places(self, ids: Iterable[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return stratum and row of the articles of these ids, and of those that stand for them."""
        short = [short_key(article_id) for article_id in ids]
        found = self._records.plain([key_of(number, "i", key) for number in self._strata for key in short])
        own: list[tuple[int, int]] = []
        also: list[tuple[int, int]] = []
        for key in sorted(found):
            stratum = int(key.partition("/")[0])
            for places, rows in zip((own, also), json.loads(found[key]), strict=True):
                places += ((stratum, row) for row in rows if (stratum, row) not in self._gone)
        return own, also

    def _rows(self, expression: str, *fields: str) -> Iterator[Row]:
        """Yield the rows of articles that an expression allows, a page at a time."""
        name = self._link.name(self._records.epoch, "articles")
        last = -1
        while True:
            page: list[Row] = self._link.run(
                "query",
                name,
                filter=f"({expression}) and number > {last}",
                output_fields=["number", *fields],
                limit=_PAGE,
            )
            yield from page
            if len(page) < _PAGE:
                return
            last = max(row["number"] for row in page)

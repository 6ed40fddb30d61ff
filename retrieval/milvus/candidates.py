"""Finding candidates on the server: the passages and articles that a question is held against."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from retrieval.folding import fold
from retrieval.milvus.link import Link, Row
from retrieval.question import Question
from retrieval.terms import words

_PASSAGES = 100  # of each way of finding, as many as the embedded store takes
_ARTICLES = 40
_MOST_WORDS = 64  # of a query to BM25

Pairs = list[tuple[int, int]]
"""The number of a passage and that of its article."""


class Candidates:
    """Asks the server for what is near to a question, in all ways at once."""

    def __init__(self, link: Link, epoch: str, *, words: bool) -> None:
        """Take where to ask, and whether it can be asked by words."""
        self._link, self._epoch, self._words = link, epoch, words
        self._pool = ThreadPoolExecutor(max_workers=6, thread_name_prefix="store")

    def find(self, asked: Question, expression: str) -> tuple[Pairs, list[int]]:
        """Return passages, and the numbers of articles besides, among the rows that `expression` allows."""
        queries = _queries(asked) if self._words else []
        vector = asked.vector.tolist()
        passages = self._pool.submit(self._passages, vector, queries, expression)
        sentences = self._pool.submit(self._sentences, vector, expression)
        articles = self._articles(queries, expression) if queries else []
        return [*passages.result(), *sentences.result()], articles

    def _passages(self, vector: list[float], queries: Sequence[str], expression: str) -> Pairs:
        name = self._link.name(self._epoch, "passages")
        if not queries:
            near = self._search(name, "vector", vector, expression, _PASSAGES, ["number", "article"])
            return [(hit["number"], hit["entity"]["article"]) for hit in near]
        from pymilvus import AnnSearchRequest, RRFRanker

        ways: list[tuple[str, object, str]] = [("vector", vector, "IP")]
        ways += (("sparse", query, "BM25") for query in queries)
        requests = [
            AnnSearchRequest(
                data=[data],
                anns_field=field,
                param={"metric_type": metric},
                limit=_PASSAGES,
                expr=expression,
            )
            for field, data, metric in ways
        ]
        found = self._link.run(
            "hybrid_search",
            name,
            requests,
            RRFRanker(),
            limit=_PASSAGES * len(ways),
            output_fields=["number", "article"],
        )
        return [(hit["number"], hit["entity"]["article"]) for hit in found[0]]

    def _sentences(self, vector: list[float], expression: str) -> Pairs:
        name = self._link.name(self._epoch, "sentences")
        found = self._search(name, "vector", vector, expression, _PASSAGES, ["passage", "article"])
        return [(hit["entity"]["passage"], hit["entity"]["article"]) for hit in found]

    def _articles(self, queries: Sequence[str], expression: str) -> list[int]:
        name = self._link.name(self._epoch, "articles")
        found = self._search(
            name, "sparse", " ".join(queries), _of_articles(expression), _ARTICLES, ["number"]
        )
        return [hit["number"] for hit in found]

    def _search(
        self,
        name: str,
        field: str,
        data: object,
        expression: str,
        limit: int,
        output: Sequence[str] = (),
    ) -> list[Row]:
        found: list[list[Row]] = self._link.run(
            "search",
            name,
            data=[data],
            anns_field=field,
            filter=expression,
            limit=limit,
            output_fields=list(output),
        )
        return found[0]


def _of_articles(expression: str) -> str:
    """Return an expression over passages as one over articles."""
    return expression.replace("article not in", "number not in").replace("article in", "number in")


def _queries(asked: Question) -> list[str]:
    """Return what a question is to find by words: as it stands, by what its words mean, by its names."""
    near = [item.term for group in asked.near for item in group]
    texts = (words(fold(asked.text)) if asked.words else [], near, asked.written)
    return [" ".join(list(dict.fromkeys(own))[:_MOST_WORDS]) for own in texts if own]

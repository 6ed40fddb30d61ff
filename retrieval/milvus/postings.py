"""Postings of the passages or articles in view, made of what was fetched of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from retrieval.milvus.lexicon import RemoteTerms
from retrieval.milvus.packing import Counts
from retrieval.store import Floats, Rows
from retrieval.weights import Weighed, gains


class LocalPostings:
    """One field of n documents, weighed as the whole store weighs it."""

    def __init__(
        self, terms: RemoteTerms, documents: Sequence[Counts | frozenset[str]], lengths: Sequence[int] = ()
    ) -> None:
        """Take the terms of each document, counted where that matters, and how many it has."""
        self._terms, self._documents, self._lengths = terms, documents, lengths
        self.size = len(documents)

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that documents of the store have, each once."""
        return self._terms.weigh(terms)

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        return self._terms.missing_idf()

    def documents(self, item: Weighed) -> Rows:
        """Return the documents that have a term."""
        term = item.term
        return np.asarray([row for row, own in enumerate(self._documents) if term in own], np.int32)

    def score(self, weighed: Sequence[Weighed]) -> Floats:
        """Return the BM25 score of every document for a disjunction of terms, float32 (size,)."""
        scores = np.zeros(self.size, np.float32)
        for item in weighed:
            documents = self.documents(item)
            counts = np.asarray([self._count(row, item.term) for row in documents.tolist()], np.float32)
            scores[documents] += np.float32(item.idf * item.weight) * gains(counts, self._norm[documents])
        return scores

    def score_best(self, group: Sequence[Weighed]) -> Floats:
        """Return for every document the weight of the best term of `group` that it has, float32 (size,)."""
        scores = np.zeros(self.size, np.float32)
        for item in group:
            documents = self.documents(item)
            scores[documents] = np.maximum(scores[documents], np.float32(item.idf * item.weight))
        return scores

    @cached_property
    def _norm(self) -> Floats:
        return self._terms.weights.norm(np.asarray(self._lengths, np.int32))

    def _count(self, row: int, term: str) -> int:
        own = self._documents[row]
        return 1 if isinstance(own, frozenset) else own[term]

"""What whole articles say to a question: a paragraph seldom names the meeting that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from retrieval.question import Question
from retrieval.store import Postings
from retrieval.weights import Weighed

Floats = npt.NDArray[np.float32]


class Context:
    """Weighs the articles of one generation, each as a whole with its headline."""

    def __init__(
        self, owners: npt.NDArray[np.int32], words: Postings, names: Postings, headings: Postings
    ) -> None:
        """Take the article of each passage, the words and names of passages, the words of headlines."""
        self._owners, self._words, self._names, self._headings = owners, words, names, headings

    def weigh(self, asked: Question) -> tuple[Floats, Floats]:
        """Return of each article what share of the question it has, and the weightiest part it lacks.

        Both float32 (articles,), 0 to about 1; the second against a word that no article has.
        """
        shares = np.zeros(self._headings.size, np.float32)
        lacks = np.zeros(self._headings.size, np.float32)
        whole = 1e-6
        for mass, has in self._words_of(asked) if asked.chinese else self._meanings_of(asked):
            shares += np.float32(mass) * has
            lacks = np.maximum(lacks, np.float32(mass) * (1 - has))
            whole += mass
        rarest = self._words.missing_idf()
        if asked.chinese:
            whole = asked.words_mass
            lacks = np.maximum(lacks, np.float32(asked.unknown))
        return shares / np.float32(whole), lacks / np.float32(rarest)

    def _words_of(self, asked: Question) -> Iterator[tuple[float, Floats]]:
        """Yield what each word of the question weighs, and which articles have it."""
        headed = {item.term: item for item in self._headings.weigh(item.term for item in asked.words)}
        for item in asked.words:
            has = self._best([item], self._words)
            if item.term in headed:
                has[self._headings.documents(headed[item.term])] = item.weight
            yield item.idf, has

    def _meanings_of(self, asked: Question) -> Iterator[tuple[float, Floats]]:
        """Yield what each word or name in another language weighs, and how nearly articles have it."""
        for index, groups in ((self._words, asked.near), (self._names, asked.names)):
            for group in groups:
                if group:
                    yield max(item.idf for item in group), self._best(group, index)

    def _best(self, group: list[Weighed], index: Postings) -> Floats:
        best = np.zeros(self._headings.size, np.float32)
        for item in group:
            owners = self._owners[index.documents(item)]
            best[owners] = np.maximum(best[owners], np.float32(item.weight))
        return best

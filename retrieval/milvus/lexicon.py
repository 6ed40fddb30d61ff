"""Words and names of a store with what they weigh: counts of all strata added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from retrieval.lexicon import Expected
from retrieval.milvus.heads import Head
from retrieval.milvus.link import Link
from retrieval.milvus.packing import bucket_of
from retrieval.milvus.records import Records, replaced
from retrieval.store import Floats
from retrieval.weights import Weighed, Weights

_TWICE = 4  # so many times as many words are looked at as are wanted: some are gone, some stand in two strata


class RemoteTerms:
    """The terms of one field over all strata."""

    def __init__(self, field: str, records: Records, heads: Sequence[Head]) -> None:
        """Take the field's name and what serves."""
        self._field, self._records = field, records
        told = ((one.number, one.buckets.get(field, 0)) for head in heads for one in head.strata)
        self._buckets = [(number, count) for number, count in told if count]
        sizes = [head.fields[field] for head in heads]
        size, total = sum(size for size, _ in sizes), sum(total for _, total in sizes)
        self.weights = Weights(size, total / size if size else 1.0)

    def keys(self, terms: Iterable[str]) -> list[str]:
        """Return the keys of the buckets that these terms are in."""
        return [
            f"{number}/{self._field}/{bucket_of(term, count)}"
            for term in terms
            for number, count in self._buckets
        ]

    def known(self, terms: Sequence[str]) -> dict[str, list[list[Any]]]:
        """Return by term what each stratum that has it knows of it."""
        found: dict[str, list[list[Any]]] = {term: [] for term in terms}
        if not found:
            return found
        buckets = self._records.buckets.get(self.keys(found))
        for term, own in found.items():
            for key in self.keys([term]):
                if key not in buckets:
                    raise replaced(self._records.uri)
                if term in buckets[key]:
                    own.append(buckets[key][term])
        return found

    def weigh(self, terms: Iterable[str]) -> list[Weighed]:
        """Return the terms that documents have, each once, with their inverse document frequency."""
        weighed: list[Weighed] = []
        for term, known in self.known(list(dict.fromkeys(terms))).items():
            frequency = sum(each[0] for each in known)
            if frequency > 0:
                usual = next(float(each[1]) for each in known if len(each) > 1)
                weighed.append(Weighed(term, (), self.weights.idf(frequency, usual), 1.0))
        return weighed

    def missing_idf(self) -> float:
        """Return the weight of a term that no document has."""
        return self.weights.missing()

    def unknown_idf(self, share: float) -> float:
        """Return the weight of a term that no document has; `share` is its share of all words elsewhere."""
        return self.weights.unknown(share)


class RemoteLexicon:
    """Words, character pairs and names, fetched in one way a question as a rule."""

    def __init__(self, link: Link, records: Records, heads: Sequence[Head], expression: str) -> None:
        """Take what serves; `expression` is the filter of its strata."""
        self._link, self._records, self._expression = link, records, expression
        self.words, self.bigrams, self.names, self.headings = (
            RemoteTerms(field, records, heads) for field in ("words", "bigrams", "names", "headings")
        )

    def expect(self, terms: Expected) -> None:
        """Fetch what will be asked for. Raises StoreError."""
        words = list(terms.words)
        asked = (
            (self.words, words),
            (self.headings, words),
            (self.bigrams, terms.bigrams),
            (self.names, terms.readings),
        )
        self._records.buckets.get(key for field, own in asked for key in field.keys(own))

    def written_names(self, readings: Iterable[str]) -> list[str]:
        """Return how the articles write what is read so."""
        known = self.names.known(sorted(readings))
        return sorted({name for own in known.values() for each in own if len(each) > 2 for name in each[2]})

    def near(self, vectors: Floats, count: int) -> list[list[tuple[Weighed, float]]]:
        """Return for each vector (n, dim) the `count` words nearest to it with similarities, best first."""
        found = self._link.run(
            "search",
            self._link.name(self._records.epoch, "terms"),
            data=[vector.tolist() for vector in vectors],
            anns_field="vector",
            filter=self._expression,
            limit=_TWICE * count,
            output_fields=["term"],
        )
        near: list[dict[str, float]] = []
        for hits in found:
            own: dict[str, float] = {}
            for hit in hits:
                own.setdefault(hit["entity"]["term"], float(hit["distance"]))
            near.append(own)
        weighed = {item.term: item for item in self.words.weigh(term for own in near for term in own)}
        return [
            [
                (weighed[term], similarity)
                for term, similarity in sorted(own.items(), key=lambda pair: (-pair[1], pair[0]))
                if term in weighed
            ][:count]
            for own in near
        ]

"""A segment of the embedded index read back, passage by passage, to be copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval import article_rows
from retrieval.milvus.packing import Counts, PackedArticle, PackedPassage, Stretch
from retrieval.model import Article
from retrieval.places import Places
from retrieval.postings import open_postings, read_terms
from retrieval.segment_catalog import open_tables
from retrieval.sentences import sentence_spans
from retrieval.storing import load_array
from retrieval.units import UnitStore
from retrieval.vectors import Floats, VectorIndex
from retrieval.vocabulary import TERMS

FIELDS = ("words", "bigrams", "names", "headings")
_AT_ONCE = 256


class SegmentReader:
    """Reads one segment in its order."""

    def __init__(self, folder: Path, dim: int) -> None:
        """Open a segment in `folder` with vectors of `dim` dimensions."""
        self.folder = folder
        self._tables = open_tables(folder)
        self.starts = load_array(folder / "starts.npy")
        self.articles, self.passages = len(self.starts) - 1, int(self.starts[-1])
        self.fields = {field: _Field(folder, field) for field in FIELDS}
        self._units = UnitStore.open([folder], dim, Places.single(self.passages))
        self._paragraphs = VectorIndex.open(folder / "paragraphs.faiss")
        self._sentences = VectorIndex.open(folder / "sentences.faiss")
        self._sentence_owners = load_array(folder / "sentence_owners.npy", mapped=True)
        self._lengths = load_array(folder / "lengths.npy", mapped=True)
        self._dates = load_array(folder / "dates.npy")
        self._mentions: dict[int, list[Stretch]] = {}
        for passage, first, last in load_array(folder / "mentions.npy").tolist():
            self._mentions.setdefault(passage, []).append((first, last))

    def close(self) -> None:
        """Close the tables."""
        self._tables.close()

    def days(self, article: int) -> tuple[Stretch, Stretch]:
        """Return when an article is of, by itself and by its paper."""
        (first, last), (paper_first, paper_last) = self._dates[article].tolist()
        return (first, last), (paper_first, paper_last)

    def mentions(self, article: int) -> list[Stretch]:
        """Return the days that an article's passages name, each once."""
        own = range(int(self.starts[article]), int(self.starts[article + 1]))
        return list(dict.fromkeys(day for passage in own for day in self._mentions.get(passage, ())))

    def vector(self, passage: int) -> Floats:
        """Return the vector of a whole passage, (dim,)."""
        vectors = self._paragraphs.vectors(np.asarray([passage]))
        return np.asarray(vectors[0], np.float32)

    def texts(self) -> list[str]:
        """Return the texts of all passages."""
        return [text for (text,) in self._tables.execute("SELECT text FROM passages ORDER BY number")]

    def owners(self) -> npt.NDArray[np.int64]:
        """Return the article of each passage."""
        return np.repeat(np.arange(self.articles), np.diff(self.starts))

    def packed(self) -> Iterator[PackedPassage]:
        """Yield all passages."""
        find = "SELECT number, paragraph, start, text FROM passages ORDER BY number"
        terms = {field: self.fields[field].by_document() for field in ("words", "bigrams", "names")}
        for number, paragraph, start, text in self._tables.execute(find):
            spans, codes, scales = self._units.of(number)
            yield PackedPassage(
                text,
                paragraph,
                start,
                terms["words"][number],
                int(self.fields["words"].lengths[number]),
                terms["bigrams"][number],
                int(self.fields["bigrams"].lengths[number]),
                frozenset(terms["names"][number]),
                float(self._lengths[number]),
                tuple(self._mentions.get(number, ())),
                max(1, len(sentence_spans(text))),
                self.vector(number),
                spans,
                codes,
                scales,
            )

    def packed_articles(self) -> Iterator[tuple[Article, Sequence[str], PackedArticle]]:
        """Yield all articles with the ids that lead to them as well."""
        columns = ", ".join(article_rows.COLUMNS)
        find = f"SELECT number, {columns} FROM articles ORDER BY number"
        aliases: dict[int, list[str]] = {}
        for name, number in self._tables.execute("SELECT id, article FROM aliases ORDER BY id"):
            aliases.setdefault(number, []).append(name)
        terms = {field: self.fields[field].by_document() for field in ("words", "names", "headings")}
        texts = self.texts()
        for number, *row in self._tables.execute(find):
            article = article_rows.from_row(row)
            own = range(int(self.starts[number]), int(self.starts[number + 1]))
            yield (
                article,
                aliases.get(number, ()),
                PackedArticle(
                    article.id,
                    article.title,
                    article.kicker,
                    str(article.date or ""),
                    article.source,
                    article.url,
                    article.also,
                    own.start,
                    len(own),
                    texts[own.start] if own else "",
                    frozenset(term for passage in own for term in terms["words"][passage]),
                    frozenset(term for passage in own for term in terms["names"][passage]),
                    terms["headings"][number],
                    int(self.fields["headings"].lengths[number]),
                    self.days(number),
                    tuple(self.mentions(number)),
                ),
            )

    def sentences(self) -> Iterator[tuple[int, Floats]]:
        """Yield the passage and the vector of each sentence."""
        for start in range(0, self._sentences.size, _AT_ONCE):
            numbers = np.arange(start, min(start + _AT_ONCE, self._sentences.size))
            vectors = self._sentences.vectors(numbers)
            yield from zip(self._sentence_owners[numbers].tolist(), vectors, strict=True)

    def vocabulary(self) -> Iterator[tuple[int, str, Floats]]:
        """Yield the words that carry a meaning, numbered, with their vectors."""
        index = VectorIndex.open(self.folder / TERMS)
        names = dict(self._tables.execute("SELECT number, term FROM vocabulary"))
        for start in range(0, index.size, _AT_ONCE):
            numbers = np.arange(start, min(start + _AT_ONCE, index.size))
            for number, vector in zip(numbers.tolist(), index.vectors(numbers), strict=True):
                yield number, names[number], vector

    def written(self) -> dict[str, list[str]]:
        """Return by reading how names are written."""
        found: dict[str, list[str]] = {}
        for reading, written in self._tables.execute("SELECT reading, written FROM names"):
            found.setdefault(reading, []).append(written)
        return found


class _Field:
    """The postings of one field."""

    def __init__(self, folder: Path, field: str) -> None:
        _, self._offsets, self._documents, self._counts, self.usual, self.lengths = open_postings(
            folder, field
        )
        self.terms = read_terms(folder, field)

    def frequencies(self) -> list[int]:
        """Return how many documents have each term."""
        return [int(count) for count in np.diff(self._offsets)]

    def by_document(self) -> list[Counts]:
        """Return by document how often it has which terms."""
        found: list[dict[str, int]] = [{} for _ in range(len(self.lengths))]
        for term, start, end in zip(
            self.terms, self._offsets[:-1].tolist(), self._offsets[1:].tolist(), strict=True
        ):
            for document, count in zip(
                self._documents[start:end].tolist(), self._counts[start:end].tolist(), strict=True
            ):
                found[document][term] = count
        return list(found)

    def among(self, documents: npt.NDArray[np.int64]) -> dict[str, int]:
        """Return how many of some documents have each term that any of them has."""
        wanted = np.zeros(len(self.lengths), np.bool_)
        wanted[documents] = True
        kept = wanted[self._documents]
        which = np.repeat(np.arange(len(self.terms)), np.diff(self._offsets))[kept]
        numbers, counts = np.unique(which, return_counts=True)
        return {self.terms[number]: int(count) for number, count in zip(numbers, counts, strict=True)}

    def length_of(self, documents: npt.NDArray[np.int64]) -> int:
        """Return how many terms some documents have together."""
        return int(self.lengths[documents].sum())

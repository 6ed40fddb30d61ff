"""Writing one generation: articles in, all its files out, vectors taken over where they are known."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import xxhash

from embeddings import Encoder, Vectors, encode_spans
from retrieval.catalog import Catalog
from retrieval.centring import centred, common_direction, usual_questions
from retrieval.folding import fold
from retrieval.generation import FORMAT, Manifest
from retrieval.lexical import LexicalIndex
from retrieval.model import Article, Passage
from retrieval.names import name_readings
from retrieval.passages import split_passages
from retrieval.reprints import Merged
from retrieval.scale import Scale
from retrieval.sentences import Span, sentence_spans
from retrieval.terms import bigrams, bridge_terms, usual_share, words
from retrieval.timeline import Timeline
from retrieval.units import Codes, UnitStore, UnitWriter, quantise, unit_spans
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how much is done and how much there is."""

_PASSAGES_AT_ONCE = 32  # some thousand texts for the encoder, a few megabytes
_USUAL_CHARS = 200  # of a paragraph; the logarithm of a passage's length is taken against it
_SAMPLE = 1000  # passages that tell where chance lies
_TERMS_AT_ONCE = 2048

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What a former generation of the same encoder and splitter lends: vectors by the text they stand for."""

    passages: dict[bytes, int]
    terms: dict[str, int]
    paragraph_vectors: VectorIndex
    term_vectors: VectorIndex
    units: UnitStore

    @classmethod
    def open(cls, folder: Path, dim: int) -> Known:
        """Return what the generation in `folder` knows."""
        catalog = Catalog.open(folder)
        passages = {_key(text): number for number, text in catalog.passage_texts()}
        terms = catalog.vocabulary_numbers()
        catalog.close()
        paragraphs, vocabulary = (
            VectorIndex.open(folder / f"{name}.faiss") for name in ("paragraphs", "terms")
        )
        return cls(passages, terms, paragraphs, vocabulary, UnitStore.open(folder, dim))


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a generation."""

    articles: int
    passages: int
    units: int
    terms: int
    encoded: int
    """Passages whose vectors were computed; the others' were taken over."""


def write_generation(
    folder: Path,
    catalog: Catalog,
    merged: Sequence[Merged],
    encoder: Encoder,
    *,
    passage_chars: int,
    known: Known | None,
    progress: Progress,
) -> Written:
    """Write the files of a generation that holds `merged` articles."""
    passages: list[Passage] = []
    owners: list[int] = []
    told: list[tuple[Article, list[str]]] = []
    hidden = len(merged)
    for number, item in enumerate(merged):
        article = item.article
        catalog.add_article(number, article, item.newest, number)
        for reprint in item.others:
            catalog.add_article(hidden, reprint.article, reprint, number)
            hidden += 1
        own = split_passages(article, passage_chars)
        catalog.add_passages(number, len(passages), own)
        passages += own
        owners += [number] * len(own)
        told.append((article, [passage.text for passage in own]))
    np.save(
        folder / "lengths.npy", np.log([max(len(p.text), 1) / _USUAL_CHARS for p in passages]).astype("f4")
    )
    np.save(folder / "owners.npy", np.asarray(owners, np.int32))
    Timeline.write(folder, told)
    questions = usual_questions(encoder)
    common = common_direction(questions)
    np.save(folder / "common.npy", common)
    units, encoded = _write_vectors(folder, [p.text for p in passages], encoder, known, progress)
    _write_scale(folder, centred(questions, common))
    terms = _write_lexical(folder, catalog, [item.article for item in merged], passages, progress)
    vocabulary = sorted(set(bridge_terms(terms)))
    catalog.add_vocabulary(vocabulary)
    _write_terms(folder, vocabulary, encoder, known, progress)
    return Written(len(merged), len(passages), units, len(vocabulary), encoded)


def describe_generation(
    number: int, model: str, encoder: Encoder, passage_chars: int, counts: Written
) -> Manifest:
    """Return the manifest of what was written, but for its files."""
    packages = ("huiwen", "faiss-cpu", "numpy", "rjieba", "opencc")
    return Manifest(
        format=FORMAT,
        generation=number,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        model=model,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        passage_chars=passage_chars,
        counts={
            "articles": counts.articles,
            "passages": counts.passages,
            "units": counts.units,
            "terms": counts.terms,
        },
        versions={"python": platform.python_version(), **{name: version(name) for name in packages}},
        files={},
    )


def _write_scale(folder: Path, questions: Vectors) -> None:
    paragraphs = VectorIndex.open(folder / "paragraphs.faiss")
    step = max(1, paragraphs.size // _SAMPLE)
    scale = Scale.measure(questions, paragraphs.vectors(np.arange(0, paragraphs.size, step)))
    np.save(folder / "scale.npy", np.asarray([scale.mean, scale.deviation], np.float32))


def _write_vectors(
    folder: Path, texts: Sequence[str], encoder: Encoder, known: Known | None, progress: Progress
) -> tuple[int, int]:
    paragraphs = VectorIndex.empty(encoder.dim, half=True)
    sentences = VectorIndex.empty(encoder.dim, half=True)
    sentence_owners: list[int] = []
    writer = UnitWriter(folder, encoder.dim)
    units = encoded = done = 0
    for batch in _batches(texts, _PASSAGES_AT_ONCE):
        fresh = [text for text in dict.fromkeys(batch) if known is None or _key(text) not in known.passages]
        computed = _encode(fresh, encoder)
        encoded += len(fresh)
        for text in batch:
            vector, spans, codes, scales = computed[text] if text in computed else _recall(text, known)
            paragraphs.add(vector[None, :])
            writer.add(spans, codes, scales)
            count = max(1, len(sentence_spans(text)))  # sentences come first among the units
            sentences.add(codes[:count] * scales[:count, None])
            sentence_owners += [done] * count
            units += len(spans)
            done += 1
        progress("passages", done, len(texts))
    writer.close()
    paragraphs.write(folder / "paragraphs.faiss")
    sentences.write(folder / "sentences.faiss")
    np.save(folder / "sentence_owners.npy", np.asarray(sentence_owners, np.int32))
    return units, encoded


_Vectorised = tuple[Vectors, list[Span], Codes, Vectors]


def _encode(texts: Sequence[str], encoder: Encoder) -> dict[str, _Vectorised]:
    spans = [unit_spans(text) for text in texts]
    segmented = [_segments(text, own) for text, own in zip(texts, spans, strict=True)]
    vectors = encode_spans(
        encoder, [segments for segments, _ in segmented], [parts for _, parts in segmented]
    )
    return {
        text: (own_vectors[0], own, *quantise(own_vectors[1:]))
        for text, own, own_vectors in zip(texts, spans, vectors, strict=True)
    }


def _segments(text: str, spans: Sequence[Span]) -> tuple[list[str], list[Span]]:
    """Return `text`, folded, cut at every edge of a span, and the spans as ranges of these segments."""
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    place = {edge: number for number, edge in enumerate(edges)}
    segments = [fold(text[start:end]) for start, end in pairwise(edges)]
    return segments, [(place[start], place[end]) for start, end in spans]


def _recall(text: str, known: Known | None) -> _Vectorised:
    assert known is not None
    number = known.passages[_key(text)]
    return known.paragraph_vectors.vectors(np.asarray([number]))[0], *known.units.of(number)


def _write_lexical(
    folder: Path,
    catalog: Catalog,
    articles: Sequence[Article],
    passages: Sequence[Passage],
    progress: Progress,
) -> set[str]:
    texts = [passage.text for passage in passages]
    segmented = [words(text) for text in texts]
    progress("words", len(texts), len(texts))
    connection = catalog.connection
    LexicalIndex.write(folder, connection, "words", segmented, usual_share)
    LexicalIndex.write(folder, connection, "bigrams", map(bigrams, texts), usual_share)
    names = list(map(name_readings, texts, segmented))
    readings = (list(dict.fromkeys(reading for _, reading in own)) for own in names)
    LexicalIndex.write(folder, connection, "names", readings)
    catalog.add_names({pair for own in names for pair in own})
    headings = (f"{article.kicker}\n{article.title}" for article in articles)
    LexicalIndex.write(folder, connection, "headings", map(words, headings), usual_share)
    return {term for text in segmented for term in text}


def _write_terms(
    folder: Path, vocabulary: Sequence[str], encoder: Encoder, known: Known | None, progress: Progress
) -> None:
    index = VectorIndex.empty(encoder.dim, half=True)
    done = 0
    for batch in _batches(vocabulary, _TERMS_AT_ONCE):
        fresh = [term for term in batch if known is None or term not in known.terms]
        computed = dict(zip(fresh, encoder.encode_passages(fresh), strict=True))
        old = [term for term in batch if term not in computed]
        if known is not None and old:
            numbers = np.asarray([known.terms[term] for term in old])
            computed.update(zip(old, known.term_vectors.vectors(numbers), strict=True))
        index.add(np.stack([computed[term] for term in batch]))
        done += len(batch)
        progress("terms", done, len(vocabulary))
    index.write(folder / "terms.faiss")


def _key(text: str) -> bytes:
    return xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch

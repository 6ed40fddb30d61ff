"""Writing one segment: articles in, all its files out, vectors taken over where they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from embeddings import Encoder, Vectors, encode_spans
from retrieval.folding import fold
from retrieval.inheritance import Inheritance, Origin
from retrieval.known import KEYS, Known, PassageVectors, text_keys
from retrieval.model import Article, Passage
from retrieval.passages import split_passages
from retrieval.postings import write_postings
from retrieval.segment_catalog import FILE_NAME, CatalogWriter
from retrieval.sentences import Span, sentence_spans
from retrieval.storing import naming_table, save_array
from retrieval.terms import bridge_terms
from retrieval.timeline import Timeline
from retrieval.units import UnitWriter, quantise, unit_spans
from retrieval.vectors import VectorIndex
from retrieval.vocabulary import TERMS
from retrieval.wording import Wording, Wordings

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how much is done and how much there is."""

_PASSAGES_AT_ONCE = 32  # some thousand texts for the encoder, a few megabytes
_USUAL_CHARS = 200  # of a paragraph; the logarithm of a passage's length is taken against it
_TERMS_AT_ONCE = 2048

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Indexed:
    """An article as it is indexed."""

    article: Article
    aliases: tuple[str, ...]
    """Other ids that lead to it."""
    key: bytes
    """What is the same for the same article."""
    origin: Origin | None = None
    """Where it is already, made in the same way."""


def write_segment(
    folder: Path,
    articles: Sequence[Indexed],
    encoder: Encoder,
    known: Known,
    wordings: Wordings,
    passage_chars: int,
    progress: Progress,
) -> int:
    """Write the files of a segment that holds these articles; return how many passages were encoded."""
    passages: list[Passage] = []
    starts = [0]
    told: list[tuple[Article, list[str]]] = []
    with naming_table(folder / FILE_NAME), closing(CatalogWriter(folder)) as catalog:
        for number, item in enumerate(articles):
            catalog.add_article(number, item.key, item.article, item.aliases)
            own = split_passages(item.article, passage_chars)
            catalog.add_passages(number, len(passages), own)
            passages += own
            starts.append(len(passages))
            told.append((item.article, [passage.text for passage in own]))
        firsts, texts = np.asarray(starts, np.int64), [passage.text for passage in passages]
        keys = text_keys(texts)
        save_array(folder / "starts.npy", firsts)
        save_array(folder / KEYS, keys)
        lengths = np.log([max(len(text), 1) / _USUAL_CHARS for text in texts])
        save_array(folder / "lengths.npy", lengths.astype(np.float32))
        taken = Inheritance([item.origin for item in articles], firsts, keys)
        worded = _begin_wording(wordings, texts, [item.article for item in articles], taken)
        encoded = _write_vectors(folder, texts, encoder, known, progress)
        Timeline.write(folder, told, taken)
        terms = _write_lexical(folder, catalog, worded.result(), taken)
        progress("words", len(texts), len(texts))
        vocabulary = sorted(bridge_terms(terms))
        catalog.add_vocabulary(vocabulary)
        _write_terms(folder, vocabulary, encoder, known, progress)
    return encoded


def _write_vectors(
    folder: Path, texts: Sequence[str], encoder: Encoder, known: Known, progress: Progress
) -> int:
    paragraphs = VectorIndex.empty(encoder.dim, half=True)
    sentences = VectorIndex.empty(encoder.dim, half=True)
    sentence_owners: list[int] = []
    encoded = done = 0
    with UnitWriter(folder, encoder.dim) as writer:
        for batch in _batches(texts, _PASSAGES_AT_ONCE):
            vectors = known.passages(batch)
            fresh = [text for text in dict.fromkeys(batch) if text not in vectors]
            computed = dict(zip(fresh, _encode(fresh, encoder), strict=True))
            known.remember(computed)
            vectors.update(computed)
            encoded += len(fresh)
            paragraphs.add(np.stack([vectors[text].whole for text in batch]))
            spoken: list[Vectors] = []
            for text in batch:
                _, spans, codes, scales = vectors[text]
                writer.add(spans, codes, scales)
                count = max(1, len(sentence_spans(text)))  # sentences come first among the units
                spoken.append(codes[:count] * scales[:count, None])
                sentence_owners += [done] * count
                done += 1
            sentences.add(np.concatenate(spoken))
            progress("passages", done, len(texts))
    paragraphs.write(folder / "paragraphs.faiss")
    sentences.write(folder / "sentences.faiss")
    save_array(folder / "sentence_owners.npy", np.asarray(sentence_owners, np.int32))
    return encoded


def _encode(texts: Sequence[str], encoder: Encoder) -> list[PassageVectors]:
    spans = [unit_spans(text) for text in texts]
    segmented = [_segments(text, own) for text, own in zip(texts, spans, strict=True)]
    vectors = encode_spans(
        encoder, [segments for segments, _ in segmented], [parts for _, parts in segmented]
    )
    return [
        PassageVectors(own_vectors[0], own, *quantise(own_vectors[1:]))
        for own, own_vectors in zip(spans, vectors, strict=True)
    ]


def _segments(text: str, spans: Sequence[Span]) -> tuple[list[str], list[Span]]:
    """Return `text`, folded, cut at every edge of a span, and the spans as ranges of these segments."""
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    place = {edge: number for number, edge in enumerate(edges)}
    segments = [fold(text[start:end]) for start, end in pairwise(edges)]
    return segments, [(place[start], place[end]) for start, end in spans]


def _begin_wording(
    wordings: Wordings, texts: Sequence[str], articles: Sequence[Article], taken: Inheritance
) -> Future[Wording]:
    """Begin to word what is not taken over."""
    own = [text for text, old in zip(texts, taken.passages.tolist(), strict=True) if not old]
    headings = [
        f"{article.kicker}\n{article.title}"
        for article, old in zip(articles, taken.articles.tolist(), strict=True)
        if not old
    ]
    return wordings.begin(own, headings)


def _write_lexical(folder: Path, catalog: CatalogWriter, worded: Wording, taken: Inheritance) -> list[str]:
    """Write the indexes of all fields; return the words."""
    own, size = np.flatnonzero(~taken.passages), len(taken.passages)
    terms = write_postings(folder, "words", worded.words, own, size, taken.postings("words"))
    write_postings(folder, "bigrams", worded.bigrams, own, size, taken.postings("bigrams"))
    read = set(write_postings(folder, "names", worded.names, own, size, taken.postings("names")))
    catalog.add_names({*worded.named, *(pair for pair in taken.names() if pair[1] in read)})
    own, size = np.flatnonzero(~taken.articles), len(taken.articles)
    headings = taken.postings("headings", of_articles=True)
    write_postings(folder, "headings", worded.headings, own, size, headings)
    return terms


def _write_terms(
    folder: Path, vocabulary: Sequence[str], encoder: Encoder, known: Known, progress: Progress
) -> None:
    index = VectorIndex.empty(encoder.dim, half=True)
    done = 0
    for batch in _batches(vocabulary, _TERMS_AT_ONCE):
        index.add(known.terms(batch, encoder))
        done += len(batch)
        progress("terms", done, len(vocabulary))
    index.write(folder / TERMS)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch

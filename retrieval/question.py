"""A question in the forms in which it is compared with passages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from embeddings import Encoder
from retrieval.centring import centred
from retrieval.folding import fold
from retrieval.fusion import FITTED_SCALE
from retrieval.glossary import known_meanings
from retrieval.kinds import Kind, wanted_kind
from retrieval.lexicon import Expected, Lexicon, Terms
from retrieval.names import name_groups
from retrieval.scale import Scale
from retrieval.statements import Statement, wanted_statement
from retrieval.terms import bigrams, foreign_words, is_chinese, usual_share, words
from retrieval.weights import Weighed

_MOST_CHARS = 2000  # of a question; what follows no longer changes its meaning
_MOST_MEANINGS = 4096  # words whose meanings are kept, some ten megabytes
_NEAR_WORDS = 15  # index words nearest to a foreign one
_NEAR_LEAST = 0.4  # similarity below which two words mean different things

Floats = npt.NDArray[np.float32]


class Question(NamedTuple):
    """What is known of a question before any passage is looked at."""

    text: str
    chinese: bool
    vector: Floats
    """Unit vector, float32 (dim,)."""
    words: list[Weighed]
    words_mass: float
    """What all its words would weigh together, those that no passage has included."""
    unknown: float
    """What the weightiest of its words that no passage has would weigh."""
    bigrams: list[Weighed]
    bigrams_mass: float
    foreign: list[str]
    """The words of a question in another language that carry a meaning."""
    near: list[list[Weighed]]
    """For each of these, the articles' words near to it in meaning."""
    names: list[list[Weighed]]
    """For each name in Latin letters, the readings of it that the articles have."""
    written: list[str]
    """These names as the articles write them."""
    kind: Kind | None
    """The kind of answer it wants."""
    statement: Statement | None
    """Whose words it asks for."""


class Interpreter:
    """Reads questions against the words, names and vocabulary of one generation."""

    def __init__(self, encoder: Encoder, common: Floats, lexicon: Lexicon, scale: Scale) -> None:
        """Take the encoder, what all questions have in common, and the words that the generation has."""
        self._encoder, self._common, self._lexicon, self._scale = encoder, common, lexicon, scale
        self._words, self._bigrams, self._names = lexicon.words, lexicon.bigrams, lexicon.names
        self._meanings: dict[str, list[Weighed]] = {}
        """Of words that were asked before: "meeting" comes again and again."""

    def read(self, text: str, vector: Floats | None = None) -> Question:
        """Return what `text` asks; `vector` (dim,) is as the encoder made it, where that is known."""
        text = text[:_MOST_CHARS]
        folded = fold(text)
        chinese = is_chinese(folded)
        own_words, own_bigrams = list(dict.fromkeys(words(text))), list(dict.fromkeys(bigrams(text)))
        foreign = [] if chinese else foreign_words(text)
        groups = name_groups(text)
        self._expect(own_words, own_bigrams, foreign, groups)
        known_words, known_bigrams = self._words.weigh(own_words), self._bigrams.weigh(own_bigrams)
        found = {item.term for item in known_words}
        # Only Chinese words have a share that is worth loading the segmenter's dictionary for.
        unknown = [
            self._words.unknown_idf(usual_share(term) if is_chinese(term) else 0.0)
            for term in own_words
            if term not in found
        ]
        known = self._meanings
        if len(known) > _MOST_MEANINGS:
            known = self._meanings = {}
        names = [self._names.weigh(readings) for readings in groups]
        readings = {item.term for group in names for item in group}
        written = self._lexicon.written_names(readings)
        spelt = {word: self._so_read(word, readings) for word in foreign}
        new = [word for word in foreign if not spelt[word] and word not in known]
        # One call for all: the question itself, then each of its words.
        if vector is not None and not new:
            vectors = vector[None, :]
        else:
            vectors = self._encoder.encode_queries([folded, *new])
        known.update(self._meanings_of(new, vectors[1:]))
        return Question(
            text=text,
            chinese=chinese,
            vector=centred(vectors[:1], self._common)[0],
            words=known_words,
            words_mass=max(sum(item.idf for item in known_words) + sum(unknown), 1e-6),
            unknown=max(unknown, default=0.0),
            bigrams=known_bigrams,
            bigrams_mass=_mass(self._bigrams, own_bigrams, known_bigrams),
            foreign=foreign,
            near=[spelt[word] or known[word] for word in foreign],
            names=names,
            written=written,
            kind=wanted_kind(text),
            statement=wanted_statement(text, written),
        )

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return questions as the encoder makes them, unit vectors (n, dim)."""
        return self._encoder.encode_queries([fold(text) for text in texts])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return what is compared with passages for each of these questions, unit vectors (n, dim)."""
        return centred(self._encoder.encode_queries(texts), self._common)

    def _expect(
        self,
        own: Sequence[str],
        pairs: Sequence[str],
        foreign: Sequence[str],
        groups: Sequence[Sequence[str]],
    ) -> None:
        meanings = (meaning for word in foreign for meaning in known_meanings(word))
        readings = (reading for group in groups for reading in group)
        self._lexicon.expect(Expected(chain(own, meanings), pairs, readings))

    def _meanings_of(self, new: Sequence[str], vectors: Floats) -> dict[str, list[Weighed]]:
        """Return the articles' words that words in another language may mean; vectors are (len(new), dim)."""
        meant = {word: self._words.weigh(known_meanings(word)) for word in new}
        rest = [at for at, word in enumerate(new) if not meant[word]]
        if rest:
            found = self._lexicon.near(vectors[rest], _NEAR_WORDS)
            meant.update((new[at], self._near(near)) for at, near in zip(rest, found, strict=True))
        return meant

    def _so_read(self, word: str, names: set[str]) -> list[Weighed]:
        """Return the articles' words that a name in Latin letters spells: for Xiangshui 响水, also 香水.

        What is all capitals is an abbreviation as a rule.
        """
        spelt = "" if word.isupper() else word.casefold()
        return self._words.weigh(self._lexicon.written_names([spelt])) if spelt in names else []

    def _near(self, found: Sequence[tuple[Weighed, float]]) -> list[Weighed]:
        raw = np.asarray([similarity for _, similarity in found], np.float32)
        similarities = np.minimum(self._scale.told_on(FITTED_SCALE, raw), 1)
        near = [
            item._replace(weight=float(similarity) ** 2)
            for (item, _), similarity in zip(found, similarities, strict=True)
            if similarity >= _NEAR_LEAST
        ]
        # A rare word that is only near must not count for more than the usual one that is meant.
        mean = sum(item.idf * item.weight for item in near) / max(sum(item.weight for item in near), 1e-6)
        return [item._replace(idf=min(item.idf, mean)) for item in near]


def _mass(index: Terms, terms: list[str], known: list[Weighed]) -> float:
    unknown = len(terms) - len(known)
    return max(sum(item.idf for item in known) + unknown * index.missing_idf(), 1e-6)

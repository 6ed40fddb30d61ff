"""What can be told of how an answer came about: data alone, made by `retrieval.explaining`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What one feature of a passage adds to its score."""

    feature: str
    value: float
    weight: float
    contribution: float
    """Value times weight."""


@dataclass(frozen=True, slots=True)
class HitExplanation:
    """Why a passage stands where it does."""

    fusion: float
    """The sum of its shares: its score, unless a reranker has ordered the answer."""
    shares: tuple[Share, ...]
    """The greatest contribution first."""
    reranker: float | None = None
    """What the reranker gives it; None where there is none or it came too late in the order."""
    rank_before: int | None = None
    """Where it stood before the reranker, from 1."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the articles that the question was found to mean."""

    term: str
    idf: float
    similarity: float = 1.0
    """To the word that was asked, in meaning; 1 for the word itself."""


@dataclass(frozen=True, slots=True)
class NearWords:
    """A word of a question in another language, and what it may be in the articles' words."""

    word: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class QuestionExplanation:
    """What a question was understood as, and when it counts as answered."""

    chinese: bool
    words: tuple[Term, ...]
    """Those that the articles have, the rarest first."""
    unknown: tuple[str, ...]
    """Those that they do not have."""
    near: tuple[NearWords, ...]
    names: tuple[str, ...]
    """Names that were met by pinyin, as the articles write them."""
    kind: str
    """The kind of answer that is wanted, as of `kinds`; empty where it is none of these."""
    confidence: float
    threshold: float

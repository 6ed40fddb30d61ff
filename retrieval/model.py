"""The nouns of the project: articles and passages going in, answers and hits coming out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.explanation import HitExplanation, QuestionExplanation


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date as far as it is known; newspapers often print month and day only."""

    year: int | None
    month: int | None
    day: int | None
    origin: str = "record"
    """Where it was read: "record", "dateline", "masthead", "page" (what a web page says for machines),
    "file name", "metadata", or "inferred" for a year taken from elsewhere."""

    def __str__(self) -> str:
        """Return ISO 8601: 2019-11-20, 2019-11, 2019, or --11-20 while the year is unknown."""
        year = f"{self.year:04d}" if self.year is not None else "-"
        return "-".join([year] + [f"{part:02d}" for part in (self.month, self.day) if part is not None])

    @classmethod
    def parse(cls, text: str, origin: str) -> PartialDate:
        """Return the date that `str` made `text` of."""
        unknown = text.startswith("-")
        parts = [int(part) for part in text.split("-") if part]
        year, *rest = [None, *parts] if unknown else parts
        month, day = [*rest, None, None][:2]
        return cls(year, month, day, origin)


@dataclass(frozen=True, slots=True)
class Article:
    """One newspaper article as its readers would tell it apart from the rest of the page."""

    id: str
    title: str
    kicker: str
    paragraphs: tuple[str, ...]
    date: PartialDate | None
    source: str
    """Paper or file name, as shown beneath an answer."""
    url: str = ""
    published: PartialDate | None = None
    """When it was in the paper, where that is known; `date` may be that of what it reports."""
    also: tuple[str, ...] = ()
    """The other papers or files that have it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one paragraph: what is found and shown. Most paragraphs are one passage."""

    article_id: str
    paragraph: int
    """1-based number of the paragraph within its article."""
    start: int
    """Offset of the passage in its paragraph, in characters."""
    text: str


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """What an answer says about the article a hit comes from."""

    id: str
    title: str
    date: str
    """ISO 8601 as far as known (see PartialDate), empty when unknown."""
    source: str
    kicker: str = ""
    url: str = ""
    also: tuple[str, ...] = ()
    """The other papers or files that have the article."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage of an answer."""

    rank: int
    """1 is the best."""
    score: float
    """Comparable within one answer only; higher is better."""
    article: ArticleRef
    paragraph: int
    """1-based number of the paragraph within its article."""
    text: str
    highlight: tuple[int, int]
    """Half-open range of characters in `text`: the sentence that answers best, or the best part of a very
    long one."""
    before: tuple[str, ...] = ()
    """What stands before it in its article, where that was asked for: the last paragraph is the nearest."""
    after: tuple[str, ...] = ()
    explanation: HitExplanation | None = None
    """Where that was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question; `hits` is filled even where `answered` is false."""

    question: str
    answered: bool
    confidence: float
    """0 to 1."""
    generation: int
    took_ms: float
    hits: tuple[Hit, ...]
    follows: ArticleRef | None = None
    """The article that was being talked of, where the question was read as going on about it."""
    explanation: QuestionExplanation | None = None
    """Where that was asked for."""
    searched: str = ""
    """The time that passages were limited to, as in 2019-11-20 or 2023-01-01..; empty where to none."""
    undated: bool = False
    """Whether nothing is known to be of that time, so that the hits are of articles without a date."""
    impossible: str = ""
    """What the question writes like a date and is none, as in 2月30日; there are no hits then."""

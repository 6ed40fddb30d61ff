"""Articles as rows of a table, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import xxhash

from retrieval.model import Article, PartialDate

COLUMNS = (
    "id",
    "title",
    "kicker",
    "date",
    "date_origin",
    "published",
    "published_origin",
    "source",
    "url",
    "also",
    "paragraphs",
)
DECLARED = ", ".join(f"{column} TEXT NOT NULL" for column in COLUMNS)

Row = tuple[str, ...]
"""The values of COLUMNS."""


def to_row(article: Article) -> Row:
    """Return an article as a row."""
    return (
        article.id,
        article.title,
        article.kicker,
        *_date_columns(article.date),
        *_date_columns(article.published),
        article.source,
        article.url,
        json.dumps(article.also, ensure_ascii=False),
        json.dumps(article.paragraphs, ensure_ascii=False),
    )


def content_of(article: Article) -> bytes:
    """Return what is the same for the same article whatever its id and whoever else has it, 16 bytes."""
    row = dict(zip(COLUMNS, to_row(article), strict=True))
    said = "\x1f".join(value for column, value in row.items() if column not in ("id", "also"))
    return xxhash.xxh3_128_digest(said.encode("utf-8", "surrogatepass"))


def from_row(row: Sequence[str]) -> Article:
    """Return the article of a row."""
    article_id, title, kicker, date, origin, published, its_origin, source, url, also, paragraphs = row
    return Article(
        id=article_id,
        title=title,
        kicker=kicker,
        paragraphs=tuple(json.loads(paragraphs)),
        date=date_of(date, origin),
        source=source,
        url=url,
        published=date_of(published, its_origin),
        also=tuple(json.loads(also)) if also != "[]" else (),  # as nearly always
    )


@cache  # the articles of an archive share a few thousand dates
def date_of(text: str, origin: str) -> PartialDate | None:
    """Return the date of a row's two columns for it."""
    return PartialDate.parse(text, origin) if text else None


def _date_columns(date: PartialDate | None) -> tuple[str, str]:
    return (str(date), date.origin) if date else ("", "")

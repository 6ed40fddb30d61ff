"""Articles as rows of a table, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence

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


def from_row(row: Sequence[str]) -> Article:
    """Return the article of a row."""
    article_id, title, kicker, date, origin, published, its_origin, source, url, also, paragraphs = row
    return Article(
        id=article_id,
        title=title,
        kicker=kicker,
        paragraphs=tuple(json.loads(paragraphs)),
        date=_date(date, origin),
        source=source,
        url=url,
        published=_date(published, its_origin),
        also=tuple(json.loads(also)) if also != "[]" else (),  # as nearly always
    )


def _date_columns(date: PartialDate | None) -> tuple[str, str]:
    return (str(date), date.origin) if date else ("", "")


def _date(text: str, origin: str) -> PartialDate | None:
    return PartialDate.parse(text, origin) if text else None

"""What every format of file comes to: drafts of articles, and what the file says about them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.dates import date_from_dateline, date_from_name, merge_dates
from retrieval.model import Article, PartialDate
from retrieval.reading.identity import article_id, folded
from retrieval.reading.reflow import Draft


@dataclass(frozen=True, slots=True)
class Document:
    """One file of articles, read."""

    drafts: Sequence[Draft]
    published: PartialDate | None = None
    """As the document itself says: in its masthead or for machines."""
    made: PartialDate | None = None
    """When its program made it: for want of anything better."""
    source: str = ""
    """The paper or site, where the document names it."""
    url: str = ""


def articles_of(document: Document, name: str) -> Iterator[Article]:
    """Yield the articles of a document that is called `name`."""
    # the date that the document itself says is surer than one in a file name
    known = document.published or date_from_name(name) or document.made
    for draft in document.drafts:
        identity = article_id(draft.title, draft.paragraphs)
        yield article(identity, draft, None, known, document.source or name, document.url)


def article(
    identity: str, draft: Draft, record: PartialDate | None, known: PartialDate | None, source: str, url: str
) -> Article:
    """Return a draft with an id and dates: `record` is its own, `known` that of the file it stands in."""
    dateline = date_from_dateline(draft.paragraphs[0]) if draft.paragraphs else None
    date = merge_dates(record, dateline, known)
    return Article(
        id=identity,
        title=draft.title,
        kicker=draft.kicker,
        paragraphs=draft.paragraphs,
        date=date,
        source=source,
        url=url,
        published=record or known,
    )


def titled(drafts: Sequence[Draft], title: str, kicker: str = "") -> Draft:
    """Return the one article of a document whose headline is known.

    What looked like a headline inside the text is text: of the document's own, only what `title` says goes.
    Without a `title` that of the first draft is taken.
    """
    first, *rest = drafts
    paragraphs = list(first.paragraphs)
    if first.title and title and folded(first.title) != folded(title):
        paragraphs.insert(0, first.title)
    for draft in rest:
        paragraphs += [part for part in (draft.kicker, draft.title, *draft.paragraphs) if part]
    own = title or first.title
    if len(paragraphs) > 1 and folded(paragraphs[0]) == folded(own):
        del paragraphs[0]
    return Draft(own, kicker or first.kicker, tuple(paragraphs) or (own,))

"""Reprints: the same article in several files or papers is one article with several sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import xxhash

from retrieval.dates import date_range, days_between
from retrieval.model import Article
from retrieval.reading import article_id, has_own_ids
from retrieval.reading.identity import folded
from retrieval.signatures import Hashes, Signature, alike, runs, signature, similarity
from retrieval.sources import Found, Problem

_SAME = 0.8  # share of common runs of letters from which two texts are one, with corrections
_OTHER = 0.5  # below it two texts of one id are not even versions of each other
_DAYS = 7  # between a report and its reprint; what comes again later, every year say, is another event


@dataclass(frozen=True, slots=True)
class Merged:
    """The article that stands for itself and its reprints."""

    id: str
    also: tuple[str, ...]
    """The other papers or files that have it."""
    newest: Found
    """The one whose text it has."""
    others: tuple[Found, ...]
    """Its reprints and older versions, oldest first."""

    @property
    def article(self) -> Article:
        """Return it as it is shown."""
        return replace(self.newest.article, id=self.id, also=self.also)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Return the other ids that lead to it, those of its reprints and its own in its file, sorted."""
        return tuple(sorted({item.id for item in (self.newest, *self.others)} - {self.id}))

    @property
    def key(self) -> bytes:
        """Return what is the same for the same article, shown in the same way and led to by the same ids."""
        said = json.dumps([self.newest.content.hex(), self.id, self.also, self.aliases])
        return xxhash.xxh3_128_digest(said.encode())


def signature_of(article: Article) -> Signature:
    """Return what an article is compared by."""
    return signature(_runs(article))


def merge_reprints(found: Sequence[Found]) -> tuple[list[Merged], list[Problem]]:
    """Return the articles of all files, reprints merged, and what is amiss with their ids.

    The newest text counts, the oldest id stays: a corrected reprint replaces its original. The result depends
    on the files alone, not on the order in which they came.
    """
    merged: list[Merged] = []
    problems: list[Problem] = []
    taken: set[str] = set()
    for group in _groups(found):
        oldest_first = sorted(group, key=_age) if len(group) > 1 else group
        newest = oldest_first[-1]
        identity = _identity(oldest_first, taken)
        taken.add(identity)
        sources = dict.fromkeys(item.source for item in oldest_first)
        also = tuple(source for source in sources if source != newest.source)
        others = tuple(item for item in oldest_first if item is not newest)
        merged.append(Merged(identity, also, newest, others))
        problems += _clashes(newest, others)
    return merged, problems


def _groups(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield what is the same article, in the order of each group's first."""
    leader = list(range(len(found)))

    def lead(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    def join(one: int, other: int) -> None:
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first

    own: dict[str, int] = {}
    for place, item in enumerate(found):
        if _has_own_id(item):
            join(own.setdefault(item.id, place), place)
    hashes: dict[int, Hashes] = {}
    for pair in alike([item.signature for item in found]):
        one, other = (found[place] for place in pair)
        if lead(pair[0]) != lead(pair[1]) and _one_event(one, other):
            for place in pair:
                if place not in hashes:
                    hashes[place] = _runs(found[place].article)
            if similarity(hashes[pair[0]], hashes[pair[1]]) >= _SAME:
                join(*pair)
    groups: dict[int, list[Found]] = {}
    for place, item in enumerate(found):
        groups.setdefault(lead(place), []).append(item)
    yield from groups.values()


def _one_event(one: Found, other: Found) -> bool:
    """Return whether two articles may report the same, by their dates."""
    reported = days_between(one.date, other.date)
    printed = days_between(one.published, other.published)
    return (reported is None or reported <= _DAYS) and (printed is None or printed <= _DAYS)


def _runs(article: Article) -> Hashes:
    return runs(folded("".join(article.paragraphs)))


def _age(item: Found) -> tuple[int, int, str, int]:
    """Return what sorts articles from the oldest to the newest, as far as is known."""
    first_day, _ = date_range(item.published or item.date)
    return first_day, item.file.modified, item.file.path, item.place


def _identity(oldest_first: Sequence[Found], taken: set[str]) -> str:
    """Return the id of the oldest, before all of one that brought its own."""
    for item in oldest_first:
        if _has_own_id(item) and item.id not in taken:
            return item.id
    if not _has_own_id(oldest_first[0]) and oldest_first[0].id not in taken:
        return oldest_first[0].id
    oldest, copy = oldest_first[0].article, 0
    while (identity := article_id(oldest.title, oldest.paragraphs, copy)) in taken:
        copy += 1
    return identity


def _clashes(newest: Found, others: Sequence[Found]) -> Iterator[Problem]:
    for other in others:
        of_one_id = other.id == newest.id and _has_own_id(other)
        if of_one_id and similarity(_runs(other.article), _runs(newest.article)) < _OTHER:
            here = f"article {other.id} is another one here than in {newest.file.name}"
            yield Problem(other.file.name, f"{here}, which is newer: left out; give one of them another id")


def _has_own_id(item: Found) -> bool:
    return has_own_ids(item.file.path)

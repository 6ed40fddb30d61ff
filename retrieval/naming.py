"""What a question asks of an article that it names: 警示教育大会以什么形式召开？ names one, asks for a form.

The paragraph that answers seldom repeats the name of its meeting; the headline has it. So for an article
whose headline has what the question names, the rest of the question is what its paragraphs are held against.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from retrieval.folding import fold
from retrieval.question import Question
from retrieval.terms import Folded

_LEAST = 0.2  # share of a question that a name must have; 会议 alone is none
_LEAD = 200  # characters of a first paragraph in which a report says what it is about
_LEAST_LEFT = 0.1  # share of it that must be left to ask


class Named(NamedTuple):
    """An article that a question names."""

    article: int
    terms: frozenset[str]
    """The words and character pairs of the question that are in its name."""
    groups: frozenset[int]
    """Which words of a question in another language are in its name by their meaning."""
    rest: str
    """The question without them."""


def named_articles(asked: Question, beginnings: Mapping[int, tuple[str, str]]) -> list[Named]:
    """Return those of the articles that the question names.

    Of each, by its number, the headline and the first paragraph are given: what both say is its name.
    """
    read = _read_chinese if asked.chinese else _read_foreign
    found = (read(asked, number, _Name(*beginning)) for number, beginning in beginnings.items())
    return [named for named in found if named is not None]


class _Name:
    def __init__(self, headline: str, lead: str) -> None:
        self._headline, self._lead = Folded(headline), lead[:_LEAD]
        self._folded: Folded | None = None

    def has(self, term: str) -> bool:
        if not self._headline.has(term):
            return False
        if self._folded is None:
            self._folded = Folded(self._lead)  # few articles come so far
        return self._folded.has(term)


def _read_chinese(asked: Question, number: int, name: _Name) -> Named | None:
    words = [item for item in asked.words if name.has(item.term)]
    share = sum(item.idf for item in words) / asked.words_mass
    if not _LEAST <= share <= 1 - _LEAST_LEFT:
        return None
    names = sorted((re.escape(item.term) for item in words if len(item.term) > 1), key=len, reverse=True)
    rest = re.sub("|".join(names), "", fold(asked.text), flags=re.IGNORECASE) if names else asked.text
    pairs = (item.term for item in asked.bigrams if name.has(item.term))
    return Named(number, frozenset([*(item.term for item in words), *pairs]), frozenset(), rest)


def _read_foreign(asked: Question, number: int, name: _Name) -> Named | None:
    groups = [place for place, group in enumerate(asked.near) if any(name.has(item.term) for item in group)]
    rarest = [max((item.idf for item in group), default=0.0) for group in asked.near]
    share = sum(rarest[place] for place in groups) / max(sum(rarest), 1e-6)
    if not _LEAST <= share <= 1 - _LEAST_LEFT:
        return None
    names = "|".join(re.escape(asked.foreign[place]) for place in groups)
    rest = re.sub(rf"(?<!\w)(?:{names})(?!\w)", "", fold(asked.text))
    return Named(number, frozenset(), frozenset(groups), rest)

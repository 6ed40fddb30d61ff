"""How much a question leans on what was said before it: whether it points there, and what it names itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from retrieval.cues import CHINESE, cues_of, has_asking_word, is_courtesy
from retrieval.folding import fold
from retrieval.names import names_in
from retrieval.question import Question
from retrieval.terms import foreign_words, words
from retrieval.weights import Weighed

_MEANS = 0.36  # squared similarity from which an article's word stands for a foreign one
_REST_CHARS = 40  # what follows "and ..." is a question of its own when it is longer
_BACKWARD = re.compile(r"it|its|they|them|their", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_CAPITAL = re.compile(r"(?<=[\w,] )[A-ZА-ЯÀ-Ý]\w")
_TITLE = re.compile(
    r"书记|[省市县区州部局厅院校社处科会]长|主席|总理|主任|经理|研究员|教授|院士|教师|医生|先生|女士"
)

Group = tuple[str, ...]
"""What one word of a question may be called in the articles; empty where they do not have it."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """What in a question points at what was said before, and what it names of its own."""

    person: bool
    """It speaks of somebody whom it does not name."""
    thing: bool
    """It speaks of something that it does not name."""
    more: bool
    """It wants something other than what was shown."""
    rest: str | None
    """What follows "and" in a question that goes on from the one before, None in any other."""
    partial: bool
    """Whether that is all: it leaves out what it asks ("and in Nanjing?")."""
    subject: tuple[Group, ...]
    """The words that tell what it is about."""
    telling: bool
    """Whether it says what it wants to know of a meeting: "who chaired", not "who"."""
    courtesy: bool
    """Whether it asks nothing at all: "thanks"."""

    @property
    def points(self) -> bool:
        """Return whether it speaks of somebody or something that it does not name."""
        return self.person or self.thing

    @property
    def strong(self) -> bool:
        """Return whether it cannot be understood by itself."""
        return self.points or self.more or self.rest is not None

    def cover(self, has: Callable[[str], bool]) -> float:
        """Return the share of its subject that a text has, 1 where it has none; `has` looks for a term."""
        if not self.subject:
            return 1.0
        return sum(any(has(term) for term in group) for group in self.subject) / len(self.subject)


def read_leaning(asked: Question) -> Leaning:
    """Return how much a question leans on what was said before."""
    text = fold(asked.text).strip()
    cues = CHINESE if asked.chinese else cues_of(text)
    person, thing = cues.person.search(text), cues.thing.search(text)
    groups = _chinese_groups(text) if asked.chinese else _foreign_groups(asked, cues.usual)
    ellipsis = cues.ellipsis.search(text)
    rest = next((part for part in ellipsis.groups() if part is not None), None) if ellipsis else None
    if rest is not None and len(rest) > _REST_CHARS:
        rest = None
    telling = _tells(text, asked, cues.telling)
    return Leaning(
        person=person is not None and not _names_somebody(text[: person.start()], asked),
        thing=thing is not None
        and not (groups and _BACKWARD.fullmatch(thing.group()) and _told(text, thing)),
        more=cues.more.search(text) is not None,
        rest=rest.strip() if rest is not None else None,
        partial=bool(rest) and not telling and not has_asking_word(rest or ""),
        subject=tuple(dict.fromkeys(groups)),
        telling=telling,
        courtesy=is_courtesy(text),
    )


def topic_of(asked: Question) -> str:
    """Return a question's words that tell what it is about, the rest left out."""
    text = fold(asked.text)
    if not asked.chinese:
        usual = cues_of(text).usual
        return " ".join(word for word in foreign_words(text) if word.casefold() not in usual)
    kept = (term for term in words(text) if _tells_much(term))
    longest: list[str] = []
    for term in dict.fromkeys(kept):  # a word follows its parts
        longest = [other for other in longest if other not in term]
        longest.append(term)
    return " ".join(longest)


def _chinese_groups(text: str) -> list[Group]:
    return [(term,) for term in words(text) if _tells_much(term)]


def _foreign_groups(asked: Question, usual: frozenset[str]) -> list[Group]:
    groups: list[Group] = []
    for word, near in zip(foreign_words(asked.text), asked.near, strict=True):
        if word.casefold() in usual:
            continue
        if not near and word.islower():  # nothing that the articles speak of; a name would have a capital
            continue
        best = max(near, key=_weight, default=None)
        if best is not None and best.weight >= _MEANS and best.term in CHINESE.usual:
            continue
        groups.append(tuple([*(item.term for item in near if item.weight >= _MEANS), *asked.written]))
    return groups


def _weight(item: Weighed) -> float:
    return item.weight


def _tells(text: str, asked: Question, telling: frozenset[str]) -> bool:
    own = words(text) if asked.chinese else foreign_words(text)
    return any(word.casefold() in telling for word in own)


def _told(text: str, pronoun: re.Match[str]) -> bool:
    """Tell whether a noun that a pronoun may stand for is before it: "the port and its ships"."""
    usual = cues_of(text).usual
    return any(word.casefold() not in usual for word in foreign_words(text[: pronoun.start()]))


def _tells_much(term: str) -> bool:
    """Tell whether a Chinese term says what a question is about; 主持会议 is two usual words in one."""
    usual = CHINESE.usual
    if term in usual or any(term[:at] in usual and term[at:] in usual for at in range(1, len(term))):
        return False
    return len(term) > 1 or bool(_NUMBER.match(term))


def _names_somebody(before: str, asked: Question) -> bool:
    """Tell whether a pronoun's person stands before it in the question itself."""
    if not asked.chinese:
        return bool(_CAPITAL.search(before))
    return bool(_TITLE.search(before)) or any(len(name) > 2 for name in names_in(before))

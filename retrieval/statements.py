"""Questions for somebody's words (省长强调了什么？) and the paragraphs that give them (吴政隆指出……)."""

from __future__ import annotations

import re
from typing import NamedTuple

from retrieval.folding import fold
from retrieval.names import names_in
from retrieval.persons import asks_for_words, bearer, titles

_OPENING = 40  # characters of a paragraph in which its speaker is named
_SAYS = "[^，。；、]{0,6}?(?:指出|强调|要求|说|表示|提出|认为|希望|介绍|建议|呼吁)"
_SPEECH_WORDS = re.compile("指出|强调|要求|表示|提出|认为|希望|介绍|建议|呼吁")  # 强 is a surname too
_HIS = 1.0
_NAMED = 0.2  # where the speaker is named at all, if not as the one who speaks


class Statement(NamedTuple):
    """Whose words are asked for."""

    persons: frozenset[str]
    """Names that the question has, and some that only look like names."""
    titles: tuple[str, ...]
    """Offices that it has without a name: 省长."""

    def found_in(self, text: str, opening_of_article: str) -> float:
        """Return how much speaks for a paragraph as one that gives these words, 0 to 1."""
        wanted = {*self.persons, *(bearer(title, opening_of_article) for title in self.titles)}
        opening = text[:_OPENING]
        if any(name and name in opening and re.search(re.escape(name) + _SAYS, opening) for name in wanted):
            return _HIS
        return _NAMED if any(name and name in text for name in wanted) else 0.0


def wanted_statement(question: str, written: list[str]) -> Statement | None:
    """Return whose words a question asks for, None where it asks for something else.

    `written` are the names that it has in Latin letters, as the articles write them.
    """
    if not asks_for_words(question):
        return None
    folded = fold(question)
    named = names_in(_SPEECH_WORDS.sub(" ", folded))
    return Statement(frozenset([*written, *named]), tuple(titles(folded)))

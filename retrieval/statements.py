"""Questions for somebody's words (省长强调了什么？) and the paragraphs that give them (吴政隆指出……)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.folding import fold
from retrieval.persons import asks_for_words, bearer, speaker, titles

_OPENING = 40  # characters of a paragraph in which its speaker is named
_SAYS = "[^，。；、]{0,6}?(?:指出|强调|要求|说|表示|提出|认为|希望|介绍|建议|呼吁)"
_HIS = 1.0
_NAMED = 0.2  # where the speaker is named at all, if not as the one who speaks


@dataclass(frozen=True, slots=True)
class Statement:
    """Whose words are asked for."""

    question: str
    """In simplified characters; Chinese names stand in it as they are."""
    written: tuple[str, ...]
    """Names that it has in Latin letters, as the articles write them."""
    titles: tuple[str, ...]

    def found_in(self, text: str, opening_of_article: str) -> float:
        """Return how much speaks for a paragraph as one that gives these words, 0 to 1."""
        opening = text[:_OPENING]
        said_by = speaker(opening)
        wanted = {*self.written, *(bearer(title, opening_of_article) for title in self.titles)} - {None}
        if said_by is not None and (said_by in wanted or said_by in self.question):
            return _HIS if re.search(f"{said_by}{_SAYS}", opening) else _NAMED
        return _NAMED if any(name and name in text for name in wanted) else 0.0


def wanted_statement(question: str, written: list[str]) -> Statement | None:
    """Return whose words a question asks for, None where it asks for something else."""
    if not asks_for_words(question):
        return None
    folded = fold(question)
    return Statement(folded, tuple(written), tuple(titles(folded)))

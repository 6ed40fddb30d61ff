"""What a few words are in reports of meetings: asked often, and badly carried across by meaning alone."""

from __future__ import annotations

import re

_ENTRIES = (
    (
        r"chair(?:s|ed|ing)?|presid\w+|présid\w+|leitete|geleitet|vorsitz\w*|prowadził\w*|przewodnicz\w+|"
        r"yönetti|leidde|провод\w+|пров[её]л\w*|председател\w+|в[её]л|주재\w*|主宰\w*|司会|ترأس",
        ("主持", "主持会议", "主持大会"),
    ),
    (
        r"films?|movies?|documentary|фильм\w*|películas?|documental|filme|filmes|映像|映画|فيلم|영화|영상",
        ("专题片", "警示片", "宣传片", "纪录片", "短片", "影片", "电影"),
    ),
)
_WORDS = tuple((re.compile(pattern, re.IGNORECASE), meanings) for pattern, meanings in _ENTRIES)


def known_meanings(word: str) -> tuple[str, ...]:
    """Return what `word` is in a report, nothing where its neighbours in meaning tell well enough."""
    return next((meanings for pattern, meanings in _WORDS if pattern.fullmatch(word)), ())

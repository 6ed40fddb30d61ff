"""Where sentences and clauses begin and end in Chinese and Latin text."""

from __future__ import annotations

import re

Span = tuple[int, int]

# A sentence ends at 。！？ and their half-width forms, closing quotes and brackets included; a Latin full
# stop only counts before a space and a capital or CJK letter, so that "3.21" and "U.S. trade" stay whole.
_CLOSING = r"[”’」』）》〉】\"')\]]*"
_SENTENCE = re.compile(
    rf"(?:[。！？!?…]+|(?<=[^\W\d_]{{2}})\.(?=\s+[A-Z\u4e00-\u9fff\"'“‘(])|\.(?=\s*$)){_CLOSING}|\n+"
)
_CLAUSE = re.compile(rf"{_SENTENCE.pattern}|[，,：:。！？!?；;…]+{_CLOSING}")


def sentence_spans(text: str) -> list[Span]:
    """Return half-open ranges that cover every non-blank sentence of `text`, blanks at the edges left out."""
    return _spans(text, _SENTENCE)


def clause_spans(text: str) -> list[Span]:
    """Return half-open ranges of the clauses of `text`: sentences cut at commas and colons too.

    A comma or colon between digits ("1,000", "14:30") does not cut.
    """
    return _spans(text, _CLAUSE)


def _spans(text: str, boundary: re.Pattern[str]) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for match in boundary.finditer(text):
        if _within_number(text, match):
            continue
        _append_stripped(spans, text, start, match.end())
        start = match.end()
    _append_stripped(spans, text, start, len(text))
    return spans


def _within_number(text: str, match: re.Match[str]) -> bool:
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return match.group() in {",", ":", "：", "，"} and before.isdigit() and after.isdigit()


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(char.isalnum() for char in text[start:end]):
        spans.append((start, end))
    elif spans and start < end:
        spans[-1] = (spans[-1][0], end)  # stray punctuation belongs to what it closes

"""Paragraphs in, passages of a length fit to be found and shown out."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from retrieval.model import Article, Passage
from retrieval.sentences import Span, clause_spans, sentence_spans

_JOINERS = "\u200d\ufe0e\ufe0f"  # what follows or precedes these belongs to one visible character


def split_passages(article: Article, limit: int = 600) -> list[Passage]:
    """Return the passages of an article in order: paragraphs, those over `limit` characters cut in several.

    Cuts fall at sentence ends, in a sentence over the limit at clauses, in a clause over it anywhere but
    inside a visible character. Passages of a paragraph cover it apart from white space at the cuts; none is
    blank.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1 character")
    return [
        Passage(article.id, number, start, paragraph[start:end])
        for number, paragraph in enumerate(article.paragraphs, start=1)
        for start, end in _passage_spans(paragraph, limit)
    ]


def _passage_spans(text: str, limit: int) -> list[Span]:
    whole = _stripped(text, 0, len(text))
    if whole is None:
        return []
    if whole[1] - whole[0] <= limit:
        return [whole]
    units = [
        piece
        for sentence in _covering(text, whole, sentence_spans(text))
        for piece in _cut_sentence(text, sentence, limit)
    ]
    return _packed(text, units, limit)


def _cut_sentence(text: str, sentence: Span, limit: int) -> list[Span]:
    start, end = sentence
    if end - start <= limit:
        return [sentence]
    clauses = [(start + left, start + right) for left, right in clause_spans(text[start:end])]
    return [
        piece for clause in _covering(text, sentence, clauses) for piece in _cut_anywhere(text, clause, limit)
    ]


def _cut_anywhere(text: str, clause: Span, limit: int) -> list[Span]:
    start, end = clause
    pieces: list[Span] = []
    while end - start > limit:
        cut = start + limit
        while cut > start + 1 and _inside_character(text, cut):
            cut -= 1
        if _inside_character(text, cut):
            cut = start + limit  # one visible character longer than the limit: nothing better to do
        pieces.append((start, cut))
        start = cut
    pieces.append((start, end))
    return [kept for piece in pieces if (kept := _stripped(text, *piece)) is not None]


def _inside_character(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    return (
        unicodedata.combining(after) != 0
        or unicodedata.category(after) in ("Mn", "Mc", "Me")
        or after in _JOINERS
        or before == "\u200d"
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _covering(text: str, whole: Span, spans: list[Span]) -> list[Span]:
    """Return spans stretched so that together they cover `whole`, white space at the seams apart."""
    starts = [start for start, _ in spans if whole[0] < start < whole[1]]
    edges = [whole[0], *starts, whole[1]]
    pieces = (_stripped(text, left, right) for left, right in pairwise(edges))
    return [piece for piece in pieces if piece is not None]


def _packed(text: str, units: list[Span], limit: int) -> list[Span]:
    """Return units joined into as few passages as the limit asks for, of about equal length."""
    total = units[-1][1] - units[0][0]
    wanted = -(-total // limit)
    target = min(limit, -(-total // wanted) + limit // 10)  # so that no short rest is left over
    packed: list[Span] = []
    for start, end in units:
        if packed and end - packed[-1][0] <= target:
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((start, end))
    return packed


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None

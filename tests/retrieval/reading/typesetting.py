"""A small typesetter: paragraphs in, newspaper columns out, as text or as a PDF."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from retrieval.reading.layout import State
from retrieval.reading.typography import measure

_TOKEN = re.compile(r"[A-Za-z]+|\d+|.")
_NO_START = "，。、；：？！”’）》"
_BLANK = ("", State.CONTINUE)
_NO_END = "“‘（《"


@dataclass(frozen=True)
class Setting:
    """How a page is set."""

    width: int = 14
    indent: int = 2
    indents_printed: bool = False
    blank: float = 1.0
    """Share of paragraphs with a blank line above them."""
    squeeze: float = 0.4
    """Share of lines that squeeze their punctuation to take one more character."""
    column: int = 0
    """Lines in a column; 0 for no column breaks."""
    head_on_top: bool = False


def set_paragraph(text: str, setting: Setting, rng: random.Random) -> list[str]:
    """Return the lines of a paragraph, as a newspaper breaks them."""
    lines: list[str] = []
    line, room = "", float(setting.width - setting.indent)
    for token in _TOKEN.findall(text):
        extra = 0.5 if rng.random() < setting.squeeze and any(char in _NO_START for char in line) else 0.0
        fits = measure(line + token)[1] <= room + (extra if token not in _NO_START else 0.5)
        if line and not fits:
            carried = ""
            while (last := _TOKEN.findall(line)[-1]) != line and (
                last in _NO_END or (token in _NO_START and not carried)
            ):
                carried, line = last + carried, line[: -len(last)]
            lines.append(line)
            line, room = carried, float(setting.width)
        line += token
    lines.append(line)
    if setting.indents_printed:
        lines[0] = "　" * setting.indent + lines[0]
    return lines


def set_page(paragraphs: Sequence[str], head: Sequence[str], setting: Setting, seed: int = 0) -> str:
    """Return a page: paragraphs in columns, the headline (lines; empty ones are blank) above or below."""
    return "\n".join(text for text, _ in set_lines(paragraphs, head, setting, seed)) + "\n"


def set_lines(
    paragraphs: Sequence[str], head: Sequence[str], setting: Setting, seed: int = 0
) -> list[tuple[str, State]]:
    """Return the lines of a page with what each is; blank ones are said to go on."""
    rng = random.Random(seed)
    body: list[tuple[str, State]] = []
    since_break = rng.randrange(setting.column) if setting.column else 0
    for number, paragraph in enumerate(paragraphs):
        if number and rng.random() < setting.blank:
            body.append(_BLANK)
        for index, line in enumerate(set_paragraph(paragraph, setting, rng)):
            since_break += 1
            if index and setting.column and since_break > setting.column:
                body.append(_BLANK)
                since_break = 0
            body.append((line, State.CONTINUE if index else State.START))
    if not head:
        return body
    top = [(line, State.HEAD) if line else _BLANK for line in head]
    return [*top, _BLANK, *body] if setting.head_on_top else [*body, _BLANK, *top]


_SIZE, _LEADING, _GUTTER = 10.0, 14.0, 20.0  # points
_HEAD_SIZE, _MARGIN = 22.0, 30.0


@dataclass(frozen=True)
class PrintedArticle:
    """An article set in columns beneath its headline."""

    title: str
    paragraphs: Sequence[str]
    columns: int = 3


def print_pdf(
    rows: Sequence[Sequence[PrintedArticle]], setting: Setting, seed: int = 0, *, shuffled: bool = False
) -> bytes:
    """Return a PDF page: rows of articles one below the other, in each row side by side.

    `shuffled` draws the lines in any order, as programs may.
    """
    rng = random.Random(seed)
    name = "STSong-Light"
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    drawn: list[tuple[float, float, float, str]] = []
    y = width = 0.0
    for row in rows:
        x, lowest = 0.0, y
        for article in row:
            lines = [line for text in article.paragraphs for line in set_paragraph(text, setting, rng)]
            per_column = -(-len(lines) // article.columns)
            room = article.columns * (setting.width * _SIZE + _GUTTER) - _GUTTER
            drawn.append((x, y, min(_HEAD_SIZE, room / len(article.title)), article.title))
            top = y + 2 * _HEAD_SIZE
            for number, line in enumerate(lines):
                column, place = divmod(number, per_column)
                indent = len(line) - len(line.lstrip("　"))
                left = x + column * (setting.width * _SIZE + _GUTTER) + indent * _SIZE
                drawn.append((left, top + place * _LEADING, _SIZE, line.lstrip("　")))
            lowest = max(lowest, top + per_column * _LEADING)
            x += article.columns * (setting.width * _SIZE + _GUTTER)
        y, width = lowest + 2 * _LEADING, max(width, x, _HEAD_SIZE * max(len(a.title) for a in row))
    if shuffled:
        rng.shuffle(drawn)
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(width + 2 * _MARGIN, y + 2 * _MARGIN))
    for left, down, size, text in drawn:
        canvas.setFont(name, size)
        canvas.drawString(_MARGIN + left, y + _MARGIN - down - size, text)
    canvas.save()
    return file.getvalue()

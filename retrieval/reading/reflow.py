"""Hard-wrapped newspaper columns in, articles with headline, kicker and paragraphs out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from retrieval.reading.furniture import is_furniture
from retrieval.reading.headlines import headline
from retrieval.reading.layout import Layout, State, read_layout
from retrieval.reading.printed_page import PrintedLine
from retrieval.reading.typography import Line, char_width, join_lines, squeeze_spaces

_WHITE = "".join(
    map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x3000))
)
_WHITE += "\u2028\u2029\u202f\u205f\ufeff\u200b"  # the last two are invisible: marks left by editors
_MAX_GAP = 2  # blank lines; more between paragraphs part articles that have no headline
_NEWLINES = re.compile(r"\r\n|[\n\r\v\x1c-\x1e\x85\u2028\u2029]")
_DATELINE = re.compile(
    r"(?:[（(【]?\s*(?:本报|本网|本台|新华社|人民网|中新社|央视网|记者|通讯员)"
    r"|[\u4e00-\u9fff]{1,8}(?:讯|电)\s|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{1,2}日|连日来|近日|日前|昨日|昨天|今天|当地时间)"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as printed, before it has a date and an id."""

    title: str
    """The headline; its lines are joined by one space. Empty where there is none."""
    kicker: str
    """The smaller line above (or beside) the headline."""
    paragraphs: tuple[str, ...]
    """Never empty."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive lines of one paragraph, or of one headline."""

    is_head: bool
    lines: tuple[Line, ...]
    width: float
    """Of the column, full-width units; 0 for prose."""


def reflow(text: str) -> list[Draft]:
    """Return the articles of a page, in page order; an empty list where there is no text.

    Text in hard-wrapped columns becomes paragraphs, with headlines on top or at the end of each article. Text
    with one paragraph a line, however separated, comes through unchanged.
    """
    return _drafts(printed_lines(text))


def reflow_lines(printed: Iterable[PrintedLine]) -> list[Draft]:
    """Return the articles of a page from its lines in reading order."""
    return _drafts(lines_of(printed))


def lines_of(printed: Iterable[PrintedLine]) -> list[Line]:
    """Return lines in reading order as they are judged, furniture left out."""
    lines: list[Line] = []
    above = 0
    for line in printed:
        content = line.text.strip(_WHITE)
        above = max(above, line.gap)
        if content and not is_furniture(content):
            lines.append(Line.of(content, above, line.indent, line.scale))
            above = 0
    return lines


def _drafts(lines: Sequence[Line]) -> list[Draft]:
    blocks = list(_blocks(lines, read_layout(lines)))
    on_top = bool(blocks) and blocks[0].is_head and not _ends_with_larger_head(blocks)
    return [_draft(group, on_top) for group in _articles(blocks, on_top)]


def printed_lines(text: str) -> list[Line]:
    """Return the non-blank lines of a page, furniture left out, each with the blank lines above it."""
    lines: list[Line] = []
    gap = 0
    for raw in _NEWLINES.split(text.replace("\f", "\n\n")):
        content = raw.strip(_WHITE)
        if not content:
            gap += 1
            continue
        if is_furniture(content):
            gap = max(gap, 1)
            continue
        indent = sum(
            2.0 if char == "\t" else char_width(char) for char in raw[: len(raw) - len(raw.lstrip())]
        )
        lines.append(Line.of(content, gap, indent))
        gap = 0
    return lines


def _blocks(lines: Sequence[Line], layouts: Sequence[Layout]) -> Iterator[_Block]:
    pending: list[Line] = []
    previous, width = State.START, 0.0
    read = ((state, layout.setting.width) for layout in layouts for state in layout.states)
    for line, (state, own_width) in zip(lines, read, strict=True):
        if pending and (state is State.START or (state is State.HEAD) != (previous is State.HEAD)):
            yield _Block(previous is State.HEAD, tuple(pending), width)
            pending = []
        pending.append(line)
        previous, width = state, own_width
    if pending:
        yield _Block(previous is State.HEAD, tuple(pending), width)


def _articles(blocks: Sequence[_Block], on_top: bool) -> list[list[_Block]]:
    """Return the blocks of each article: a page has its headlines either above or below the text."""
    groups: list[list[_Block]] = [[]]
    for index, (block, following) in enumerate(zip_longest(blocks, blocks[1:])):
        if on_top and index and block.is_head and following and _bounds_article(block, following, block):
            groups.append([])
        groups[-1].append(block)
        if following is None:
            continue
        if block.is_head:
            if index and not on_top and _bounds_article(block, following, following):
                groups.append([])
        elif not following.is_head and following.lines[0].gap > _MAX_GAP and _begins_article(following):
            groups.append([])
    return [group for group in groups if group]


def _ends_with_larger_head(blocks: Sequence[_Block]) -> bool:
    """Return whether the last block is a headline of more text than the first: then that one is a caption."""
    first, last = blocks[0], blocks[-1]
    return last.is_head and sum(line.high for line in last.lines) > sum(line.high for line in first.lines)


def _bounds_article(head: _Block, following: _Block, after_gap: _Block) -> bool:
    """Return whether a headline inside a page begins or ends an article; else it is a subheading."""
    return (
        len(head.lines) > 1
        or after_gap.lines[0].gap > 1
        or head.lines[0].low > head.width
        or _begins_article(following)
    )


def _begins_article(block: _Block) -> bool:
    return block.width > 0 and _DATELINE.match(squeeze_spaces(block.lines[0].text)) is not None


def _draft(group: Sequence[_Block], on_top: bool) -> Draft:
    ends = (0, len(group) - 1) if on_top else (len(group) - 1, 0)
    main = next((index for index in ends if group[index].is_head), None)
    title = kicker = ""
    paragraphs: list[str] = []
    for index, block in enumerate(group):
        if index == main:
            title, kicker = headline(block.lines)
        elif block.is_head:
            paragraphs.extend(" ".join(line.text.split()) for line in block.lines)
        elif block.width:
            paragraphs.append(join_lines(block.lines, block.width))
        else:
            paragraphs.append(block.lines[0].text)
    if not paragraphs:
        return Draft("", "", tuple(part for part in (kicker, title) if part))
    return Draft(title, kicker, tuple(paragraphs))

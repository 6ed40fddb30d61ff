"""Hard-wrapped newspaper columns in, articles with headline, kicker and paragraphs out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from retrieval.furniture import is_furniture
from retrieval.layout import Layout, State, read_layout
from retrieval.typography import Line, char_width, join_lines, measure, open_pairs, squeeze_spaces

_WHITE = "".join(
    map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x3000))
)
_WHITE += "\u2028\u2029\u202f\u205f\ufeff\u200b"  # the last two are invisible: marks left by editors
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


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive lines of one paragraph, or of one headline."""

    is_head: bool
    lines: tuple[Line, ...]


def reflow(text: str) -> list[Draft]:
    """Return the articles of a page, in page order; an empty list where there is no text.

    Text in hard-wrapped columns becomes paragraphs, with headlines on top or at the end of each article. Text
    with one paragraph a line, however separated, comes through unchanged.
    """
    lines = printed_lines(text)
    layout = read_layout(lines)
    blocks = list(_blocks(lines, layout))
    return [draft for group in _articles(blocks, layout) if (draft := _draft(group, layout)) is not None]


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
        lines.append(Line(content, gap, indent, *measure(content)))
        gap = 0
    return lines


def _blocks(lines: Sequence[Line], layout: Layout) -> Iterator[_Block]:
    pending: list[Line] = []
    previous = State.START
    for line, state in zip(lines, layout.states, strict=True):
        is_new = state is State.START or (state is State.HEAD) != (previous is State.HEAD)
        if pending and is_new:
            yield _Block(previous is State.HEAD, tuple(pending))
            pending = []
        pending.append(line)
        previous = state
    if pending:
        yield _Block(previous is State.HEAD, tuple(pending))


def _articles(blocks: list[_Block], layout: Layout) -> list[list[_Block]]:
    """Return the blocks of each article: a page has its headlines either above or below the text."""
    heads_on_top = (
        bool(blocks)
        and blocks[0].is_head
        and not (blocks[-1].is_head and len(blocks[-1].lines) > len(blocks[0].lines))
    )
    groups: list[list[_Block]] = [[]]
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.is_head and heads_on_top and index and _opens_article(block, following, layout):
            groups.append([block])
            continue
        if (
            groups[-1]
            and following is not None
            and not block.is_head
            and not following.is_head
            and following.lines[0].gap > 2
        ):
            groups[-1].append(block)
            groups.append([])
            continue
        groups[-1].append(block)
        if (
            block.is_head
            and not heads_on_top
            and index
            and following is not None
            and _closes_article(block, following, layout)
        ):
            groups.append([])
    return [group for group in groups if group]


def _opens_article(head: _Block, following: _Block | None, layout: Layout) -> bool:
    """Return whether a headline inside a page begins an article; else it is a subheading."""
    if following is None:
        return False
    return (
        len(head.lines) > 1
        or head.lines[0].gap > 1
        or head.lines[0].low > layout.width
        or _DATELINE.match(squeeze_spaces(following.lines[0].text)) is not None
    )


def _closes_article(head: _Block, following: _Block, layout: Layout) -> bool:
    """Return whether a headline inside a page ends an article; else it is a subheading."""
    return (
        len(head.lines) > 1
        or following.lines[0].gap > 1
        or head.lines[0].low > layout.width
        or _DATELINE.match(squeeze_spaces(following.lines[0].text)) is not None
    )


def _draft(group: list[_Block], layout: Layout) -> Draft | None:
    title = kicker = ""
    paragraphs: list[str] = []
    ends = [index for index in (0, len(group) - 1) if group[index].is_head]
    main = max(ends, key=lambda index: (len(group[index].lines), index), default=None)
    for index, block in enumerate(group):
        if index == main:
            title, found = _headline(block.lines)
            kicker = found or kicker
        elif block.is_head:
            paragraphs.extend(squeeze_head(line.text) for line in block.lines)
        elif layout.width:
            paragraphs.append(join_lines(block.lines, layout.width))
        else:
            paragraphs.append(block.lines[0].text)
    if not paragraphs and not title:
        return None
    return Draft(title, kicker, tuple(paragraphs))


def _headline(lines: Sequence[Line]) -> tuple[str, str]:
    """Return title and kicker: the kicker is a first line that white space sets apart."""
    kicker = ""
    if len(lines) > 1 and lines[1].gap:
        kicker, lines = squeeze_head(lines[0].text), lines[1:]
    title = ""
    for _, row in groupby(lines, key=id):
        for line in row:
            text = squeeze_head(line.text)
            inside_pair = bool(open_pairs(title)) or title.endswith("—")
            title = f"{title}{'' if inside_pair or not title else ' '}{text}"
    return title, kicker


def squeeze_head(text: str) -> str:
    """Return a headline line with single spaces between its phrases."""
    return " ".join(text.split())

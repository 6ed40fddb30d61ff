"""Markdown in, articles out: its marks go, its text stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.dates import parse_date
from retrieval.reading.decoding import decode
from retrieval.reading.document import Document, titled
from retrieval.reading.reflow import reflow
from retrieval.reading.typography import squeeze_spaces

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<fields>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"^(?P<key>\w+)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>")
_TITLE = "h1"
_PASTED_LINES = 8  # a block of more lines than this is no paragraph but a page, pasted as it was printed


def read(data: bytes) -> Document:
    """Return the articles of a Markdown file: one where it has a title. Raises UnreadableError."""
    text = decode(data).replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    fields = _fields(front.group("fields")) if front else {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text)
    title = fields.get("title", "")
    blocks: list[str] = []
    for tag, block in _blocks(tokens):
        if tag == _TITLE and not title:
            title = " ".join(block.split())
        elif tag != _TITLE or " ".join(block.split()) != title:
            blocks.append(block)
    if not any(block.count("\n") >= _PASTED_LINES for block in blocks):
        blocks = [squeeze_spaces(block) if "\n" in block else block for block in blocks]
    drafts = reflow("\n\n".join(blocks))
    if title and drafts:
        drafts = [titled(drafts, title)]
    return Document(
        drafts,
        published=parse_date(fields.get("date", ""), "page"),
        source=fields.get("source", ""),
        url=fields.get("url", ""),
    )


def _fields(text: str) -> dict[str, str]:
    """Return the plain `key: value` lines of front matter; quotes around a value go."""
    found = ((match["key"].lower(), match["value"]) for match in _FIELD.finditer(text))
    return {key: value.strip("\"'") for key, value in found}


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the tag and the plain text of every block."""
    tag, row = "", []
    for token in tokens:
        if token.type == "inline":
            text = _plain(token.children or [])
            if tag in ("td", "th"):
                row.append(text)
            elif text.strip():
                yield tag, text
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield "p", token.content
        elif token.type == "html_block" and (text := _TAG.sub("", token.content).strip()):
            yield "p", text
        elif token.type == "tr_close":
            yield "tr", "　".join(row)
            row = []
        elif token.nesting == 1:
            tag = token.tag


def _plain(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
    return "".join(parts)

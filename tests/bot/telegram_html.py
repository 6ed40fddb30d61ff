"""Telegram's HTML, read by the letter of its documentation and more strictly than Telegram reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)((?: [a-z-]+(?:=\"[^\"<>]*\")?)*)>")
_ATTRIBUTES = {
    **dict.fromkeys(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler"], ""),
    "code": r"(?: class=\"language-[^\"]+\")?",
    "pre": "",
    "span": r" class=\"tg-spoiler\"",
    "a": r" href=\"[^\"]+\"",
    "blockquote": r"(?: expandable)?",
}


class BadMarkup(Exception):
    """What Telegram answers with 400."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A message as a reader sees it."""

    text: str
    entities: tuple[tuple[str, str], ...]
    """Tag and the text under it, in the order of closing."""

    def under(self, tag: str) -> list[str]:
        return [text for name, text in self.entities if name == tag]


def parse(source: str) -> Styled:
    """Return what `source` shows. Raises BadMarkup."""
    shown: list[str] = []
    open_tags: list[tuple[str, int]] = []
    entities: list[tuple[str, str]] = []
    position = 0
    while position < len(source):
        if source[position] == "<":
            match = _TAG.match(source, position)
            if not match:
                raise BadMarkup(f"can't parse entities: no tag at {position}")
            closing, name, attributes = match.groups()
            if name not in _ATTRIBUTES:
                raise BadMarkup(f"can't parse entities: unsupported tag {name}")
            if closing:
                if not open_tags or open_tags[-1][0] != name or attributes:
                    raise BadMarkup(f"can't parse entities: unexpected end tag {name} at {position}")
                entities.append((name, "".join(shown)[open_tags.pop()[1] :]))
            else:
                if not re.fullmatch(_ATTRIBUTES[name], attributes):
                    raise BadMarkup(f"can't parse entities: attributes {attributes!r} of {name}")
                if name == "blockquote" and any(tag == name for tag, _ in open_tags):
                    raise BadMarkup("can't parse entities: nested blockquote")
                open_tags.append((name, len("".join(shown))))
            position = match.end()
        elif source[position] == "&":
            match = _ENTITY.match(source, position)
            if not match:
                raise BadMarkup(f"can't parse entities: bare ampersand at {position}")
            decimal, hexadecimal, named = match.groups()
            if named and named not in _NAMES:
                raise BadMarkup(f"can't parse entities: unknown entity {named}")
            shown.append(_NAMES[named] if named else chr(int(decimal or hexadecimal, 10 if decimal else 16)))
            position = match.end()
        elif source[position] == ">":
            raise BadMarkup(f"can't parse entities: bare > at {position}")
        else:
            shown.append(source[position])
            position += 1
    if open_tags:
        raise BadMarkup(f"can't parse entities: {open_tags[-1][0]} is not closed")
    return Styled("".join(shown), tuple(entities))

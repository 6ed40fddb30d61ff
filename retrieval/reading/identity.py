"""What makes an article the same article: its id, and when two texts are one."""

from __future__ import annotations

import os.path
from collections.abc import Iterable
from hashlib import blake2b
from unicodedata import normalize

from retrieval.model import Article

_ID_BYTES = 6  # 12 hex digits: one chance in 5,000 of any clash among 300,000 articles
_ID_BODY = 80  # characters of the body that an id depends on: the first sentence, with its date and place


def has_own_ids(path: str) -> bool:
    """Return whether the articles of a file bring their ids with them."""
    return os.path.splitext(path)[1].lower() == ".jsonl"


def same_text(one: Article, other: Article) -> bool:
    """Return whether two articles say the same, whatever their spacing, punctuation, width and case."""
    return all(
        folded(mine) == folded(theirs)
        for mine, theirs in ((one.title, other.title), ("".join(one.paragraphs), "".join(other.paragraphs)))
    )


def article_id(title: str, paragraphs: Iterable[str], copy: int = 0) -> str:
    """Return the id of an article without one: 12 hex digits from its title and the start of its body.

    It does not depend on file or folder, nor on spacing, punctuation, width and case, nor on the text after
    the first 80 letters; so it outlives moves, renames and most corrections. The date is in the body's start
    wherever the paper printed one. `copy` tells apart articles that are the same so far.
    """
    body = ""
    for paragraph in paragraphs:
        body += folded(paragraph)
        if len(body) >= _ID_BODY:
            break
    key = f"{folded(title)}\n{body[:_ID_BODY]}" + (f"\n{copy}" if copy else "")
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES).hexdigest()


def folded(text: str) -> str:
    """Return the letters and digits of `text` in one width and case."""
    return "".join(char for char in normalize("NFKC", text).casefold() if char.isalnum())

"""What every encoder does to a text before its tokenizer sees it."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Return `text` as UTF-8 can hold it: pairs of surrogates joined, lone ones replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

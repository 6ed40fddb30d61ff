"""Links that open the bot: t.me/BOT?start=PAYLOAD, with an article or a question in the payload. Pure.

A payload has at most 64 characters of A-Z a-z 0-9 _ and -. The first says what follows:
a   the id of an article                                a2ef6ebcce24b
d   the digest of an article's id that cannot be one    dXQ1b3JlbS0
g   a question in GB18030, in base 64: 23 Chinese characters or 47 of ASCII fit
u   a question in UTF-8, where that is shorter
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

PAYLOAD_CHARS = 64

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_ENCODINGS = {"g": "gb18030", "u": "utf-8"}
_DIGEST_BYTES = 9


@dataclass(frozen=True, slots=True)
class Link:
    """What a payload asks for: one of both."""

    article: str = ""
    """An id, or where `digest` a digest of one."""
    digest: bool = False
    question: str = ""


def article_payload(article_id: str) -> str:
    """Return the payload that opens an article."""
    if _PLAIN.fullmatch(article_id) and len(article_id) < PAYLOAD_CHARS:
        return f"a{article_id}"
    return f"d{_digest(article_id)}"


def question_payload(question: str) -> str | None:
    """Return the payload that asks a question, None where it is too long for one."""
    payloads = []
    for mark, encoding in _ENCODINGS.items():
        try:
            payloads.append(mark + _base64(" ".join(question.split()).encode(encoding)))
        except UnicodeEncodeError:  # a lone surrogate
            continue
    shortest = min(payloads, key=len, default="")
    return shortest if 1 < len(shortest) <= PAYLOAD_CHARS else None


def link_of(bot: str, payload: str) -> str:
    """Return the address that opens the bot of that user name."""
    return f"https://t.me/{bot}?start={payload}"


def read_payload(payload: str) -> Link | None:
    """Return what a payload asks for, None for one of other origin."""
    if not _PLAIN.fullmatch(payload) or not 1 < len(payload) <= PAYLOAD_CHARS:
        return None
    mark, rest = payload[0], payload[1:]
    if mark in "ad":
        return Link(article=rest, digest=mark == "d")
    if mark not in _ENCODINGS:
        return None
    try:
        raw = urlsafe_b64decode(rest + "=" * (-len(rest) % 4))
        question = " ".join(raw.decode(_ENCODINGS[mark]).split())
    except (Error, UnicodeDecodeError):
        return None
    # A word that happens to begin with the mark is no question of ours.
    return (
        Link(question=question) if question.isprintable() and question_payload(question) == payload else None
    )


def find_digest(digest: str, ids: Iterable[str]) -> str | None:
    """Return the id that a payload has the digest of."""
    return next((each for each in ids if _digest(each) == digest), None)


def _digest(article_id: str) -> str:
    raw = article_id.encode("utf-8", "surrogatepass")
    return _base64(blake2b(raw, digest_size=_DIGEST_BYTES).digest())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

"""Payloads of links that open the bot."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_links import (
    PAYLOAD_CHARS,
    Link,
    article_payload,
    find_digest,
    link_of,
    question_payload,
    read_payload,
)

_FIT = re.compile(rf"[A-Za-z0-9_-]{{1,{PAYLOAD_CHARS}}}")
_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(_TEXT)
def test_questions_come_back_or_are_too_long(question: str) -> None:
    payload, plain = question_payload(question), " ".join(question.split())
    if payload is None:
        assert len(plain.encode("gb18030")) > 47 or not plain
        return
    assert _FIT.fullmatch(payload)
    assert read_payload(payload) == (Link(question=plain) if plain.isprintable() else None)


def test_how_long_a_question_may_be() -> None:
    assert question_payload("警" * 23) and not question_payload("警" * 24)
    assert question_payload("a" * 47) and not question_payload("a" * 48)


@given(st.text(max_size=80).filter(bool))
def test_every_article_has_a_payload(article_id: str) -> None:
    payload = article_payload(article_id)
    assert _FIT.fullmatch(payload)
    link = read_payload(payload)
    assert link is not None and not link.question
    found = find_digest(link.article, ["other", article_id]) if link.digest else link.article
    assert found == article_id


@given(st.text(max_size=70))
def test_whatever_comes_is_read_or_refused(payload: str) -> None:
    link = read_payload(payload)
    assert link is None or bool(link.article) != bool(link.question)


def test_other_payloads() -> None:
    assert read_payload("inline") is None
    assert read_payload("") is None
    assert read_payload("g") is None
    assert read_payload("greetings") is None
    assert link_of("Some_bot", "a1") == "https://t.me/Some_bot?start=a1"

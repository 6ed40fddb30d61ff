"""Answers as Telegram messages. Pure: an `Answer` in, HTML out."""

from __future__ import annotations

import html
import re

from bot.scope_rendering import render_scope
from bot.texts import Texts
from bot.utf16 import head, tail, utf16_len
from retrieval.model import Answer, ArticleRef, Hit

MESSAGE_UNITS = 4096  # Telegram's limit of a message, in UTF-16 code units after its HTML is parsed

# Longer passages are shown around their marked sentence: the reader of a chat wants an answer, not a page.
_PASSAGE_UNITS = 1500
# Headlines and sources are lines. One that is longer than this is text that was taken for a headline.
_LINE_UNITS = 200
_CLOSEST = 3
_ELLIPSIS = "…"
_URL_CHARS = 2048

_TAG = re.compile(r"<[^>]*>")
# Lone surrogates cannot be sent as UTF-8, and Telegram drops control characters. Replaced one by one so
# that the offsets of the marked sentence stay right.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DATE = re.compile(r"(?P<year>\d{4}|-)(?:-(?P<month>\d{2}))?(?:-(?P<day>\d{2}))?")


def render_answer(answer: Answer, texts: Texts) -> list[str]:
    """Return the messages that tell `answer`: at least one, each HTML within Telegram's limit."""
    note = _render_note(answer, texts)
    scope = _escape(_clean(render_scope(answer, texts)))
    if not answer.answered or not answer.hits:
        return [note + _render_nothing(answer, texts, scope)]
    messages: list[str] = []
    shown = ""  # the article whose headline stands in the message that is being written
    for hit in answer.hits:
        quote = _render_quote(hit)
        full = f"{_render_heading(hit.article, texts)}\n{quote}"
        if scope and not messages:
            full = f"<i>{scope}</i>\n\n{full}"
        addition = f"\n{quote}" if hit.article.id == shown else f"\n\n{full}"
        if messages and utf16_len(plain_text(messages[-1] + addition)) <= MESSAGE_UNITS:
            messages[-1] += addition
        else:
            messages.append(full if messages else note + full)
        shown = hit.article.id
    return messages


def render_start(texts: Texts) -> str:
    """Return what /start says."""
    return texts.start


def render_help(texts: Texts, username: str) -> str:
    """Return what /help says; `username` is the bot's own."""
    return texts.help.format(bot=html.escape(username))


def render_too_long(texts: Texts, limit: int) -> str:
    """Return the refusal of a question of more than `limit` characters."""
    return texts.too_long.format(limit=limit)


def plain_text(message: str) -> str:
    """Return what a reader sees of an HTML message."""
    return html.unescape(_TAG.sub("", message))


def render_date(date: str, texts: Texts) -> str:
    """Return a date of `ArticleRef` ("2019-11-20", "--11-20", "2019") in words; anything else as it is."""
    match = _DATE.fullmatch(date)
    if not match:
        return date
    year, month, day = (match[name] for name in ("year", "month", "day"))
    if month and not 1 <= int(month) <= len(texts.months):
        return date
    has = (year != "-", bool(month), bool(day))
    forms = {
        (True, True, True): texts.full_date,
        (False, True, True): texts.month_and_day,
        (True, True, False): texts.year_and_month,
        (True, False, False): texts.year_only,
    }
    if has not in forms:
        return date
    name = texts.months[int(month) - 1] if month else ""
    return forms[has].format(year=year, month=name, day=int(day or 0))


def _render_note(answer: Answer, texts: Texts) -> str:
    """Return the line that tells that the question was read as going on from the one before, or nothing."""
    if answer.follows is None:
        return ""
    return f"<i>{texts.follows.format(headline=_headline(answer.follows, texts))}</i>\n\n"


def _render_nothing(answer: Answer, texts: Texts, scope: str) -> str:
    if scope and not answer.hits:
        return scope
    nothing = f"{texts.nothing_relevant}\n<i>{scope}</i>" if scope else texts.nothing_relevant
    closest = {hit.article.id: hit.article for hit in answer.hits}.values()
    if not closest:
        return nothing
    lines = [f"• {_headline(article, texts)}{_in_brackets(article, texts)}" for article in closest]
    return "\n".join([nothing, "", texts.closest, *lines[:_CLOSEST]])


def _in_brackets(article: ArticleRef, texts: Texts) -> str:
    return f" ({_line(render_date(article.date, texts))})" if article.date else ""


def _render_heading(article: ArticleRef, texts: Texts) -> str:
    source = _line(article.source)
    if article.url.startswith(("http://", "https://")) and len(article.url) <= _URL_CHARS:
        source = f'<a href="{html.escape(_clean(article.url))}">{source or "↗"}</a>'
    others = _line("、".join(article.also))
    about = " · ".join(part for part in (_line(render_date(article.date, texts)), source, others) if part)
    return f"<b>{_headline(article, texts)}</b>" + (f"\n<i>{about}</i>" if about else "")


def _render_quote(hit: Hit) -> str:
    text = _clean(hit.text)
    start = min(max(hit.highlight[0], 0), len(text))
    end = min(max(hit.highlight[1], start), len(text))
    before, marked, after = _around(text[:start], text[start:end], text[end:])
    bold = f"<b>{_escape(marked)}</b>" if marked.strip() else _escape(marked)
    return f"<blockquote>{_escape(before)}{bold}{_escape(after)}</blockquote>"


def _around(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """Shorten a passage to `_PASSAGE_UNITS`, the marked sentence last."""
    left, right = utf16_len(before), utf16_len(after)
    if left + utf16_len(marked) + right <= _PASSAGE_UNITS:
        return before, marked, after
    limit = _PASSAGE_UNITS - 3 * len(_ELLIPSIS)
    marked = head(marked, limit) + (_ELLIPSIS if utf16_len(marked) > limit else "")
    room = max(limit - utf16_len(marked), 0)
    # Each side gets half of the room, and what the other side does not need.
    left_room = min(left, max(room // 2, room - right))
    right_room = min(right, room - left_room)
    before = before if left <= left_room else _ELLIPSIS + tail(before, left_room)
    after = after if right <= right_room else head(after, right_room) + _ELLIPSIS
    return before, marked, after


def _headline(article: ArticleRef, texts: Texts) -> str:
    return _line(article.title) or texts.untitled


def _line(text: str) -> str:
    """Return one escaped line."""
    line = " ".join(_clean(text).split())
    return _escape(line if utf16_len(line) <= _LINE_UNITS else head(line, _LINE_UNITS - 1) + _ELLIPSIS)


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", text))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)

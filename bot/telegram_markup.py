"""Pieces of Telegram HTML: lines, headings, quotations. Pure; all text of articles and users is escaped."""

from __future__ import annotations

import html
import re

from bot.texts import Texts
from bot.utf16 import head, tail, utf16_len
from retrieval.model import ArticleRef, Hit

MESSAGE_UNITS = 4096  # Telegram's limit of a message, in UTF-16 code units after its HTML is parsed
ELLIPSIS = "…"

# Longer passages are shown around their marked sentence: the reader of a chat wants an answer, not a page.
PASSAGE_UNITS = 1500
# Telegram folds an expandable quotation to three lines, and what is shorter than this is hardly longer.
_LONG_UNITS = 300
_FOLDED_UNITS = 70  # that many are seen for certain before it is unfolded
# Headlines and sources are lines. One that is longer than this is text that was taken for a headline.
_LINE_UNITS = 200
_URL_CHARS = 2048

_TAG = re.compile(r"<[^>]*>")
# Lone surrogates cannot be sent as UTF-8, and Telegram drops control characters. Replaced one by one so
# that the offsets of the marked sentence stay right.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DATE = re.compile(r"(?P<year>\d{4}|-)(?:-(?P<month>\d{2}))?(?:-(?P<day>\d{2}))?")


def plain_text(message: str) -> str:
    """Return what a reader sees of an HTML message."""
    return html.unescape(_TAG.sub("", message))


def clean(text: str) -> str:
    """Return `text` without what cannot be sent, every character in its place."""
    return _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", text))


def escape(text: str) -> str:
    """Return clean text as HTML."""
    return html.escape(text, quote=False)


def one_line(text: str, units: int = _LINE_UNITS) -> str:
    """Return one clean line of at most so many code units, not escaped."""
    line = " ".join(clean(text).split())
    return line if utf16_len(line) <= units else head(line, units - 1) + ELLIPSIS


def headline(article: ArticleRef, texts: Texts, units: int = _LINE_UNITS) -> str:
    """Return an article's headline as one line, not escaped."""
    return one_line(article.title, units) or texts.untitled


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


def render_heading(article: ArticleRef, texts: Texts) -> str:
    """Return headline, date and sources, with a link where the article has one."""
    source = escape(one_line(article.source))
    if article.url.startswith(("http://", "https://")) and len(article.url) <= _URL_CHARS:
        source = f'<a href="{html.escape(clean(article.url))}">{source or "↗"}</a>'
    others = escape(one_line("、".join(article.also)))
    date = escape(one_line(render_date(article.date, texts)))
    about = " · ".join(part for part in (date, source, others) if part)
    return f"<b>{escape(headline(article, texts))}</b>" + (f"\n<i>{about}</i>" if about else "")


def render_quote(hit: Hit) -> str:
    """Return a hit's passage with the marked sentence in bold.

    A long passage can be unfolded; its sentence stands before it unless it is seen in the folded passage.
    """
    before, marked, after = around(*split_at_mark(hit))
    quote = render_marked(before, marked, after)
    if utf16_len(before + marked + after) <= _LONG_UNITS:
        return f"<blockquote>{quote}</blockquote>"
    folded = f"<blockquote expandable>{quote}</blockquote>"
    length = utf16_len(marked)
    if not marked.strip() or length > _LONG_UNITS or utf16_len(before) + length <= _FOLDED_UNITS:
        return folded
    return f"<b>{escape(marked.strip())}</b>\n{folded}"


def split_at_mark(hit: Hit) -> tuple[str, str, str]:
    """Return what stands before, in and after the marked sentence of a hit, clean."""
    text = clean(hit.text)
    start = min(max(hit.highlight[0], 0), len(text))
    end = min(max(hit.highlight[1], start), len(text))
    return text[:start], text[start:end], text[end:]


def render_marked(before: str, marked: str, after: str) -> str:
    """Return clean text with its middle in bold."""
    bold = f"<b>{escape(marked)}</b>" if marked.strip() else escape(marked)
    return f"{escape(before)}{bold}{escape(after)}"


def around(before: str, marked: str, after: str, units: int = PASSAGE_UNITS) -> tuple[str, str, str]:
    """Shorten a passage to so many code units, the marked sentence last."""
    left, right = utf16_len(before), utf16_len(after)
    if left + utf16_len(marked) + right <= units:
        return before, marked, after
    limit = units - 3 * len(ELLIPSIS)
    marked = head(marked, limit) + (ELLIPSIS if utf16_len(marked) > limit else "")
    room = max(limit - utf16_len(marked), 0)
    # Each side gets half of the room, and what the other side does not need.
    left_room = min(left, max(room // 2, room - right))
    right_room = min(right, room - left_room)
    before = before if left <= left_room else ELLIPSIS + tail(before, left_room)
    after = after if right <= right_room else head(after, right_room) + ELLIPSIS
    return before, marked, after

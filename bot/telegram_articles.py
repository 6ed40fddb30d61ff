"""Articles as Telegram messages: a paragraph among its neighbours, pages of the whole, a file. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.telegram_callbacks import Press, article_key
from bot.telegram_markup import (
    around,
    clean,
    escape,
    headline,
    one_line,
    plain_text,
    render_date,
    render_heading,
    render_marked,
    split_at_mark,
)
from bot.telegram_screens import Screen, context_rows, page_rows
from bot.texts import Texts
from bot.utf16 import head, utf16_len
from retrieval.model import Answer, Article, ArticleRef, Hit

PAGES = 6  # an article of more is a file: nobody leafs through a chat for longer

_TEXT_UNITS = 3000  # of an article in one message; the heading has what is left
_CONTEXT_UNITS = 2800
_BREAK = "\n\n"
_SENTENCE_END = re.compile(r"[。！？；!?;\n][”’」』）)]*|\.(?=\s)|[，,]")
_NAME_CHARS = 40


def ref_of(article: Article) -> ArticleRef:
    """Return what an answer says about an article."""
    date = str(article.date or "")
    return ArticleRef(
        article.id, article.title, date, article.source, article.kicker, article.url, article.also
    )


def find_hit(answer: Answer, press: Press) -> Hit | None:
    """Return the hit of `answer` that a button is about: its paragraph of its article."""
    for hit in answer.hits:
        if article_key(hit.article.id) == press.article and hit.paragraph == press.paragraph:
            return hit
    return None


def render_context(article: Article, press: Press, hit: Hit | None, texts: Texts) -> Screen:
    """Return a paragraph with `press.number` before and after it, as far as a message holds them.

    With the hit that it was found by, the sentence that answers is marked.
    """
    if not article.paragraphs:
        return render_page(article, press, texts)
    at = min(max(press.paragraph, 1), len(article.paragraphs)) - 1
    before, marked, after = around(*_marked_in(article.paragraphs[at], hit), _CONTEXT_UNITS)
    room = _CONTEXT_UNITS - utf16_len(before + marked + after)
    first = last = at
    # The nearest come first; a neighbour that does not fit ends it on its side.
    open_before, open_after = True, True
    for _ in range(press.number):
        if open_before and first > 0 and (cost := _cost(article.paragraphs[first - 1])) <= room:
            first, room = first - 1, room - cost
        else:
            open_before = False
        if (
            open_after
            and last + 1 < len(article.paragraphs)
            and (cost := _cost(article.paragraphs[last + 1])) <= room
        ):
            last, room = last + 1, room - cost
        else:
            open_after = False
    lead = "".join(clean(each) + _BREAK for each in article.paragraphs[first:at])
    rest = "".join(_BREAK + clean(each) for each in article.paragraphs[at + 1 : last + 1])
    quote = render_marked(lead + before, marked, after + rest)
    wider = any(
        still and 0 <= beyond < len(article.paragraphs) and _cost(article.paragraphs[beyond]) <= room
        for still, beyond in ((open_before, first - 1), (open_after, last + 1))
    )
    here = replace(press, paragraph=at + 1)
    text = f"{render_heading(ref_of(article), texts)}\n<blockquote>{quote}</blockquote>"
    return Screen(text, context_rows(here, wider=wider, texts=texts))


def render_page(article: Article, press: Press, texts: Texts) -> Screen:
    """Return page `press.number` of a whole article."""
    pages = pages_of(article)
    number = min(max(press.number, 0), len(pages) - 1)
    body = escape(pages[number])
    text = f"{render_heading(ref_of(article), texts)}\n\n{body}".rstrip()
    return Screen(text, page_rows(replace(press, number=number), len(pages), texts))


def pages_of(article: Article) -> list[str]:
    """Return the text of an article in pages, at least one, cut at paragraphs or sentences where possible."""
    pages: list[str] = []
    page = clean(article.kicker).strip()
    for piece, begins in _pieces(article.paragraphs):
        joint = (_BREAK if begins else "") if page else ""
        if utf16_len(page + joint + piece) <= _TEXT_UNITS:
            page += joint + piece
        else:
            pages.append(page)
            page = piece
    return [each for each in (*pages, page) if each.strip()] or [""]


def render_file(article: Article, texts: Texts) -> tuple[str, str, str]:
    """Return the name of a file, the whole article as its text, and a caption in HTML."""
    ref = ref_of(article)
    about = " · ".join(
        part for part in (render_date(ref.date, texts), ref.source, *ref.also, ref.url) if part
    )
    parts = [article.kicker, headline(ref, texts), about, "", *(f"{each}\n" for each in article.paragraphs)]
    text = "\n".join(clean(part) for number, part in enumerate(parts) if part or number == 3)
    return _file_name(ref, texts), text, _caption(ref, texts)


def _caption(ref: ArticleRef, texts: Texts) -> str:
    heading = render_heading(ref, texts)
    return heading if utf16_len(plain_text(heading)) <= 1024 else f"<b>{escape(headline(ref, texts))}</b>"


def _file_name(ref: ArticleRef, texts: Texts) -> str:
    words = re.sub(r"[^\w-]+", "_", one_line(ref.title) or texts.untitled)
    return f"{words.strip('_')[:_NAME_CHARS].rstrip('_') or 'article'}.txt"


def _marked_in(paragraph: str, hit: Hit | None) -> tuple[str, str, str]:
    """Return a paragraph cut at the marked sentence of the passage that was found in it, clean."""
    at = paragraph.find(hit.text) if hit and hit.text else -1
    if hit is None or at < 0:
        return clean(paragraph), "", ""
    before, marked, after = split_at_mark(hit)
    return clean(paragraph[:at]) + before, marked, after + clean(paragraph[at + len(hit.text) :])


def _cost(paragraph: str) -> int:
    return utf16_len(paragraph) + len(_BREAK)


def _pieces(paragraphs: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Yield pieces of text that fit a page, and whether each begins a paragraph."""
    for paragraph in paragraphs:
        rest, begins = clean(paragraph), True
        while utf16_len(rest) > _TEXT_UNITS:
            piece = head(rest, _TEXT_UNITS)
            ends = [match.end() for match in _SENTENCE_END.finditer(piece)]
            if ends and ends[-1] > len(piece) // 2:
                piece = piece[: ends[-1]]
            yield piece, begins
            rest, begins = rest[len(piece) :], False
        yield rest, begins

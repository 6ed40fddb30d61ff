"""Answers as Telegram messages. Pure: an `Answer` in, a `Screen` out."""

from __future__ import annotations

import html
from dataclasses import replace

from bot.alert_rendering import keep_row
from bot.scope_rendering import render_scope
from bot.telegram_callbacks import Action, Press, article_key
from bot.telegram_markup import (
    clean,
    escape,
    headline,
    one_line,
    render_date,
    render_heading,
    render_quote,
)
from bot.telegram_ratings import rating_row
from bot.telegram_screens import Button, Screen, hit_rows, list_rows
from bot.texts import Texts
from retrieval.model import Answer, ArticleRef, Hit

_LISTED = 6  # headlines; more buttons than that fill a telephone's screen
_LABEL_UNITS = 60
_SURE = 0.5  # below it the first passage is likelier not to be the answer


def render_answer(answer: Answer, texts: Texts, position: int = 1) -> Screen:
    """Return the message that tells one hit of `answer`, or that there is none."""
    note = _render_note(answer, texts)
    scope = escape(clean(render_scope(answer, texts)))
    if not answer.answered or not answer.hits:
        return _render_nothing(answer, texts, note, scope)
    position = min(max(position, 1), len(answer.hits))
    hit = answer.hits[position - 1]
    scope = f"<i>{scope}</i>\n\n" if scope else ""
    doubt = f"<i>{texts.unsure}</i>\n\n" if answer.confidence < _SURE else ""
    text = f"{note}{scope}{doubt}{render_heading(hit.article, texts)}\n{render_quote(hit)}"
    here = press_on(answer, position)
    return Screen(text, (*hit_rows(here, len(answer.hits), texts), rating_row(here)))


def render_others(answer: Answer, texts: Texts, position: int) -> Screen | None:
    """Return the list of the articles of `answer` other than that of a hit, None if there is none.

    Where `answer` says that nothing is relevant, it is told so again.
    """
    if not answer.answered or not answer.hits:
        return render_answer(answer, texts)
    here = press_on(answer, min(max(position, 1), len(answer.hits)))
    found = {key: entry for key, entry in _listed(answer, texts).items() if key != here.article}
    if not found:
        return None
    opened = [(label, replace(press, position=here.position)) for label, press in found.values()]
    return Screen(f"<b>{texts.others}</b>", list_rows(opened[:_LISTED], here, texts))


def press_on(answer: Answer, position: int, action: Action = Action.HIT) -> Press:
    """Return what a button on a hit of `answer` carries."""
    hit = answer.hits[position - 1]
    follows = answer.follows is not None
    key = article_key(hit.article.id)
    return Press(action, answer.generation, key, position, hit.paragraph, follows=follows)


def render_citation(hit: Hit, texts: Texts) -> str:
    """Return a hit as a message of its own, to be posted in any chat."""
    return f"{render_heading(hit.article, texts)}\n{render_quote(hit)}"


def render_start(texts: Texts) -> str:
    """Return what /start says."""
    return texts.start


def render_help(texts: Texts, username: str) -> str:
    """Return what /help says; `username` is the bot's own."""
    return texts.help.format(bot=html.escape(username))


def render_inline_usage(texts: Texts, username: str, *, button: bool) -> Screen:
    """Return how to ask in any chat, with a button that leads to one where Telegram takes it."""
    rows = ((Button(texts.button_inline, "", inline=True),),) if button else ()
    return Screen(texts.inline_usage.format(bot=html.escape(username)), rows)


def render_too_long(texts: Texts, limit: int) -> str:
    """Return the refusal of a question of more than `limit` characters."""
    return texts.too_long.format(limit=limit)


def _render_note(answer: Answer, texts: Texts) -> str:
    """Return the line that tells that the question was read as going on from the one before, or nothing."""
    if answer.follows is None:
        return ""
    return f"<i>{texts.follows.format(headline=escape(headline(answer.follows, texts)))}</i>\n\n"


def _render_nothing(answer: Answer, texts: Texts, note: str, scope: str) -> Screen:
    if scope and not answer.hits:
        return Screen(note + scope)
    nothing = f"{note}{texts.nothing_relevant}" + (f"\n<i>{scope}</i>" if scope else "")
    closest = list(_listed(answer, texts).values())[:_LISTED]
    if not closest:
        return Screen(nothing)
    rows = list_rows(closest, None, texts)
    return Screen(f"{nothing}\n\n{texts.closest}", rows if scope else (*rows, keep_row(texts)))


def _listed(answer: Answer, texts: Texts) -> dict[str, tuple[str, Press]]:
    """Return a label and a button's load for each article by its key, at its best hit."""
    found: dict[str, tuple[str, Press]] = {}
    for position, hit in enumerate(answer.hits, start=1):
        press = press_on(answer, position)
        found.setdefault(press.article, (_label(hit.article, texts), press))
    return found


def _label(article: ArticleRef, texts: Texts) -> str:
    date = one_line(render_date(article.date, texts), _LABEL_UNITS // 2)
    return headline(article, texts, _LABEL_UNITS) + (f" ({date})" if date else "")

"""Alerts as messages, and what their buttons carry. Pure.

n:s:12        stop alert 12, beneath what it told
n:x:12:1      stop it from page 1 of the list
n:l:1         page 1 of the list
n:q, n:a      ask whether to stop all; stop all
n:k           keep the question that the message answers
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts import Alert
from bot.contents_rendering import ARTICLE_PREFIX
from bot.telegram_callbacks import article_key
from bot.telegram_markup import escape, headline, one_line, render_heading, render_marked, split_at_mark
from bot.telegram_screens import Button, Row, Screen
from bot.texts import Texts
from bot.utf16 import head, utf16_len
from retrieval.model import Hit

ALERT_PREFIX = "n:"
SHOWN = 3  # articles in a message

_PER_PAGE = 8
_QUESTION_UNITS, _LABEL_UNITS, _SENTENCE_UNITS = 200, 40, 300
_DATA = re.compile(r"n:(?:([qak])|([sl]):(\d{1,18})|(x):(\d{1,18}):(\d{1,6}))")


@dataclass(frozen=True, slots=True)
class AlertPress:
    """A button, pressed."""

    action: str
    """s, x, l, q, a or k."""
    number: int = 0
    """Of the alert."""
    page: int = 0


def read_alert_press(data: str) -> AlertPress | None:
    """Return what a button asks for, None for another button."""
    match = _DATA.fullmatch(data)
    if not match:
        return None
    bare, one, number, stop, stopped, page = match.groups()
    if bare:
        return AlertPress(bare)
    if stop:
        return AlertPress(stop, int(stopped), int(page))
    return AlertPress(one, page=int(number)) if one == "l" else AlertPress(one, int(number))


def keep_row(texts: Texts) -> Row:
    """Return the button that keeps the question that a message answers."""
    return (Button(texts.button_tell_me, f"{ALERT_PREFIX}k"),)


def render_told(alert: Alert, hits: Sequence[Hit], texts: Texts) -> Screen:
    """Return the message that tells what has arrived for an alert."""
    shown = hits[:SHOWN]
    parts = [f"🔔 <b>{_quoted(alert)}</b>", *(_render_hit(hit, texts) for hit in shown)]
    more = len(hits) - len(shown) + alert.more
    if more:
        parts.append(texts.alert_more.format(count=more))
    rows = [
        (
            Button(
                f"📄 {headline(hit.article, texts, _LABEL_UNITS)}",
                f"{ARTICLE_PREFIX}{article_key(hit.article.id)}",
            ),
        )
        for hit in shown
    ]
    rows.append((Button(texts.button_stop_alert, f"{ALERT_PREFIX}s:{alert.number}"),))
    return Screen("\n\n".join(parts), tuple(rows))


def render_kept(question: str, hit: Hit | None, texts: Texts) -> Screen:
    """Return what is said of a question that is kept now, with what there is already."""
    kept = texts.alert_kept.format(question=escape(one_line(question, _QUESTION_UNITS)))
    if hit is None:
        return Screen(f"{kept}\n{texts.alert_nothing_yet}")
    label = f"📄 {headline(hit.article, texts, _LABEL_UNITS)}"
    row = (Button(label, f"{ARTICLE_PREFIX}{article_key(hit.article.id)}"),)
    return Screen(f"{kept}\n\n{texts.alert_present}\n{_render_hit(hit, texts)}", (row,))


def render_alerts(alerts: Sequence[Alert], page: int, quiet: str, texts: Texts) -> Screen:
    """Return a page of somebody's alerts, each with a button that stops it, and their quiet hours."""
    if not alerts:
        return Screen(f"{texts.alerts_none}\n{quiet}")
    last = (len(alerts) - 1) // _PER_PAGE
    page = min(max(page, 0), last)
    shown = list(enumerate(alerts))[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    lines = [f"{at + 1}. {_marks(alert)}{_quoted(alert)}" for at, alert in shown]
    rows: list[Row] = [
        (
            Button(
                f"✖ {at + 1}. {one_line(alert.question, _LABEL_UNITS)}",
                f"{ALERT_PREFIX}x:{alert.number}:{page}",
            ),
        )
        for at, alert in shown
    ]
    if last:
        back = (Button("◀", f"{ALERT_PREFIX}l:{page - 1}"),) if page else ()
        on = (Button("▶", f"{ALERT_PREFIX}l:{page + 1}"),) if page < last else ()
        rows.append((*back, Button(f"{page + 1}/{last + 1}", f"{ALERT_PREFIX}l:{page}"), *on))
    if len(alerts) > 1:
        rows.append((Button(texts.button_stop_all, f"{ALERT_PREFIX}q"),))
    text = "\n".join((f"<b>{texts.alerts_yours}</b>", *lines, "", quiet))
    return Screen(text, tuple(rows))


def render_stop_all(count: int, texts: Texts) -> Screen:
    """Return the question whether all alerts are to be stopped."""
    rows = (
        (Button(texts.button_stop_all, f"{ALERT_PREFIX}a"),),
        (Button(texts.button_back, f"{ALERT_PREFIX}l:0"),),
    )
    return Screen(texts.alerts_stop_all.format(count=count), rows)


def _render_hit(hit: Hit, texts: Texts) -> str:
    before, marked, after = split_at_mark(hit)
    if not marked.strip():
        marked, after = before + after, ""
    sentence = marked.strip()
    if utf16_len(sentence) > _SENTENCE_UNITS:
        sentence = head(sentence, _SENTENCE_UNITS) + "…"
    return f"{render_heading(hit.article, texts)}\n<blockquote>{render_marked('', sentence, '')}</blockquote>"


def _quoted(alert: Alert) -> str:
    return escape(one_line(alert.question, _QUESTION_UNITS))


def _marks(alert: Alert) -> str:
    group = "👥 " if alert.place.chat != alert.place.user else ""
    return group + ("⏸ " if alert.paused else "")

"""What is said of an article that was sent to the bot. Pure.

u:NAME   takes the file of that name out again
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.contents_rendering import ARTICLE_PREFIX
from bot.inbox import is_stored_name
from bot.telegram_callbacks import article_key
from bot.telegram_markup import escape, one_line, render_date
from bot.telegram_screens import Button, Row, Screen
from bot.texts import Texts
from bot.upload_reading import Headline
from bot.uploads import Indexed
from retrieval.model import ArticleRef

UNDO_PREFIX = "u:"

_NAME_UNITS, _HEADLINE_UNITS, _SOURCE_UNITS, _REASON_UNITS = 60, 100, 100, 400
_PROBLEM_UNITS, _PROBLEMS = 160, 6
_LOOKED_AT = 10_000  # problems of a run


def read_undo(data: str) -> str | None:
    """Return the name of the file that a button takes out, None for another button."""
    name = data.removeprefix(UNDO_PREFIX)
    return name if data.startswith(UNDO_PREFIX) and is_stored_name(name) else None


def shown_name(called: str, texts: Texts) -> str:
    """Return what a sender calls a file, fit to be shown."""
    return f"<b>{escape(one_line(called, _NAME_UNITS) or texts.upload_file)}</b>"


def shown_reason(reason: str) -> str:
    """Return a line that says why, fit to be shown."""
    return escape(one_line(reason, _REASON_UNITS))


def render_indexed(indexed: Indexed, called: str, texts: Texts) -> Screen:
    """Return what became of a file that was stored."""
    stored, outcome = indexed.stored, indexed.outcome
    contents, name = stored.contents, shown_name(called, texts)
    articles: Sequence[ArticleRef | None] = indexed.articles or (None,) * len(contents.headlines)
    told = list(zip(contents.headlines, articles, strict=True))
    if outcome.report:
        top = texts.upload_done.format(
            name=name,
            articles=contents.articles,
            paragraphs=contents.paragraphs,
            generation=outcome.report.get("generation", "?"),
        )
    else:
        top = f"{name}\n{texts.upload_not_indexed.format(reason=shown_reason(outcome.reason))}"
    lines = [f"{top}\n{texts.upload_again}" if stored.again else top]
    for number, (each, ref) in enumerate(told, start=1):
        mark = f"{number}." if len(told) > 1 else "•"
        lines.append(f"{mark} {_tell_article(each, indexed.elsewhere(each, ref), texts)}")
    if contents.articles > len(told):
        lines.append(texts.upload_more.format(count=contents.articles - len(told)))
    if problems := (*contents.problems, *_clashes(indexed)):
        lines.append(_tell_problems(problems, contents.more_problems, texts))
    undo = (Button(texts.button_undo, f"{UNDO_PREFIX}{stored.name}"),)
    return Screen("\n\n".join(lines), tuple(row for row in (_opening(articles, texts), undo) if row))


def render_undone(before: str, note: str) -> str:
    """Return the text of a message that told of an upload, `before` in plain text, now that it is undone."""
    return f"<s>{escape(before)}</s>\n\n{note}" if before else note


def _tell_article(headline: Headline, elsewhere: tuple[str, ...] | None, texts: Texts) -> str:
    title = one_line(headline.title or headline.kicker, _HEADLINE_UNITS) or texts.untitled
    date = render_date(headline.date, texts)
    about = [date, texts.upload_paragraphs.format(paragraphs=headline.paragraphs)]
    if elsewhere:
        sources = escape(one_line("、".join(elsewhere), _SOURCE_UNITS))
        about.append(texts.upload_known_from.format(sources=sources))
    elif elsewhere is not None:
        about.append(texts.upload_known)
    return f"{escape(title)}\n<i>{' · '.join(part for part in about if part)}</i>"


def _clashes(indexed: Indexed) -> Iterator[str]:
    """Yield what the index says of the file beyond what was found when it was read by itself."""
    if indexed.stored.contents.more_problems:  # some that are not shown would come again
        return
    for each in indexed.outcome.report.get("problems", ())[:_LOOKED_AT]:
        reason = str(each["reason"])
        of_this = str(each["file"]).endswith(indexed.stored.name)
        if of_this and reason not in indexed.stored.contents.problems:
            yield reason


def _tell_problems(problems: Sequence[str], more: int, texts: Texts) -> str:
    lines = [f"• {escape(one_line(each, _PROBLEM_UNITS))}" for each in problems[:_PROBLEMS]]
    if more := more + max(len(problems) - _PROBLEMS, 0):
        lines.append(f"… {more}")
    return "\n".join((texts.upload_problems, *lines))


def _opening(articles: Sequence[ArticleRef | None], texts: Texts) -> Row:
    """Return the buttons that open articles: a single one by name, several by number."""
    return tuple(
        Button(
            str(number) if len(articles) > 1 else texts.button_whole, f"{ARTICLE_PREFIX}{article_key(ref.id)}"
        )
        for number, ref in enumerate(articles, start=1)
        if ref is not None
    )

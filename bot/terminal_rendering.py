"""Answers and articles as text for a terminal. Pure: what comes in is data, what goes out is styled text."""

from __future__ import annotations

from bot.styled_text import StyledText
from retrieval.model import Answer, Article, ArticleRef, Hit

_MARK = "bold"
_DIM = "dim"
_NEIGHBOUR = "   ┊ "  # tells them from the passage where there is no style
_LANGUAGES = ("zh", "en")  # a terminal does not say which one its user reads


def render_answer(answer: Answer, *, styled: bool) -> StyledText:
    """Return the passages of an answer; where there is no style, the best sentence stands between 【 】."""
    text = StyledText()
    if answer.follows is not None:
        text.append(f"承上文 / following up on: {_heading(answer.follows)}\n", _DIM)
    if answer.explanation is not None:
        from bot.explanation_rendering import render_question_explanation  # few ask why

        text.append_text(render_question_explanation(answer.explanation, answered=answer.answered))
    if scope := _scope(answer):
        text.append(f"{scope}\n", _DIM if answer.hits else "")
        if not answer.hits:
            return text
    if not answer.answered:
        text.append("没有找到相关内容 / nothing relevant in the articles.\n")
        if answer.hits:
            text.append("最接近的报道 / nearest headlines:\n")
            for title in dict.fromkeys(_heading(hit.article) for hit in answer.hits):
                text.append(f"  {title}\n", _DIM)
        if answer.explanation is None:
            return text
        text.append("\n")
    for hit in answer.hits:
        text.append_text(_render_hit(hit, styled=styled))
    return text


def render_article(article: Article) -> StyledText:
    """Return a whole article as a reader wants it: kicker, headline, source, paragraphs."""
    text = StyledText()
    if article.kicker:
        text.append(article.kicker + "\n", _DIM)
    text.append((article.title or "(no headline)") + "\n", _MARK)
    where = [_dates(article), _sources(article), article.url, article.id]
    text.append(" · ".join(part for part in where if part) + "\n", _DIM)
    for paragraph in article.paragraphs:
        text.append(f"\n{paragraph}\n")
    return text


def _render_hit(hit: Hit, *, styled: bool) -> StyledText:
    start, end = hit.highlight
    text = StyledText(f"{hit.rank}. ")
    text.append(hit.article.title or hit.article.kicker or hit.article.source, "bold cyan")
    about = [hit.article.date, _sources(hit.article), f"¶{hit.paragraph}", hit.article.id]
    text.append("\n   " + " · ".join(part for part in about if part) + "\n", _DIM)
    for paragraph in hit.before:
        text.append(f"{_NEIGHBOUR}{paragraph}\n", _DIM)
    marks = ("", "") if styled else ("【", "】")
    text.append("   " + hit.text[:start])
    text.append(marks[0] + hit.text[start:end] + marks[1], "bold yellow")
    text.append(hit.text[end:] + "\n")
    for paragraph in hit.after:
        text.append(f"{_NEIGHBOUR}{paragraph}\n", _DIM)
    if hit.explanation is not None:
        from bot.explanation_rendering import render_hit_explanation

        text.append_text(render_hit_explanation(hit.explanation))
    text.append("\n")
    return text


def _scope(answer: Answer) -> str:
    """Return what time was searched, in both languages, empty where none was named."""
    if not answer.searched and not answer.impossible:
        return ""
    from bot.scope_rendering import render_scope
    from bot.texts import texts_for  # all that is said in Telegram, and to load as such

    return " / ".join(render_scope(answer, texts_for(language)) for language in _LANGUAGES)


def _dates(article: Article) -> str:
    """Return the date of an article with its origin, and that of the paper if it is another."""
    date, published = article.date, article.published
    parts = [f"{date} ({date.origin})"] if date else []
    if published is not None and str(published) != str(date):
        parts.append(f"printed {published} ({published.origin})")
    return ", ".join(parts)


def _sources(article: Article | ArticleRef) -> str:
    return "、".join([article.source, *article.also])


def _heading(article: ArticleRef) -> str:
    date = f"{article.date} " if article.date else ""
    return f"{date}{article.title or article.kicker or article.source}"

"""`huiwen articles`, `huiwen show` and `huiwen reflow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.text import Text

from bot.console import has_styles, out, print_json, say
from bot.console import show as show_text
from bot.terminal_rendering import render_article
from config import Settings
from retrieval.errors import BadQueryError, UnreadableError
from retrieval.model import Article
from retrieval.opening import open_holdings
from retrieval.reading import Boundary, explain_page, read_many

_REFLOWED = ("title", "kicker", "date")


def articles(settings: Settings, *, as_json: bool) -> int:
    """List the indexed articles, newest reading order, and the files that failed."""
    holdings = open_holdings(settings.data_dir, settings.store)
    number, problems = holdings.generation, holdings.problems
    listed = list(holdings.articles.articles())
    if as_json:
        failed = [{"file": problem.file, "reason": problem.reason} for problem in problems]
        print_json({"generation": number, "articles": [_brief(a) for a in listed], "problems": failed})
        return 0
    console = out()
    for article in listed:
        date = str(article.date) if article.date else "-"
        line = Text(f"{article.id}  ")
        line.append(f"{date:<10}  ", "dim")
        line.append(article.title or article.kicker or article.paragraphs[0][:30], "bold")
        line.append(f"  {article.source}", "dim")
        console.print(line)
    say(f"{len(listed)} articles in generation {number}")
    for problem in problems:
        say(f"{problem.file}: {problem.reason}")
    return 0


def show(settings: Settings, article_id: str, *, as_json: bool) -> int:
    """Print the article whose id is, or begins with, `article_id`."""
    catalog = open_holdings(settings.data_dir, settings.store).articles
    article = catalog.article(article_id)
    if article is None:
        ids = catalog.ids_like(article_id) if article_id else []
        if len(ids) > 1:
            raise BadQueryError(
                f"{article_id}: several articles begin so ({', '.join(ids)}); give more of the id"
            )
        article = catalog.article(ids[0]) if ids else None
    if article is None:
        raise BadQueryError(f"{article_id}: no such article; `huiwen articles` lists them")
    if as_json:
        print_json({**_brief(article), "paragraphs": article.paragraphs})
    else:
        show_text(render_article(article), styled=has_styles())
    return 0


def reflow(files: Sequence[Path], *, as_json: bool, explain: bool = False) -> int:
    """Show the articles of files as they are read; 2 when any file could not be."""
    status = 0
    for file, reading in zip(files, read_many([(file, file.name) for file in files]), strict=True):
        if isinstance(reading, UnreadableError):
            say(f"huiwen: {file}: {reading}")
            status = 2
            continue
        for remark in reading.problems:
            say(f"huiwen: {file}: {remark}")
        for article in reading.articles:
            if as_json:
                kept = {key: value for key, value in _brief(article).items() if key in _REFLOWED}
                print_json({"file": str(file), **kept, "paragraphs": article.paragraphs})
            else:
                _print_numbered(article)
        if explain:
            _print_boundaries(file, explain_page(file), as_json=as_json)
    return status


def _print_boundaries(file: Path, boundaries: Sequence[Boundary], *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(file), "boundaries": [asdict(boundary) for boundary in boundaries]})
        return
    console = out()
    if not boundaries:
        console.print(Text("its format marks the paragraphs; nothing had to be judged\n", "dim"))
    for boundary in boundaries:
        kind = "headline" if boundary.is_head else "paragraph"
        console.print(Text(f"{kind} at line {boundary.line + 1}: {boundary.text}", "bold"))
        for name, words, weight in boundary.reasons:
            console.print(Text(f"  {weight:+6.2f}  {words} ({name})", "dim"))
        if not boundary.reasons:
            console.print(Text("          the page begins, or has a paragraph a line", "dim"))
    console.print()


def _print_numbered(article: Article) -> None:
    console = out()
    if article.kicker:
        console.print(Text(article.kicker, "dim"))
    console.print(Text(article.title or "(no headline)", "bold"))
    console.print(Text(f"{article.date or 'no date'}", "dim"))
    for number, paragraph in enumerate(article.paragraphs, start=1):
        console.print(Text(f"\n[{number}] {paragraph}"))
    console.print()


def _brief(article: Article) -> dict[str, Any]:
    date, published = article.date, article.published
    return {
        "id": article.id,
        "title": article.title,
        "kicker": article.kicker,
        "date": str(date or ""),
        "date_origin": date.origin if date else "",
        "published": str(published or ""),
        "source": article.source,
        "also": article.also,
        "url": article.url,
        "paragraphs": len(article.paragraphs),
    }

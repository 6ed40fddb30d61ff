"""From ranked candidates to the hits that are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from retrieval.diversity import diverse, worth_showing
from retrieval.finder import Finder
from retrieval.fusion import Fusion
from retrieval.highlight import best_range
from retrieval.model import ArticleRef, Hit, Passage
from retrieval.question import Question
from retrieval.ranked import Ranked
from retrieval.store import Articles

if TYPE_CHECKING:
    from retrieval.explanation import HitExplanation


class Wanted(NamedTuple):
    """How much of an answer is shown."""

    k: int
    """Hits, at most."""
    per_article: int
    """Hits of one article, at most, while others answer too; 0 for no limit."""
    context: int = 0
    """Paragraphs before and after each hit."""
    explain: bool = False


class Presenter:
    """Makes hits of the candidates that a finder found."""

    def __init__(self, articles: Articles, finder: Finder) -> None:
        self._articles = articles
        self._finder = finder

    def hits(self, asked: Question, ranked: Ranked, fusion: Fusion, wanted: Wanted) -> tuple[Hit, ...]:
        """Return what is shown, the best first, each text once."""
        read: dict[int, tuple[Passage, ArticleRef]] = {}
        candidates = self._distinct(ranked, read, wanted.k)
        places = diverse(candidates, worth_showing(ranked.fusion), wanted.k, wanted.per_article)
        hits = []
        for rank, place in enumerate(places, start=1):
            passage, article = read[place]
            units = self._finder.units(asked, int(ranked.numbers[place]))
            before, after = self._neighbours(passage, wanted.context)
            hits.append(
                Hit(
                    rank,
                    round(float(ranked.scores[place]), 4),
                    article,
                    passage.paragraph,
                    passage.text,
                    best_range(passage.text, _known_of(article), asked, *units),
                    before,
                    after,
                    _explain(ranked, place, fusion) if wanted.explain else None,
                )
            )
        return tuple(hits)

    def _distinct(
        self, ranked: Ranked, read: dict[int, tuple[Passage, ArticleRef]], first: int
    ) -> Iterator[tuple[int, int]]:
        """Yield place and article of each candidate whose text is new; `read` receives the passages.

        They are read as far as they are asked for, `first` at once, then more.
        """
        seen: set[str] = set()
        start, end = 0, first
        while start < len(ranked):
            part = ranked.numbers[start:end].tolist()
            for place, found in enumerate(self._finder.view.passages(part), start=start):
                if found[0].text not in seen:
                    seen.add(found[0].text)
                    read[place] = found
                    yield place, int(ranked.owners[place])
            start, end = end, 2 * end

    def _neighbours(self, passage: Passage, count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return `count` pieces of text before and after a passage, in the order of the article.

        They are its paragraphs; where the passage is a part of one, the rest of that comes first.
        """
        article = self._articles.article(passage.article_id) if count > 0 else None
        if article is None:
            return (), ()
        number = passage.paragraph - 1
        own = article.paragraphs[number]
        before = [*article.paragraphs[:number], own[: passage.start].strip()]
        after = [own[passage.start + len(passage.text) :].strip(), *article.paragraphs[number + 1 :]]
        return tuple(list(filter(None, before))[-count:]), tuple(list(filter(None, after))[:count])


def _explain(ranked: Ranked, place: int, fusion: Fusion) -> HitExplanation:
    from retrieval.explaining import explain_hit  # few ask why

    return explain_hit(ranked, place, fusion)


def _known_of(article: ArticleRef) -> str:
    """Return what a question may say of an article to name it, its date as texts write it among that."""
    year, month, day = ([*article.date.rsplit("-", 2), "", ""])[:3] if article.date else ("", "", "")
    written = "".join(
        f"{int(part)}{unit}" for part, unit in ((year, "年"), (month, "月"), (day, "日")) if part.isdigit()
    )
    return f"{article.kicker} {article.title} {written}"

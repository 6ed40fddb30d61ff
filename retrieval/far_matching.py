"""Many questions that people keep against a few new articles of a store that is far.

What `matching` works out of all passages is not at hand here. Questions in Chinese that have no word in
common with the articles are left out; the others are judged one by one among these articles, which are
fetched once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from retrieval.judging import Judged
from retrieval.matching import Kept, Match, matches_of, touched_by
from retrieval.searcher import Searcher

_ARTICLES_AT_ONCE = 50  # some 300 passages, of which the store keeps six times as many


def match_far(
    searcher: Searcher,
    kept: Sequence[Kept],
    articles: Sequence[int],
    k: int,
    going_on: Callable[[], bool] = lambda: True,
) -> list[Match] | None:
    """Return what `matching.match` does. Raises StoreError."""
    found: defaultdict[int, list[Judged]] = defaultdict(list)
    for start in range(0, len(articles), _ARTICLES_AT_ONCE):
        part = list(searcher.catalog.at(articles[start : start + _ARTICLES_AT_ONCE]))
        texts = [text for each in part for text in (each.kicker, each.title, *each.paragraphs)]
        ids = frozenset(each.id for each in part)
        for question in touched_by(kept, texts):
            if not going_on():
                return None
            found[question.number] += searcher.judge_of(question.text, ids, len(ids), question.vector)
    return matches_of(found, k)

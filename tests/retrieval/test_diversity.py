"""Which candidates are shown, whatever their articles and scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.diversity import diverse, worth_showing

_CANDIDATES = st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30)
_K = st.integers(1, 12)
_LIMIT = st.integers(0, 4)


def _chosen(candidates: list[tuple[int, bool]], k: int, limit: int) -> list[int]:
    worthy = np.array([good for _, good in candidates], np.bool_)
    return diverse(((place, article) for place, (article, _) in enumerate(candidates)), worthy, k, limit)


@given(_CANDIDATES, _K, _LIMIT)
def test_as_many_as_there_are_in_order_the_first_always(
    candidates: list[tuple[int, bool]], k: int, limit: int
) -> None:
    chosen = _chosen(candidates, k, limit)
    assert len(chosen) == min(k, len(candidates))
    assert chosen == sorted(set(chosen))
    assert chosen[:1] == ([0] if candidates else [])


@given(_CANDIDATES, _K)
def test_without_a_limit_worth_decides_nothing_among_the_worthy(
    candidates: list[tuple[int, bool]], k: int
) -> None:
    assert _chosen([(article, True) for article, _ in candidates], k, 0) == list(
        range(min(k, len(candidates)))
    )


@given(_CANDIDATES, _K, st.integers(1, 4))
def test_more_of_one_article_only_where_no_other_is_worth_showing(
    candidates: list[tuple[int, bool]], k: int, limit: int
) -> None:
    chosen = _chosen(candidates, k, limit)
    shown = Counter(candidates[place][0] for place in chosen)
    if max(shown.values(), default=0) > limit:
        left_out = [
            candidates[place]
            for place in range(len(candidates))
            if place not in chosen and candidates[place][1]
        ]
        assert all(shown[article] >= limit for article, _ in left_out)


@given(_CANDIDATES, _K, st.integers(1, 4))
def test_among_the_worthy_no_article_has_more_while_there_are_enough(
    candidates: list[tuple[int, bool]], k: int, limit: int
) -> None:
    worthy = Counter(article for article, good in candidates if good)
    if candidates and candidates[0][1] and sum(min(count, limit) for count in worthy.values()) >= k:
        chosen = _chosen(candidates, k, limit)
        assert max(Counter(candidates[place][0] for place in chosen).values()) <= limit
        assert all(candidates[place][1] for place in chosen)


def test_a_fifth_passage_gives_way_to_another_article() -> None:
    candidates = [(7, True)] * 5 + [(8, True), (9, False)]
    assert _chosen(candidates, 5, 2) == [0, 1, 2, 3, 5]
    assert _chosen(candidates, 3, 2) == [0, 1, 5]
    assert _chosen(candidates, 5, 0) == [0, 1, 2, 3, 4]
    assert _chosen(candidates, 7, 1) == list(range(7))


def test_no_more_is_read_than_needed() -> None:
    read: list[int] = []

    def candidates() -> Iterator[tuple[int, int]]:
        for place in range(100):
            read.append(place)
            yield place, 0

    assert diverse(candidates(), np.arange(100) < 10, 5, 2) == [0, 1, 2, 3, 4]
    assert len(read) == 10


def test_what_is_far_below_the_best_is_not_worth_showing() -> None:
    scores = np.array([2.0, 1.9, 1.2, 0.7, 0.5, 0.5, 0.4, 0.3, 0.2], np.float32)
    assert worth_showing(scores).tolist() == [True, True, False, *[False] * 6]
    assert worth_showing(scores - 5).tolist() == worth_showing(scores * 3).tolist()
    assert worth_showing(np.zeros(0, np.float32)).shape == (0,)
    assert worth_showing(np.ones(3, np.float32)).all()

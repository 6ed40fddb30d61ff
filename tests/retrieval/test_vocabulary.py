"""Words near in meaning are those of all segments, whatever segment has them and whatever is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors import VectorIndex
from retrieval.vocabulary import Vocabulary

_DIM = 8
_WORDS = [f"词{number:02d}" for number in range(24)]
_RANDOM = np.random.default_rng(5)
_POOL = _RANDOM.standard_normal((6, _DIM)).astype(np.float32)
_VECTORS = dict(zip(_WORDS, _POOL[_RANDOM.integers(0, 6, len(_WORDS))], strict=True))  # some are equal
_QUERIES = _RANDOM.standard_normal((20, _DIM)).astype(np.float32)
_SEGMENTS = st.lists(st.lists(st.sampled_from(_WORDS), unique=True, max_size=15), min_size=1, max_size=4)


def _vocabulary(stack: ExitStack, segments: Sequence[Sequence[str]]) -> Vocabulary:
    parts = []
    for words in segments:
        index = VectorIndex.empty(_DIM, half=True)
        index.add(np.asarray([_VECTORS[word] for word in words], np.float32).reshape(-1, _DIM))
        tables = stack.enter_context(closing(sqlite3.connect(":memory:")))
        tables.execute("CREATE TABLE vocabulary (number INTEGER PRIMARY KEY, term TEXT NOT NULL)")
        tables.executemany("INSERT INTO vocabulary VALUES (?, ?)", enumerate(words))
        parts.append((index, tables))
    return Vocabulary(parts)


@settings(deadline=None)
@given(_SEGMENTS, st.sets(st.sampled_from(_WORDS)), st.integers(0, 19), st.integers(1, 15))
def test_the_nearest_do_not_depend_on_segments_nor_on_what_is_gone(
    segments: list[list[str]], gone: set[str], query: int, count: int
) -> None:
    words = sorted({word for segment in segments for word in segment} - gone)

    def there(asked: list[str]) -> list[str]:
        return [word for word in asked if word in words]

    with ExitStack() as stack:
        near = _vocabulary(stack, segments).near(_QUERIES[query], count, there)
        assert near == _vocabulary(stack, [words]).near(_QUERIES[query], count, there)
        assert len(near) == min(count, len(words))
        assert near == sorted(near, key=lambda pair: (-pair[1], pair[0]))
        similarity = {word: float(np.float16(_VECTORS[word]) @ _QUERIES[query]) for word in words}
        least = sorted(similarity.values(), reverse=True)[: len(near)][-1] if near else 0.0
        assert all(similarity[word] >= least - 1e-2 for word, _ in near)


def test_where_there_are_no_words_none_is_near() -> None:
    with ExitStack() as stack:
        assert _vocabulary(stack, [[], []]).near(_QUERIES[0], 5, list) == []

"""Articles over segments: each once, in few segments, written seldom."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.arrangement import Arrangement, Shelf, arrange

_FULL = 25_000  # passages from which on a segment stays as it is
_MOST = 50_000  # passages of a segment

_SIZES = st.integers(1, 40) | st.integers(1000, 30_000)
_STEPS = st.lists(
    st.tuples(
        st.lists(_SIZES, max_size=12),  # passages of what comes
        st.sets(st.integers(0, 60)),  # what goes, by its place
    ),
    min_size=1,
    max_size=12,
)


class _Archive:
    """Segments as they come to be, without their files."""

    def __init__(self) -> None:
        self.shelves: list[Shelf] = []
        self.written = 0
        """Passages, in all."""

    def follow(self, articles: Mapping[bytes, int]) -> Arrangement:
        """Let the segments hold these articles, each of so many passages."""
        keys, sizes = list(articles), list(articles.values())
        arranged = arrange(keys, sizes, self.shelves)
        by_folder = {shelf.folder: shelf for shelf in self.shelves}
        after = [by_folder[folder] for folder in arranged.kept]
        for own in arranged.new:
            rows = {keys[number]: row for row, number in enumerate(own)}
            counts = np.asarray([sizes[number] for number in own], np.int64)
            after.append(Shelf(Path(f"{self.written}-{len(after)}"), rows, counts))
            self.written += int(counts.sum())
        for key, (segment, row) in zip(keys, arranged.positions.tolist(), strict=True):
            assert after[segment].rows[key] == row
        self.shelves = after
        return arranged

    def whole(self) -> int:
        return sum(int(shelf.sizes.sum()) for shelf in self.shelves)


def _key(number: int) -> bytes:
    return number.to_bytes(16, "big")


@settings(deadline=None)
@given(_STEPS)
def test_every_article_is_in_one_place_and_none_is_lost(steps: list[tuple[list[int], set[int]]]) -> None:
    archive = _Archive()
    articles: dict[bytes, int] = {}
    most = made = 0
    for coming, going in steps:
        present = list(articles)
        for place in going:
            if place < len(present):
                del articles[present[place]]
        for size in coming:
            articles[_key(made)] = size
            made += 1
        held = {key for shelf in archive.shelves for key in shelf.rows}
        before = archive.shelves
        arranged = archive.follow(articles)
        # Nothing stands twice, and what is new is written.
        places = list(map(tuple, arranged.positions.tolist()))
        assert len(set(places)) == len(places) == len(articles)
        written = {number for own in arranged.new for number in own}
        assert len(written) == sum(map(len, arranged.new))
        assert {number for number, key in enumerate(articles) if key not in held} <= written
        assert all(own for own in arranged.new)
        for own in arranged.new:
            sizes = list(articles.values())
            assert sum(sizes[number] for number in own) <= _MOST or len(own) == 1
            assert list(own) == sorted(own)
        # A segment that stays has a use.
        for shelf in before:
            live = sum(int(shelf.sizes[row]) for key, row in shelf.rows.items() if key in articles)
            if shelf.folder in arranged.kept:
                assert live >= 0.5 * int(shelf.sizes.sum())
                assert live
        most = max(most, sum(articles.values()))
        few = 2 + math.log(most + 1, 4) + 2 * most / _FULL + most / _MOST
        assert len(archive.shelves) <= few
        assert archive.whole() <= 2 * sum(articles.values())


@given(st.lists(_SIZES, min_size=1, max_size=40))
def test_nothing_new_is_nothing_to_write(sizes: list[int]) -> None:
    archive = _Archive()
    articles = {_key(number): size for number, size in enumerate(sizes)}
    archive.follow(articles)
    folders = tuple(shelf.folder for shelf in archive.shelves)
    again = archive.follow(articles)
    assert (again.kept, again.new) == (folders, ())


def _arrivals(count: int, size: int) -> _Archive:
    archive = _Archive()
    articles: dict[bytes, int] = {}
    for number in range(count):
        articles[_key(number)] = size
        archive.follow(articles)
    return archive


@pytest.mark.parametrize(("count", "size"), [(300, 1), (300, 1000), (300, 40)])
def test_what_comes_day_by_day_is_written_a_few_times_only(count: int, size: int) -> None:
    archive = _arrivals(count, size)
    assert archive.written <= count * size * (1 + math.log(count, 1.25) / 2)
    assert len(archive.shelves) <= 2 + math.log(count, 4) + count * size / _FULL


def test_a_larger_archive_costs_no_more_for_each_article() -> None:
    small, large = (_arrivals(count, 2000).written / count for count in (60, 480))
    assert large <= 1.5 * small


def test_what_is_mostly_gone_is_written_anew() -> None:
    archive = _Archive()
    articles = {_key(number): 10 for number in range(100)}
    archive.follow(articles)
    for number in range(50):
        del articles[_key(number)]
    assert archive.follow(articles).new == ()  # half of it is needed
    del articles[_key(50)]
    archive.follow(articles)
    assert archive.whole() == sum(articles.values()) == 490


def test_what_comes_back_is_taken_from_where_it_was() -> None:
    archive = _Archive()
    articles = {_key(number): 10 for number in range(10)}
    archive.follow(articles)
    gone = articles.pop(_key(3))
    archive.follow(articles)
    archive.follow({_key(3): gone, **articles})
    assert archive.written == 100

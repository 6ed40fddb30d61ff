"""A document is where its number says, and nothing that is gone has a number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.places import Places

from .spreading import Spread, spreads


@given(spreads())
def test_numbers_and_places_are_each_other_s_inverse(spread: Spread) -> None:
    places = spread.places
    assert places.size == spread.size
    for number in range(spread.size):
        segment, row = places.place(number)
        assert spread.held[segment][row] == number == places.numbers[segment][row]
    for held, numbers, complete in zip(spread.held, places.numbers, places.complete, strict=True):
        assert numbers.tolist() == [number if number < spread.size else -1 for number in held]
        assert complete == all(number < spread.size for number in held)


@given(spreads(), st.data())
def test_what_is_asked_for_is_split_without_loss(spread: Spread, data: st.DataObject) -> None:
    asked = np.asarray(data.draw(st.lists(st.integers(0, spread.size - 1), max_size=20)), np.int64)
    found = np.full(len(asked), -1)
    told = []
    for segment, at, rows in spread.places.split(asked):
        told.append(segment)
        assert (found[at] == -1).all()  # each stands in one segment
        found[at] = [spread.held[segment][row] for row in rows]
    assert found.tolist() == asked.tolist()
    assert len(told) == len(set(told))


@given(spreads(), st.sampled_from([(), (2,), (2, 3)]))
def test_what_segments_have_is_gathered_in_the_order_of_numbers(
    spread: Spread, shape: tuple[int, ...]
) -> None:
    values = np.arange(spread.everything * 6).reshape(spread.everything, 6)
    values = values[:, : int(np.prod(shape))].reshape(spread.everything, *shape)
    parts = [values[np.asarray(held, np.int64)] for held in spread.held]
    assert np.array_equal(spread.places.gather(parts), values[: spread.size])


def test_one_whole_segment_is_taken_as_it_is_on_disk() -> None:
    values = np.arange(5)
    assert Places.single(5).gather([values]) is values
    backwards = Places(np.zeros(5, np.int32), np.arange(5, dtype=np.int32)[::-1], [5])
    assert backwards.gather([values]).tolist() == [4, 3, 2, 1, 0]
    some = Places(np.zeros(2, np.int32), np.asarray([0, 1], np.int32), [5])
    assert some.gather([values]).tolist() == [0, 1]


def test_without_segments_there_is_nothing_to_gather() -> None:
    nothing = np.zeros(0, np.int32)
    with pytest.raises(ValueError, match="no segments"):
        Places(nothing, nothing, []).gather([])

"""Vectors over segments are found as if they were in one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import vector_parts
from retrieval.places import Places
from retrieval.vector_parts import VectorParts, search_all
from retrieval.vectors import Floats, VectorIndex

from .spreading import Spread, spreads

_DIM = 8
_POOL = np.random.default_rng(3).standard_normal((4, _DIM)).astype(np.float32)
_QUERIES = np.random.default_rng(4).standard_normal((20, _DIM)).astype(np.float32)


def _write(folder: Path, vectors: Floats, owners: Sequence[int] | None = None) -> Path:
    folder.mkdir()
    index = VectorIndex.empty(_DIM, half=True)
    index.add(vectors)
    index.write(folder / "v.faiss")
    if owners is not None:
        np.save(folder / "owners.npy", np.asarray(owners, np.int32))
    return folder


@settings(max_examples=60, deadline=None)
@given(spreads(), st.data())
def test_what_is_found_does_not_depend_on_segments_nor_on_what_is_gone(
    spread: Spread, data: st.DataObject
) -> None:
    # Few different vectors: many documents are equally near, and some of them only are asked for.
    picks = data.draw(st.lists(st.integers(0, 3), min_size=spread.everything, max_size=spread.everything))
    vectors = _POOL[picks]
    query = _QUERIES[data.draw(st.integers(0, 19))]
    count = data.draw(st.integers(1, spread.size + 2))
    allowed = None
    if data.draw(st.booleans()):
        allowed = np.asarray(data.draw(st.lists(st.booleans(), min_size=spread.size, max_size=spread.size)))
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        folders = [
            _write(home / str(segment), vectors[np.asarray(held, np.int64)])
            for segment, held in enumerate(spread.held)
        ]
        whole = [_write(home / "whole", vectors[: spread.size])]
        many = VectorParts.open(folders, "v.faiss", spread.places)
        one = VectorParts.open(whole, "v.faiss", Places.single(spread.size))
        numbers, near = many.search(query, count, allowed)
        same_numbers, same_near = one.search(query, count, allowed)
        assert numbers.tolist() == same_numbers.tolist()
        assert near.tolist() == same_near.tolist()
        left = spread.size if allowed is None else int(allowed.sum())
        assert len(set(numbers.tolist())) == len(numbers) == min(count, left)
        asked = np.asarray(data.draw(st.lists(st.integers(0, spread.size - 1), max_size=8)), np.int64)
        assert np.array_equal(many.vectors(asked), one.vectors(asked))


@settings(max_examples=40, deadline=None)
@given(spreads(6), st.data())
def test_documents_of_several_vectors_too(spread: Spread, data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(1, 3), min_size=spread.everything, max_size=spread.everything))
    picks = [data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)) for count in counts]
    query = _QUERIES[data.draw(st.integers(0, 19))]
    count = data.draw(st.integers(1, 12))
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)

        def written(held: Sequence[int], folder: Path) -> Path:
            own = [(pick, row) for row, number in enumerate(held) for pick in picks[number]]
            chosen = np.asarray([pick for pick, _ in own], np.int64)
            return _write(folder, _POOL[chosen], [row for _, row in own])

        folders = [written(held, home / str(segment)) for segment, held in enumerate(spread.held)]
        whole = [written(range(spread.size), home / "whole")]
        many = VectorParts.open_owned(folders, "v.faiss", "owners.npy", spread.places)
        one = VectorParts.open_owned(whole, "v.faiss", "owners.npy", Places.single(spread.size))
        found, expected = many.search(query, count), one.search(query, count)
        assert [part.tolist() for part in found] == [part.tolist() for part in expected]


def test_the_segments_of_all_are_searched_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    folders = [
        _write(tmp_path / str(number), random.standard_normal((30, _DIM)).astype(np.float32), range(30))
        for number in range(4)
    ]
    places = Places(
        np.repeat(np.arange(4, dtype=np.int32), 30), np.tile(np.arange(30, dtype=np.int32), 4), [30] * 4
    )
    parts = [
        VectorParts.open(folders, "v.faiss", places),
        VectorParts.open_owned(folders, "v.faiss", "owners.npy", places),
    ]
    expected = [[part.search(query, 9) for part in parts] for query in _QUERIES]
    monkeypatch.setattr(vector_parts, "_SHARED_FROM", 0)
    monkeypatch.setattr(vector_parts, "usable_cores", lambda: 3)
    vector_parts._pool.cache_clear()
    for query, one in zip(_QUERIES, expected, strict=True):
        for (numbers, near), (own, own_near) in zip(search_all(parts, query, 9), one, strict=True):
            assert numbers.tolist() == own.tolist() and near.tolist() == own_near.tolist()
    vector_parts._pool.cache_clear()

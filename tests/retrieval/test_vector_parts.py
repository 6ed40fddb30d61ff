"""Vectors over segments are found as if they were in one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.places import Places
from retrieval.vector_parts import VectorParts
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

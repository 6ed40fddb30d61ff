"""The FAISS index finds what brute force finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors import Floats, VectorIndex

_DIM = 16
_WIDE = 512  # as the model has; in few components coarse copies tell little


def _vectors(count: int, seed: int, dim: int = _DIM) -> Floats:
    drawn = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 1000), st.booleans())
def test_the_nearest_are_those_of_brute_force(size: int, count: int, seed: int, half: bool) -> None:
    vectors, query = _vectors(size, seed), _vectors(1, seed + 1)[0]
    index = VectorIndex.empty(_DIM, half=half)
    index.add(vectors)
    numbers, similarities = index.search(query, count)
    expected = vectors @ query
    assert len(numbers) == len(similarities) == min(count, size)
    assert len(set(numbers.tolist())) == len(numbers)
    assert similarities.tolist() == sorted(similarities.tolist(), reverse=True)
    assert similarities == pytest.approx(expected[numbers], abs=2e-3)
    assert similarities == pytest.approx(np.sort(expected)[::-1][: len(numbers)], abs=2e-3)


@given(st.integers(1, 40), st.integers(0, 1000), st.data())
def test_what_is_not_allowed_is_not_found(size: int, seed: int, data: st.DataObject) -> None:
    allowed = np.asarray(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    vectors, query = _vectors(size, seed), _vectors(1, seed + 1)[0]
    index = VectorIndex.empty(_DIM)
    index.add(vectors)
    numbers, similarities = index.search(query, 10, allowed)
    assert len(numbers) == min(10, int(allowed.sum()))
    assert allowed[numbers].all()
    expected = np.sort((vectors @ query)[allowed])[::-1][:10]
    assert similarities == pytest.approx(expected, abs=1e-5)


@settings(max_examples=20)
@given(st.integers(1, 30), st.integers(0, 1000), st.booleans())
def test_a_written_index_opens_as_it_was(size: int, seed: int, half: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v.faiss"
        index = VectorIndex.empty(_DIM, half=half)
        index.add(_vectors(size, seed))
        index.write(path)
        opened = VectorIndex.open(path)
        everything = np.arange(size)
        assert (opened.size, opened.dim) == (size, _DIM)
        assert np.array_equal(opened.vectors(everything), index.vectors(everything))
        query = _vectors(1, seed + 1)[0]
        numbers, similarities = opened.search(query, 5)
        expected_numbers, expected = index.search(query, 5)
        assert np.array_equal(numbers, expected_numbers)
        assert np.array_equal(similarities, expected)


@pytest.mark.parametrize("half", [False, True])
def test_an_empty_index_finds_nothing(tmp_path: Path, half: bool) -> None:
    VectorIndex.empty(_DIM, half=half).write(tmp_path / "v.faiss")
    index = VectorIndex.open(tmp_path / "v.faiss")
    numbers, similarities = index.search(_vectors(1, 0)[0], 5)
    assert len(numbers) == len(similarities) == index.size == 0


def test_adding_nothing_changes_nothing() -> None:
    index = VectorIndex.empty(_DIM)
    index.add(np.zeros((0, _DIM), np.float32))
    assert index.size == 0


def test_whole_vectors_are_kept_exactly_and_half_ones_to_three_digits() -> None:
    vectors = _vectors(10, 3)
    exact, half = VectorIndex.empty(_DIM), VectorIndex.empty(_DIM, half=True)
    exact.add(vectors)
    half.add(vectors)
    assert np.array_equal(exact.vectors(np.arange(10)), vectors)
    assert half.vectors(np.arange(10)) == pytest.approx(vectors, abs=1e-3)


@pytest.fixture(name="many", scope="module")
def _many(tmp_path_factory: pytest.TempPathFactory) -> tuple[VectorIndex, Floats]:
    """Return an index with coarse copies, opened, and its vectors: of few degrees of freedom, as of texts."""
    vectors = _vectors(3000, 5, 40) @ _vectors(40, 6, _WIDE)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex.empty(_WIDE, half=True)
    index.add(vectors)
    path = tmp_path_factory.mktemp("many") / "v.faiss"
    index.write(path, coarse_from=3000)
    assert path.with_name("v.coarse.faiss").exists()
    return VectorIndex.open(path), index.vectors(np.arange(3000))


def _questions(vectors: Floats, count: int) -> Floats:
    """Return vectors that are about as far from what answers them as questions are from passages."""
    asked = vectors[:count] + 1.5 * _vectors(count, 7, _WIDE)
    return np.asarray(asked / np.linalg.norm(asked, axis=1, keepdims=True), np.float32)


def test_of_many_nearly_all_of_the_nearest_are_found_and_compared_exactly(
    many: tuple[VectorIndex, Floats],
) -> None:
    index, vectors = many
    found = 0
    for query in _questions(vectors, 100):
        expected = vectors @ query
        numbers, similarities = index.search(query, 10)
        assert len(numbers) == len(set(numbers.tolist())) == 10
        assert similarities == pytest.approx(expected[numbers], abs=1e-5)
        found += len(set(numbers.tolist()) & set(np.argsort(-expected)[:10].tolist()))
    assert found >= 980  # of 1000


@pytest.mark.parametrize("share", [0.0, 0.002, 0.1, 0.9])
def test_of_many_only_the_allowed_are_found_however_few(
    many: tuple[VectorIndex, Floats], share: float
) -> None:
    index, vectors = many
    allowed = np.random.default_rng(8).random(len(vectors)) < share
    for query in _questions(vectors, 20):
        numbers, _ = index.search(query, 10, allowed)
        assert len(numbers) == min(10, int(allowed.sum()))
        assert allowed[numbers].all()
        expected = np.flatnonzero(allowed)[np.argsort(-(vectors @ query)[allowed])[:10]]
        assert len(set(numbers.tolist()) & set(expected.tolist())) >= len(numbers) - 1


def test_few_vectors_and_those_of_odd_dimension_have_no_coarse_copies(tmp_path: Path) -> None:
    few, odd = VectorIndex.empty(_DIM), VectorIndex.empty(15)
    few.add(_vectors(100, 1))
    odd.add(_vectors(100, 1)[:, :15])
    few.write(tmp_path / "few.faiss", coarse_from=101)
    odd.write(tmp_path / "odd.faiss", coarse_from=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few.faiss", "odd.faiss"]
    assert len(VectorIndex.open(tmp_path / "odd.faiss").search(np.ones(15, np.float32), 7)[0]) == 7

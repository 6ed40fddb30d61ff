"""Similarities by one model on the scale of another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Vectors
from retrieval.embedded_store import EmbeddedStore
from retrieval.finder import Finder
from retrieval.fusion import FITTED_FOR, FITTED_SCALE
from retrieval.scale import Scale

from .building import index, put_all
from .encoding import PairEncoder

_SCALES = st.builds(Scale, st.floats(-1, 1), st.floats(1e-3, 1))


def _unit_vectors(count: int, seed: int, shift: float) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(shift, 1, (count, 32)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@given(st.integers(0, 99), st.floats(0, 2), _SCALES)
def test_chance_comes_to_lie_where_it_lies_by_the_other(seed: int, shift: float, other: Scale) -> None:
    questions, passages = _unit_vectors(40, seed, shift), _unit_vectors(50, seed + 1, shift)
    scale = Scale.measure(questions, passages)
    told = scale.told_on(other, questions @ passages.T)
    assert told.dtype == np.float32
    assert told.mean() == pytest.approx(other.mean, abs=1e-2)
    assert told.std() == pytest.approx(other.deviation, rel=1e-2)


@given(_SCALES, _SCALES, st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_the_order_stays(own: Scale, other: Scale, similarities: list[float]) -> None:
    values = np.sort(np.asarray(similarities, np.float32))
    assert (np.diff(own.told_on(other, values)) >= 0).all()
    assert own.told_on(own, values) is values


def test_nothing_to_measure_is_no_error() -> None:
    assert Scale.measure(np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32)) == Scale(0.0, 1.0)


class _Distant(PairEncoder):
    """Pairs as seen by a model that finds everything alike, as many do."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = super()._encode(texts)
        vectors = np.concatenate([0.4 * vectors, np.full((len(vectors), 1), 0.9165, np.float32)], axis=1)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    @property
    def dim(self) -> int:
        return super().dim + 1


def test_what_a_model_finds_alike_does_not_drown_the_words(tmp_path: Path) -> None:
    put_all(tmp_path / "articles")
    features = []
    for name, encoder in (("near", PairEncoder()), ("far", _Distant("pairs"))):
        index(tmp_path / name, tmp_path / "articles", encoder=encoder)
        store = EmbeddedStore.open(tmp_path / name, encoder)
        assert store.fingerprint != FITTED_FOR
        finder = Finder.over(store.whole, store)
        found = finder.find(finder.understand("副省长主持会议"))
        features.append(found.features[:, :2])
        assert abs(features[-1].mean() - FITTED_SCALE.mean) < 0.2
    assert np.argmax(features[0][:, 0]) == np.argmax(features[1][:, 0])

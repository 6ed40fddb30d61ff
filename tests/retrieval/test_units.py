"""Units keep sentences and clauses small without losing what they mean."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retrieval.places import Places
from retrieval.sentences import clause_spans, sentence_spans
from retrieval.units import Floats, UnitStore, UnitWriter, quantise, unit_spans

from .spreading import Spread, spreads

_DIM = 8
_TEXTS = st.lists(
    st.sampled_from(["会议强调", "，", "。", "安全", " ", "3.21", "“", "”", "\n"]), max_size=40
).map("".join)
_VECTORS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.just(_DIM)),
    elements=st.floats(-1, 1, width=32, allow_subnormal=False),
)


@given(_TEXTS)
def test_units_are_sentences_first_then_runs_of_clauses(text: str) -> None:
    spans = unit_spans(text)
    sentences, clauses = sentence_spans(text), clause_spans(text)
    assert spans[: len(sentences)] == sentences
    assert len(spans) == len(set(spans)) >= 1
    if sentences:
        starts, ends = {s for s, _ in clauses}, {e for _, e in clauses}
        assert all(span in sentences or (span[0] in starts and span[1] in ends) for span in spans)
        assert set(clauses) <= set(spans)
    else:
        assert spans == [(0, len(text))]


@given(_VECTORS)
def test_quantising_errs_by_half_a_step_at_most(vectors: Floats) -> None:
    codes, scales = quantise(vectors)
    assert codes.dtype == np.int8
    assert codes.shape == vectors.shape
    error = np.abs(codes * scales[:, None] - vectors)
    assert (error <= scales[:, None] / 2 * (1 + 1e-4) + 1e-12).all()
    assert scales == pytest.approx(np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127, rel=1e-5)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=10), st.integers(0, 1000), st.data())
def test_the_best_unit_is_that_of_brute_force(counts: list[int], seed: int, data: st.DataObject) -> None:
    random = np.random.default_rng(seed)
    query = random.standard_normal(_DIM).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        writer = UnitWriter(Path(folder), _DIM)
        expected = []
        for count in counts:
            vectors = random.standard_normal((count, _DIM)).astype(np.float32)
            codes, scales = quantise(vectors)
            writer.add([(i, i + 1) for i in range(count)], codes, scales)
            expected.append((codes.astype(np.float32) * scales[:, None]) @ query)
        writer.close()
        store = UnitStore.open([Path(folder)], _DIM, Places.single(len(counts)))
        asked = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=12))
        best = store.best(query, np.asarray(asked, np.int64))
        assert best == pytest.approx([expected[number].max() for number in asked], rel=1e-4, abs=1e-5)
        for number, count in enumerate(counts):
            spans, similarities = store.similarities(query, number)
            assert spans == [(i, i + 1) for i in range(count)]
            assert similarities == pytest.approx(expected[number], rel=1e-4, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(spreads(), st.integers(0, 1000), st.data())
def test_units_do_not_depend_on_segments_nor_on_what_is_gone(
    spread: Spread, seed: int, data: st.DataObject
) -> None:
    random = np.random.default_rng(seed)
    query = random.standard_normal(_DIM).astype(np.float32)
    units = [
        random.standard_normal((random.integers(1, 6), _DIM)).astype(np.float32)
        for _ in range(spread.everything)
    ]
    with tempfile.TemporaryDirectory() as home:

        def written(name: str, held: Sequence[int]) -> Path:
            folder = Path(home) / name
            folder.mkdir()
            writer = UnitWriter(folder, _DIM)
            for number in held:
                writer.add([(number, i) for i in range(len(units[number]))], *quantise(units[number]))
            writer.close()
            return folder

        folders = [written(str(segment), held) for segment, held in enumerate(spread.held)]
        many = UnitStore.open(folders, _DIM, spread.places)
        one = UnitStore.open([written("whole", range(spread.size))], _DIM, Places.single(spread.size))
        asked = np.asarray(data.draw(st.lists(st.integers(0, spread.size - 1), max_size=12)), np.int64)
        assert np.array_equal(many.best(query, asked), one.best(query, asked))
        for number in range(spread.size):
            (spans, codes, scales), whole = many.of(number), one.of(number)
            assert spans == whole[0]
            assert np.array_equal(codes, whole[1])
            assert np.array_equal(scales, whole[2])
            assert np.array_equal(many.similarities(query, number)[1], one.similarities(query, number)[1])


def test_a_store_of_nothing_opens(tmp_path: Path) -> None:
    UnitWriter(tmp_path, _DIM).close()
    store = UnitStore.open([tmp_path], _DIM, Places.single(0))
    assert len(store.best(np.zeros(_DIM, np.float32), np.zeros(0, np.int64))) == 0

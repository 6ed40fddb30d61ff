"""What is packed comes back as it was, whatever it holds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.milvus.packing import (
    PackedArticle,
    PackedPassage,
    array_text,
    bucket_of,
    bucketed,
    in_parts,
    pack_article,
    pack_passage,
    packed_json,
    parts_of,
    text_array,
    unpack_article,
    unpack_passage,
    unpacked_json,
)

_ANY = st.text(st.characters(exclude_categories=()), max_size=40)  # half a surrogate pair too
_COUNTS = st.dictionaries(_ANY, st.integers(1, 99), max_size=5)
_SETS = st.frozensets(_ANY, max_size=5)
_STRETCHES = st.lists(st.tuples(st.integers(0, 9999_12_31), st.integers(0, 9999_12_31)), max_size=3).map(
    tuple
)


@given(_ANY, _COUNTS, _SETS, _STRETCHES, st.integers(0, 5), st.integers(1, 9))
def test_passages(
    text: str,
    counts: dict[str, int],
    names: frozenset[str],
    days: tuple[tuple[int, int], ...],
    units: int,
    dim: int,
) -> None:
    rng = np.random.default_rng(units)
    vector = rng.normal(size=dim).astype(np.float16).astype(np.float32)
    codes = rng.integers(-127, 128, (units, dim), np.int8)
    scales = rng.random(units).astype(np.float32)
    spans = [(each, each + 1) for each in range(units)]
    passage = PackedPassage(
        text, 3, 7, counts, 9, counts, 8, names, 0.5, days, 1, vector, spans, codes, scales
    )
    back = unpack_passage(pack_passage(passage))
    for name in PackedPassage.__slots__:
        ours, theirs = getattr(back, name), getattr(passage, name)
        assert np.array_equal(ours, theirs) if isinstance(theirs, np.ndarray) else ours == theirs


@given(_ANY, _COUNTS, _SETS, _STRETCHES)
def test_articles(
    text: str, counts: dict[str, int], words: frozenset[str], days: tuple[tuple[int, int], ...]
) -> None:
    one = (2019_11_20, 2019_11_20)
    article = PackedArticle(
        text, text, "", "2019", text, "", (text,), 4, 2, text, words, words, counts, 3, (one, (0, 0)), days
    )
    assert unpack_article(pack_article(article)) == article


@given(st.integers(0, 200_000))
def test_long_values_have_several_parts(length: int) -> None:
    text = "x1" * (length // 2)
    (key, first), *rest = in_parts("1/p/5", text)
    count, piece = parts_of(first)
    assert key == "1/p/5"
    assert [name for name, _ in rest] == [f"1/p/5/{number}" for number in range(1, count)]
    assert piece + "".join(part for _, part in rest) == text
    assert all(len(value) < 65_535 for value in (first, *(part for _, part in rest)))


@given(st.dictionaries(_ANY, st.lists(st.integers(), max_size=2), max_size=200))
def test_a_term_is_in_its_bucket(terms: dict[str, list[int]]) -> None:
    buckets = bucketed(terms)
    assert sum(map(len, buckets)) == len(terms)
    for term, known in terms.items():
        assert buckets[bucket_of(term, len(buckets))][term] == known
    assert [unpacked_json(packed_json(bucket)) for bucket in buckets] == buckets


def test_arrays() -> None:
    values = np.asarray([0.1, -2.5, 3e-8], np.float32)
    assert np.array_equal(text_array(array_text(values)), values)

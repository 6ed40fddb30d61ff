"""What every encoder promises, held against both, with any text that Python can hold."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import Encoder, Vectors

_SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_words = st.sampled_from(
    ["会议", "召开", "，", "什么时候", "meeting", " ", "совещание", "会议强调" * 60, "\n"]
)
# st.characters() without bounds has surrogates, NUL, unassigned and private characters.
_texts = st.one_of(
    st.text(st.characters(), max_size=30),
    st.lists(_words, max_size=8).map("".join),
    st.sampled_from(
        ["", " ", "\u3000\n", "\0", "\ud800", "\udc00\ud800", "<s>", "</s>", "<unk>", "\ufdfa" * 50]
    ),
)


@pytest.fixture(params=["use", "tiny"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


def sides(encoder: Encoder) -> list[Callable[[list[str]], Vectors]]:
    return [encoder.encode_passages, encoder.encode_queries]


@_SETTINGS
@given(texts=st.lists(_texts, max_size=12))
def test_unit_vectors_of_any_text(encoder: Encoder, texts: list[str]) -> None:
    for encode in sides(encoder):
        vectors = encode(texts)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(texts), encoder.dim)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@_SETTINGS
@given(texts=st.lists(_texts, min_size=1, max_size=12), data=st.data())
def test_a_vector_does_not_depend_on_its_batch_or_place(
    encoder: Encoder, texts: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    cut = data.draw(st.integers(0, len(texts)))
    for encode in sides(encoder):
        together = encode(texts)
        shuffled = encode([texts[at] for at in order])
        np.testing.assert_allclose(shuffled, together[list(order)], atol=1e-5)
        parts = np.concatenate([encode(texts[:cut]), encode(texts[cut:])])
        np.testing.assert_allclose(parts, together, atol=1e-5)
        alone = np.concatenate([encode([text]) for text in texts])
        np.testing.assert_allclose(alone, together, atol=1e-5)


@_SETTINGS
@given(texts=st.lists(_texts, min_size=1, max_size=6))
def test_the_same_texts_have_the_same_vectors(encoder: Encoder, texts: list[str]) -> None:
    for encode in sides(encoder):
        assert np.array_equal(encode(texts), encode(texts))


def test_many_threads_get_the_same_vectors(encoder: Encoder) -> None:
    texts = [f"第{number}次会议什么时候召开" for number in range(40)]
    expected = encoder.encode_passages(texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: encoder.encode_passages(texts[at:]), range(40)))
    for at, vectors in enumerate(found):
        np.testing.assert_allclose(vectors, expected[at:], atol=1e-5)


def test_the_fingerprint_stays(encoder: Encoder) -> None:
    assert encoder.fingerprint == encoder.fingerprint
    assert encoder.fingerprint.isprintable()

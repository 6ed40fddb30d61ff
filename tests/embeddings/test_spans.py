"""Parts of a text encoded together with the whole."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import SpanEncoder, encode_spans
from embeddings.encoder import Vectors
from embeddings.use import UseEncoder

_SEGMENTS = st.lists(st.text(max_size=12), min_size=1, max_size=6)


class Plain:
    """An encoder that knows nothing of spans."""

    dim = 4
    fingerprint = "plain"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        rows = [[len(text), text.count("会"), text.count("议"), 1] for text in texts]
        vectors = np.asarray(rows, np.float32).reshape(-1, 4)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    encode_queries = encode_passages


@pytest.fixture(scope="module")
def use() -> UseEncoder:
    return UseEncoder()


def test_only_an_encoder_that_can_is_asked_for_spans(use: UseEncoder) -> None:
    assert isinstance(use, SpanEncoder)
    assert not isinstance(Plain(), SpanEncoder)


def test_any_encoder_gives_spans() -> None:
    plain = Plain()
    whole, first = encode_spans(plain, [["会议，", "召开。"], ["谁"]], [[(0, 1)], []])
    assert np.array_equal(whole, plain.encode_passages(["会议，召开。", "会议，"]))
    assert np.array_equal(first, plain.encode_passages(["谁"]))
    assert encode_spans(plain, [], []) == []


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(_SEGMENTS, min_size=1, max_size=4), data=st.data())
def test_spans_are_unit_vectors_whatever_the_batch(
    use: UseEncoder, texts: list[list[str]], data: st.DataObject
) -> None:
    spans = []
    for segments in texts:
        start = data.draw(st.integers(0, len(segments) - 1))
        spans.append([(start, data.draw(st.integers(start + 1, len(segments))))])
    together = use.encode_spans(texts, spans)
    alone = [use.encode_spans([text], [own])[0] for text, own in zip(texts, spans, strict=True)]
    for one, other in zip(together, alone, strict=True):
        assert one.shape == (2, 512)
        assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
        assert np.allclose(one, other, atol=1e-5)


def test_a_part_is_near_to_the_same_words_alone(use: UseEncoder) -> None:
    segments = ["会议以视频形式召开，", "各市设分会场，", "共三万人参加会议。"]
    (vectors,) = use.encode_spans([segments], [[(0, 1), (1, 2), (2, 3)]])
    alone = use.encode_passages(["".join(segments), *segments])
    assert (np.einsum("ij,ij->i", vectors, alone) > 0.85).all()


def test_a_very_long_text_has_spans_too(use: UseEncoder) -> None:
    segments = ["会议强调，要把安全生产放在首位。" * 20] * 30
    (vectors,) = use.encode_spans([segments], [[(0, 30), (29, 30)]])
    assert vectors.shape == (3, 512)
    assert np.allclose(vectors[0], vectors[1], atol=1e-5)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.use import UseEncoder
from retrieval.centring import centred, common_direction, usual_questions


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_centred_vectors_are_unit_vectors(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    direction = (rng.normal(size=8) / 4).astype(np.float32)
    assert np.allclose(np.linalg.norm(centred(vectors, direction), axis=1), 1, atol=1e-5)


def test_a_question_that_is_nothing_but_common_stays_itself() -> None:
    vectors = np.eye(1, 4, dtype=np.float32)
    assert np.array_equal(centred(vectors, vectors[0]), vectors)


def test_questions_differ_more_without_what_they_have_in_common() -> None:
    encoder = UseEncoder()
    direction = common_direction(usual_questions(encoder))
    questions = encoder.encode_queries(
        ["谁获得了冠军？", "Where is the river?", "多少人失业？", "Warum regnet es?"]
    )
    before, after = (np.triu(v @ v.T, 1).sum() for v in (questions, centred(questions, direction)))
    assert after < before

"""A real CrossEncoder, tiny, over a real index: the first candidates in its order, the rest as they were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import SearchSettings
from embeddings import Reranker, Vectors
from embeddings.cross_encoder import CrossEncoderReranker
from retrieval import Searcher
from retrieval.live import LiveSearcher
from retrieval.model import Hit
from tests.embeddings.tiny import save_tiny_reranker

from .building import index, put, record
from .encoding import PairEncoder

_TEXTS = [
    *("会议强调，要在3月召开大会。", "abc出席讲话，会议是什么时候召开的。", "的了在是", "讲话：强调，强调。"),
    *("0123456789", "会议在什么时候召开？", "query passage", "出席会议，讲话。", "什么是什么", "召开了会议"),
    *("大会，大会，大会。", "a：b，c。d"),
]
_QUESTION = "会议是什么时候召开的？"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_reranker(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def reranker(model: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(str(model), device="cpu")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("reranking")
    for number, text in enumerate(_TEXTS):
        put(home / "articles", f"{number}.jsonl", record(f"{number}", text, title=f"会议{number}"))
    index(home / "data", home / "articles")
    return home / "data"


def _hits(data: Path, reranker: Reranker | None, top: int, k: int = 30) -> tuple[Hit, ...]:
    own = SearchSettings(rerank_top=top, per_article=0)
    return Searcher.open(data, PairEncoder(), own, reranker=reranker).ask(_QUESTION, k, explain=True).hits


def test_the_order_is_that_of_the_model(data: Path, model: Path, reranker: CrossEncoderReranker) -> None:
    from sentence_transformers import CrossEncoder

    hits = _hits(data, reranker, 100)
    pairs = [(_QUESTION, f"{hit.article.title}\n{hit.text}") for hit in hits]
    expected = CrossEncoder(str(model), device="cpu").predict(pairs)
    assert len(hits) == len(_TEXTS)
    assert expected.tolist() == sorted(expected.tolist(), reverse=True)
    np.testing.assert_allclose([1 / (1 + np.exp(-hit.score)) for hit in hits], expected, atol=1e-3)
    before = _hits(data, None, 100)
    assert [hit.text for hit in hits] != [hit.text for hit in before]


@pytest.mark.parametrize("top", [1, 4, 7, 12, 1000])
def test_only_the_first_are_reordered(data: Path, reranker: CrossEncoderReranker, top: int) -> None:
    before, after = _hits(data, None, top), _hits(data, reranker, top)
    assert {hit.text for hit in after[:top]} == {hit.text for hit in before[:top]}
    assert [hit.text for hit in after[top:]] == [hit.text for hit in before[top:]]
    assert [hit.rank for hit in after] == [hit.rank for hit in before]
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)


def test_what_was_found_and_how_surely_stays(data: Path, reranker: CrossEncoderReranker) -> None:
    plain = Searcher.open(data, PairEncoder()).ask(_QUESTION)
    ordered = Searcher.open(data, PairEncoder(), reranker=reranker).ask(_QUESTION)
    assert (plain.answered, plain.confidence) == (ordered.answered, ordered.confidence)


def test_the_reranker_s_part_is_explained(data: Path, reranker: CrossEncoderReranker) -> None:
    before = {hit.text: hit for hit in _hits(data, None, 5)}
    for hit in _hits(data, reranker, 5):
        now, then = hit.explanation, before[hit.text]
        assert now is not None and then.explanation is not None
        assert now.shares == then.explanation.shares
        assert now.fusion == then.score
        if hit.rank <= 5:
            assert (now.reranker, now.rank_before) == (hit.score, then.rank)
        else:
            assert (now.reranker, now.rank_before) == (None, None)


def test_a_searcher_that_follows_the_index_uses_it_too(data: Path, reranker: CrossEncoderReranker) -> None:
    own = SearchSettings(per_article=0)
    live = LiveSearcher.open(data, PairEncoder, own, reranker)
    assert [hit.text for hit in live.ask(_QUESTION, 30).hits] == [
        hit.text for hit in _hits(data, reranker, own.rerank_top)
    ]


def test_nothing_found_is_nothing_to_order(data: Path, reranker: CrossEncoderReranker) -> None:
    answer = Searcher.open(data, PairEncoder(), reranker=reranker).ask(_QUESTION, since="1999", until="2000")
    assert answer.hits == ()


class _Constant:
    """Gives every text what it is told to, in turn."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.scores = scores

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        return np.resize(np.asarray(self.scores, np.float32), len(texts))


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=8), st.integers(1, 15), st.integers(1, 15))
@settings(deadline=None, max_examples=30)
def test_whatever_it_says_scores_never_rise_and_equals_stay(
    data: Path, scores: list[float], top: int, k: int
) -> None:
    hits = _hits(data, _Constant(scores), top, k)
    assert len(hits) == min(k, len(_TEXTS))
    given_scores = [hit.score for hit in hits]
    assert given_scores == sorted(given_scores, reverse=True)
    ranks = [hit.explanation.rank_before for hit in hits if hit.explanation]
    if len(set(scores)) == 1:
        assert [rank for rank in ranks if rank] == list(range(1, min(k, top, len(_TEXTS)) + 1))

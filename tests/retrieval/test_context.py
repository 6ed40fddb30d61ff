"""What whole articles say to a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.context import Context
from retrieval.embedded_store import EmbeddedStore
from retrieval.searcher import Searcher

from .building import index, put, record, searcher

_FLOOD = ("青川县召开防汛工作会议。", "会议以视频形式召开，各乡镇设分会场。")
_ROADS = ("蓝田县召开公路建设会议。", "会议以现场形式召开，参观了两处工地。")


@pytest.fixture
def found(tmp_path: Path) -> Searcher:
    put(tmp_path / "articles", "a.jsonl", record("flood", *_FLOOD), record("roads", *_ROADS))
    index(tmp_path / "data", tmp_path / "articles")
    return searcher(tmp_path / "data")


def _weigh(found: Searcher, question: str) -> tuple[dict[str, float], dict[str, float]]:
    assert isinstance(found.store, EmbeddedStore)
    whole = found.store.whole
    context = Context(whole.owners, whole.words, whole.names, whole.headings)
    names = [article.id for article in found.catalog.articles()]
    shares, lacks = context.weigh(found.understand(question))
    assert shares.dtype == lacks.dtype == np.float32
    return dict(zip(names, shares.tolist(), strict=True)), dict(zip(names, lacks.tolist(), strict=True))


def test_what_the_paragraphs_say_together_is_said_by_the_article(found: Searcher) -> None:
    shares, lacks = _weigh(found, "防汛工作会议以视频形式召开")
    assert shares["flood"] == pytest.approx(1)
    assert lacks["flood"] == pytest.approx(0)
    assert 0 < shares["roads"] < 1
    assert 0 < lacks["roads"] < 1


def test_a_word_that_no_article_has_is_lacked_by_all(found: Searcher) -> None:
    shares, lacks = _weigh(found, "防汛工作会议邀请了企鹅")
    assert max(shares.values()) < 1
    assert min(lacks.values()) > 0.9  # 企鹅 is rare in the language

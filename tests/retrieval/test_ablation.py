"""The fusion taken apart over a small index."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.ablation import ablate
from retrieval.embedded_store import EmbeddedStore
from retrieval.evaluation import evaluate
from retrieval.fusion import FEATURES, FITTED
from retrieval.queries import Query

from .building import PARAGRAPHS, index, put_all, searcher
from .encoding import PairEncoder


@pytest.fixture
def queries() -> list[Query]:
    asked = [(name, text[-12:]) for name, text in PARAGRAPHS.items()] + [("fire", "全长27.6公里")]
    return [
        Query(str(number), "zh" if number % 2 else "de", text, frozenset({name}))
        for number, (name, text) in enumerate(asked)
    ] + [Query("none", "zh", "谁主持了大会？", frozenset())]


def test_every_score_is_left_out_once_and_some_are_alone(
    folder: Path, data: Path, queries: list[Query]
) -> None:
    put_all(folder)
    index(data, folder)
    done: list[int] = []
    table = ablate(queries, EmbeddedStore.open(data, PairEncoder()), progress=done.append)
    assert list(table)[: 1 + len(FEATURES)] == ["whole", *(f"without {name}" for name in FEATURES)]
    assert list(table)[1 + len(FEATURES) :] == [
        f"{name} alone" for name in ("units", "paragraph", "words", "bigrams")
    ]
    assert all(list(row) == ["de", "zh", "all"] for row in table.values())
    assert all(0 <= share <= 1 for row in table.values() for share in row.values())
    assert done == [1, 2, 3, 4, 5]  # the one without an answer is not asked
    scores = evaluate(queries, searcher(data).ask)
    assert table["whole"] == pytest.approx({group: row.recall_at_1 for group, row in scores.items()})
    assert table["whole"]["all"] == pytest.approx(4 / 5)  # the last question names a wrong article


def test_what_is_left_out_counts_no_more(folder: Path, data: Path, queries: list[Query]) -> None:
    put_all(folder)
    index(data, folder)
    only_words = FITTED
    for name in FEATURES:
        only_words = only_words if name == "words" else only_words.without(name)
    table = ablate(queries, EmbeddedStore.open(data, PairEncoder()), only_words)
    assert table["whole"] == table["words alone"]
    assert table["without words"]["all"] < table["whole"]["all"]


def test_without_answers_there_is_nothing_to_compare(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    table = ablate([Query("1", "zh", "谁？", frozenset())], EmbeddedStore.open(data, PairEncoder()))
    assert all(row == {} for row in table.values())

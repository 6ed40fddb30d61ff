"""BM25 from flat arrays gives what the formula gives."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical import LexicalIndex
from retrieval.places import Places
from retrieval.postings import write_postings
from retrieval.wording import Documents

_K1, _B, _PRIOR = 1.2, 0.75, 200
_TERMS = ["会议", "强调", "安全", "大会", "召开", "3.21", "app"]
_DOCUMENTS = st.lists(st.lists(st.sampled_from(_TERMS), max_size=12), min_size=1, max_size=8)
_SHARES = {"会议": 0.01, "强调": 0.004, "安全": 0.0005}


def _usual(term: str) -> float:
    return _SHARES.get(term, 0.0)


@contextmanager
def _written(texts: Sequence[Sequence[str]], usual: Callable[[str], float] = _usual) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), "words", texts, usual)
        yield Path(folder)


def _write(
    folder: Path, field: str, texts: Sequence[Sequence[str]], usual: Callable[[str], float] = _usual
) -> None:
    documents = Documents(usual)
    for text in texts:
        documents.add(text)
    write_postings(folder, field, documents.told(), np.arange(len(texts)), len(texts))


def _open(folder: Path, field: str = "words") -> LexicalIndex:
    size = len(np.load(folder / f"{field}.lengths.npy"))
    return LexicalIndex.open([folder], field, Places.single(size))


def _idf(term: str, texts: Sequence[Sequence[str]]) -> float:
    mean = sum(map(len, texts)) / len(texts)
    frequency = sum(term in text for text in texts) + _PRIOR * (1 - math.exp(-mean * _usual(term)))
    return math.log(1 + (len(texts) + _PRIOR - frequency + 0.5) / (frequency + 0.5))


def _bm25(question: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    mean = max(sum(map(len, texts)) / len(texts), 1.0)
    scores = []
    for text in texts:
        norm = _K1 * (1 - _B + _B * len(text) / mean)
        scores.append(
            sum(
                _idf(term, texts) * text.count(term) * (_K1 + 1) / (text.count(term) + norm)
                for term in set(question)
            )
        )
    return scores


@given(_DOCUMENTS, st.lists(st.sampled_from([*_TERMS, "nowhere"]), max_size=10))
def test_scores_are_those_of_the_formula(texts: list[list[str]], question: list[str]) -> None:
    with _written(texts) as folder:
        index = _open(folder)
        weighed = index.weigh(question)
        present = {term for text in texts for term in text}
        assert [item.term for item in weighed] == [t for t in dict.fromkeys(question) if t in present]
        assert all(item.weight == 1 for item in weighed)
        for item in weighed:
            assert item.idf == pytest.approx(_idf(item.term, texts), rel=1e-5)
        assert index.score(weighed) == pytest.approx(_bm25(question, texts), rel=1e-4, abs=1e-6)
        assert index.size == len(texts)


@given(_DOCUMENTS, st.lists(st.sampled_from(_TERMS), max_size=10))
def test_opening_again_gives_the_same(texts: list[list[str]], question: list[str]) -> None:
    with _written(texts) as folder:
        one, other = (_open(folder) for _ in range(2))
        assert one.weigh(question) == other.weigh(question)
        assert np.array_equal(one.score(one.weigh(question)), other.score(other.weigh(question)))


@given(_DOCUMENTS)
def test_the_best_of_a_group_counts_once(texts: list[list[str]]) -> None:
    with _written([*texts, ["会议", "安全"]]) as folder:
        index = _open(folder)
        group = [
            item._replace(idf=idf, weight=weight)
            for item, idf, weight in zip(index.weigh(["会议", "安全"]), (2.0, 1.0), (0.5, 0.25), strict=True)
        ]
        found = index.score_best(group)
        for text, score in zip([*texts, ["会议", "安全"]], found, strict=True):
            expected = max((item.idf * item.weight for item in group if item.term in text), default=0.0)
            assert score == pytest.approx(expected)


def test_a_weight_below_one_counts_less() -> None:
    with _written([["会议"], ["安全"]]) as folder:
        index = _open(folder)
        (item,) = index.weigh(["会议"])
        half = item._replace(weight=0.5)
        assert index.score([half]) == pytest.approx(index.score([item]) / 2)


def test_what_is_usual_in_the_language_weighs_less_while_documents_are_few() -> None:
    def weights(copies: int) -> tuple[float, float]:
        with _written([["会议", "警示片"], ["别的"]] * copies) as folder:
            common, rare = _open(folder).weigh(["会议", "警示片"])
            return common.idf, rare.idf

    few, many = weights(1), weights(3000)
    assert few[0] < few[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 10  # its say fades


def test_a_term_that_no_document_has_weighs_most() -> None:
    with _written([["会议"]], lambda term: 0.0) as folder:
        index = _open(folder)
        assert index.weigh(["nowhere"]) == []
        assert index.missing_idf() > index.weigh(["会议"])[0].idf


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_an_index_of_nothing_answers_nothing(texts: list[list[str]]) -> None:
    with _written(texts) as folder:
        index = _open(folder)
        assert index.weigh(["会议"]) == []
        assert index.score([]).tolist() == [0.0] * len(texts)
        assert index.score_best([]).tolist() == [0.0] * len(texts)


def test_fields_do_not_mix() -> None:
    with _written([["会议"]]) as folder:
        _write(folder, "headings", [["大会"], ["大会"]])
        words = _open(folder)
        headings = _open(folder, "headings")
        assert words.weigh(["大会"]) == []
        assert headings.weigh(["会议"]) == []
        assert headings.score(headings.weigh(["大会"])).shape == (2,)


def test_a_term_may_be_said_more_often_than_sixteen_bits_count() -> None:
    with _written([["会议"] * 70_000, ["大会"]]) as folder:
        index = _open(folder)
        assert np.isfinite(index.score(index.weigh(["会议"]))).all()


@given(_DOCUMENTS, st.lists(st.sampled_from(_TERMS), max_size=10), st.data())
def test_scores_do_not_depend_on_the_segments(
    texts: list[list[str]], question: list[str], data: st.DataObject
) -> None:
    """Documents in several segments, in any order, among others that are gone, weigh as in one."""
    segments = data.draw(st.lists(st.integers(0, 2), min_size=len(texts), max_size=len(texts)))
    gone = data.draw(st.lists(st.lists(st.sampled_from(_TERMS), max_size=5), min_size=3, max_size=3))
    rows, parts = [0] * len(texts), [[text] for text in gone]
    for document in data.draw(st.permutations(range(len(texts)))):
        rows[document] = len(parts[segments[document]])
        parts[segments[document]].append(texts[document])
    with ExitStack() as stack:
        whole = _open(stack.enter_context(_written(texts)))
        written = [stack.enter_context(_written(part)) for part in parts]
        places = Places(
            np.asarray(segments, np.int32), np.asarray(rows, np.int32), [len(part) for part in parts]
        )
        spread = LexicalIndex.open(written, "words", places)
        one, other = whole.weigh(question), spread.weigh(question)
        assert [(item.term, item.idf) for item in one] == [(item.term, item.idf) for item in other]
        assert np.array_equal(whole.score(one), spread.score(other))
        assert np.array_equal(whole.score_best(one), spread.score_best(other))
        for here, there in zip(one, other, strict=True):
            assert set(whole.documents(here).tolist()) == set(spread.documents(there).tolist())
        assert whole.missing_idf() == spread.missing_idf()

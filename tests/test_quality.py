"""How good the answers are, on real questions; looser than what the README reports, to catch a fall."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embeddings.use import UseEncoder
from retrieval import Searcher
from retrieval.builder import Plan, build
from retrieval.embedded_store import EmbeddedStore
from retrieval.evaluation import evaluate
from retrieval.queries import read_queries

_SHARED = os.environ.get("HUIWEN_SHARED")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not _SHARED, reason="needs the evaluation sets; set HUIWEN_SHARED to their folder"),
]
_EVERY = 5  # of the questions

# Who, what, when, how and how long, in the languages people ask in; the number is that of the paragraph.
_ABOUT_THE_PAGE = (
    ("谁主持了大会？", 1),
    ("專項整治行動為期多久？", 3),
    ("会议播放了什么？", 7),
    ("會議以什麼形式召開？", 8),
    ("化工产业要怎样调整？", 4),
    ("Who presided over the conference?", 1),
    ("What did Zhenglong Wu demand?", 6),
    ("In what form was the meeting held?", 8),
    ("What is said about the chemical industry?", 4),
    ("В какой форме прошло совещание?", 8),
    ("¿Qué se dijo sobre la industria química?", 4),
    ("会議はどのような形式で開催されましたか？", 8),
)


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder()


def _searcher(articles: Path, data: Path, encoder: UseEncoder) -> Searcher:
    build(Plan(data, "use-multilingual-v3", 600, 1), [articles], encoder)
    return Searcher.open(data, encoder)


def test_questions_in_eight_languages_find_their_paragraph(tmp_path: Path, encoder: UseEncoder) -> None:
    folder = Path(str(_SHARED)) / "eval" / "xquad"
    searcher = _searcher(folder / "corpus.jsonl", tmp_path, encoder)
    scores = evaluate(read_queries(folder / "queries.jsonl")[::_EVERY], searcher.ask)
    floors = {"zh": 0.92, "en": 0.78, "ru": 0.71, "es": 0.71, "ar": 0.60, "de": 0.73, "th": 0.63, "tr": 0.65}
    found = {lang: row.recall_at_1 for lang, row in scores.items()}
    assert {lang: (found[lang], floor) for lang, floor in floors.items() if found[lang] < floor} == {}


def test_questions_about_the_first_page(tmp_path: Path, encoder: UseEncoder) -> None:
    searcher = _searcher(Path(str(_SHARED)) / "articles", tmp_path, encoder)
    wrong = [
        asked for asked, paragraph in _ABOUT_THE_PAGE if searcher.ask(asked).hits[0].paragraph != paragraph
    ]
    assert wrong == []


def test_the_first_page_is_one_article_of_eight_passages(tmp_path: Path, encoder: UseEncoder) -> None:
    searcher = _searcher(Path(str(_SHARED)) / "articles", tmp_path, encoder)
    assert isinstance(searcher.store, EmbeddedStore)
    assert searcher.store.manifest.counts["articles"] == 1
    assert searcher.store.manifest.counts["passages"] == 8
    assert {hit.article.date for hit in searcher.ask("大会", 20).hits} == {"--11-20"}

"""The marked sentence, or part of one, on real indexes of one article."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.use import UseEncoder
from retrieval import Searcher
from retrieval.builder import Plan, build
from retrieval.highlight import best_range, best_sentence
from retrieval.question import Question
from retrieval.units import unit_spans
from retrieval.weights import Weighed

from .building import index, put, record
from .building import searcher as open_small

_RECORD = {
    "id": "1",
    "title": "全市召开防汛警示教育大会",
    "text": "本报讯6月3日，云州市召开防汛警示教育大会，通报有关情况。市委书记程远山出席会议。"
    "市长顾清野主持大会。行动为期八个月，分三个阶段推进。会议以视频形式召开，共三百人参加。",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("highlight")
    (folder / "page.jsonl").write_text(json.dumps(_RECORD), encoding="utf-8")
    encoder = UseEncoder()
    build(Plan(folder / "data", "use-multilingual-v3", 600, 3), [folder / "page.jsonl"], encoder)
    return Searcher.open(folder / "data", encoder)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("谁主持了警示教育大会？", "市长顾清野主持大会。"),
        ("誰主持了大會？", "市长顾清野主持大会。"),
        ("行动持续多长时间？", "行动为期八个月，分三个阶段推进。"),
        ("会议以什么形式召开？", "会议以视频形式召开，共三百人参加。"),
        ("Who is Gu Qingye?", "市长顾清野主持大会。"),
        ("What did Yuanshan Cheng attend?", "市委书记程远山出席会议。"),
    ],
)
def test_the_sentence_that_answers_is_marked(searcher: Searcher, question: str, sentence: str) -> None:
    hit = searcher.ask(question).hits[0]
    assert hit.text[slice(*hit.highlight)] == sentence


_NAMES = [f"{name}{number}" for number in "一二三四五六七八九" for name in ("程远", "顾清", "沈怀", "袁以")]
_LIST = f"出席会议的有，{'主任，'.join(_NAMES)}主任，会议由市长骆闻笙主持，历时三个小时。"


@pytest.mark.parametrize("before", ["", "本报讯3月2日，全市召开座谈会。"])
def test_of_a_very_long_sentence_the_clauses_that_answer_are_marked(tmp_path: Path, before: str) -> None:
    put(tmp_path, "long.jsonl", record("long", before + _LIST))
    index(tmp_path / "data", tmp_path / "long.jsonl")
    hit = open_small(tmp_path / "data").ask("会议由谁主持？").hits[0]
    start, end = hit.highlight
    marked = hit.text[start:end]
    assert "骆闻笙" in marked
    assert len(marked) <= 100 < 150 < len(_LIST)
    assert start == 0 or hit.text[start - 1] in "，。"
    assert marked[-1] in "，。"


@given(st.text("会议主持，。；、张三abc 1\n", max_size=400).filter(lambda text: text.strip("，。；、 \n")))
@settings(max_examples=25, deadline=None)
def test_whatever_the_text_a_part_of_a_sentence_is_marked(text: str) -> None:
    spans = unit_spans(text)
    asked = _question()
    found = best_sentence(text, "", asked, spans, np.zeros(len(spans), np.float32))
    start, end = best_range(text, "", asked, spans, np.zeros(len(spans), np.float32))
    assert found[0] <= start < end <= found[1]
    if found[1] - found[0] <= 150:
        assert (start, end) == found


def _question() -> Question:
    words = [Weighed("主持", (0,), 2.0, 1.0), Weighed("会议", (1,), 1.0, 1.0)]
    return Question(
        "", True, np.zeros(2, np.float32), words, 3.0, 0.0, [], 1.0, [], [], [], ["张三"], None, None
    )

"""The marked sentence, on a real index of one article."""

import json
from pathlib import Path

import pytest

from embeddings.use import UseEncoder
from retrieval import Searcher
from retrieval.builder import Plan, build

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

"""Which kept questions new articles answer: with a small encoder what must hold, with the model what for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from config import EmbeddingSettings
from embeddings import open_encoder
from retrieval.checking import Standing, check
from retrieval.matching import Kept, match, promising
from retrieval.searcher import Searcher
from tests.retrieval.building import PARAGRAPHS, index, put, put_all, record, searcher

REPORTS = {
    "harbour": "5月8日，滨海市召开港口安全工作会议。市长王建国主持会议。会议决定新建三座防波堤。",
    "chemical": "6月2日，临江市召开化工园区安全生产工作会议。副市长李春梅强调，要逐一排查隐患。",
    "flood": "7月1日，青山县召开防汛工作会议。县长周明要求二十四小时值守水库，做好群众转移安置准备。",
    "school": "9月1日，全省教育大会在省城举行。会议提出，三年内新建中小学一百二十所，扩大优质学位供给。",
    "metro": "市轨道交通三号线昨日开通运营，全长二十七公里，设站二十一座，首日客流超过三十万人次。",
    "clinic": "全县今年新建村卫生室四十八个，招聘村医一百二十名，方便群众在家门口看病。",
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Return a searcher of the real model over REPORTS."""
    folder = tmp_path_factory.mktemp("matching")
    for name, text in REPORTS.items():
        put(folder / "articles", f"{name}.jsonl", record(name, text))
    encoder = open_encoder(EmbeddingSettings())
    index(folder / "data", folder / "articles", encoder=encoder)
    return searcher(folder / "data", encoder)


def _kept(found: Searcher, *questions: str) -> list[Kept]:
    vectors = found.store.interpreter.encode(questions)
    return [Kept(at, text, vector) for at, (text, vector) in enumerate(zip(questions, vectors, strict=True))]


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("化工园区 安全", {"chemical"}),
        ("化工園區", {"chemical"}),
        ("防汛", {"flood"}),
        ("轨道交通 开通", {"metro"}),
        ("村卫生室", {"clinic"}),
        ("教育大会", {"school"}),
        ("谁主持了港口安全工作会议？", {"harbour"}),
        ("森林防火", set()),
        ("足球 世界杯", set()),
        ("总统选举", set()),
        ("earthquake", set()),
    ],
)
def test_keywords_find_their_articles_and_no_others(
    real: Searcher, question: str, articles: set[str]
) -> None:
    everything = range(len(REPORTS))
    found = match(real, _kept(real, question), everything, 5)
    assert found is not None
    assert {judged.hit.article.id for each in found for judged in each.found} == articles
    # One by one, or all at once: each is judged by itself.
    for number in everything:
        alone = match(real, _kept(real, question), [number], 5)
        assert alone is not None
        told = {judged.hit.article.id for each in alone for judged in each.found}
        assert told == articles & {next(iter(real.embedded.articles.at([number]))).id}


def test_nothing_that_would_be_told_is_passed_over(real: Searcher) -> None:
    words = [
        "港口",
        "安全",
        "化工",
        "园区",
        "水库",
        "值守",
        "教育",
        "学位",
        "地铁",
        "客流",
        "村医",
        "看病",
        "会议",
        "市长",
        "Wang",
        "metro",
        "flood",
        "谁",
        "多少",
        "一百二十",
    ]
    questions = [" ".join(pair) for pair in zip(words, words[3:] + words[:3], strict=True)] + words
    kept = _kept(real, *questions)
    passages = np.arange(len(real.embedded.finder.owners))
    near = {question.number for question, _ in promising(real, kept, passages)}
    told = {q.number for q in kept if real.judge_of(q.text, None, 3)}
    assert told and told <= near


def test_many_are_told_apart_and_only_the_best_are_shown(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "articles"
    put_all(folder)
    index(data, folder)
    first = check(searcher(data), [Standing(1, "防汛工作", None)], [], 2)
    assert first is not None and first.matches == () and first.seen  # an archive is no news
    texts = [
        PARAGRAPHS["flood"].replace("何松年", f"第{n}位").replace("7月13日", f"{n}月{n}日")
        for n in range(1, 6)
    ]
    extra = "".join(f"{n}号水库已经腾出库容，{n}处险工险段有专人值守。" for n in range(3))
    put(
        folder,
        "more.jsonl",
        *(record(f"f{n}", f"{text}{extra}{n}", date=f"20{n}0-07-01") for n, text in enumerate(texts)),
    )
    index(data, folder)
    standing = [
        Standing(7, "防汛抗旱指挥部", None),
        Standing(8, "轨道交通", None),
        Standing(9, "防汛抗旱指挥部", None),
    ]
    checked = check(searcher(data), standing, first.seen, 2)
    assert checked is not None and set(checked.vectors) == {7, 8, 9}
    assert {each.number for each in checked.matches} == {7, 9}
    for each in checked.matches:
        assert len(each.found) == 2 and each.articles == 5
        assert [judged.confidence for judged in each.found] == sorted(
            (judged.confidence for judged in each.found), reverse=True
        )
    again = [Standing(each.number, each.text, checked.vectors[each.number]) for each in standing]
    same = check(searcher(data), again, first.seen, 2)
    assert same is not None and same.vectors == {} and len(same.matches) == 2
    done = check(searcher(data), again, (*first.seen, *checked.seen), 2)
    assert done is not None and done.matches == ()
    assert check(searcher(data), again, first.seen, 2, lambda: False) is None

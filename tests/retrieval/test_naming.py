"""Questions that name an article and ask something of it."""

from __future__ import annotations

import pytest

from embeddings.use import UseEncoder
from retrieval.builder import Plan, build
from retrieval.naming import named_articles
from retrieval.searcher import Searcher

from .building import put, record

_MEETINGS = {
    "青川县防汛抗旱工作会议": ("视频会议", "何松年", "六月底前完成水库除险加固"),
    "云泊市火灾事故警示教育大会": ("电视电话会议", "沈怀瑾", "从七月起排查所有仓库"),
    "蓝田县农村公路建设现场会": ("现场会议", "卢怀章", "年内修通四十个村"),
    "临澜市教师节座谈会": ("座谈", "骆闻笙", "为教师建两千套住房"),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("naming")
    for number, (title, (form, chair, demand)) in enumerate(_MEETINGS.items()):
        paragraphs = (
            f"本报讯　日前，{title}举行。{chair}主持会议，来自各部门的代表参加。",
            f"会议要求，{demand}，每月通报进度，逐项验收。",
            f"会议以{form}形式召开。",
        )
        put(folder / "articles", f"{number}.jsonl", record(title, *paragraphs))
    encoder = UseEncoder()
    build(Plan(folder / "data", "use-multilingual-v3", 600, 1), [folder / "articles"], encoder)
    return Searcher.open(folder / "data", encoder)


@pytest.mark.parametrize("title", _MEETINGS)
def test_the_paragraph_that_does_not_name_its_meeting_is_found(searcher: Searcher, title: str) -> None:
    hit = searcher.ask(f"{title}以什么形式召开？").hits[0]
    assert (hit.article.title, hit.paragraph) == (title, 3)


def test_what_is_left_to_ask_is_without_the_name(searcher: Searcher) -> None:
    titles, beginnings = _beginnings(searcher)
    asked = searcher.understand("火灾事故警示教育大会以什么形式召开？")
    named = named_articles(asked, beginnings)
    assert [titles[one.article] for one in named] == ["云泊市火灾事故警示教育大会"]
    assert "形式召开" in named[0].rest
    assert not any(word in named[0].rest for word in ("火灾", "警示", "大会"))


def test_a_question_in_another_language_names_by_meaning(searcher: Searcher) -> None:
    titles, beginnings = _beginnings(searcher)
    asked = searcher.understand("In what form was the meeting on rural roads held?")
    found = [titles[one.article] for one in named_articles(asked, beginnings)]
    assert "蓝田县农村公路建设现场会" in found


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("In what form was the Qingchuan meeting held?", "青川县防汛抗旱工作会议"),
        ("¿En qué formato se celebró la reunión de Lantian?", "蓝田县农村公路建设现场会"),
    ],
)
def test_a_place_in_latin_letters_names_an_article(searcher: Searcher, question: str, title: str) -> None:
    asked = searcher.understand(question)
    titles, beginnings = _beginnings(searcher)
    named = named_articles(asked, beginnings)
    own = next(one for one in named if titles[one.article] == title)
    assert not any(name in own.rest for name in ("Qingchuan", "Lantian"))
    hit = searcher.ask(question).hits[0]
    assert (hit.article.title, hit.paragraph) == (title, 3)


def test_what_is_in_every_headline_names_none(searcher: Searcher) -> None:
    beginnings = {number: ("会议召开", "本报讯　日前，会议召开。") for number in range(3)}
    asked = searcher.understand("青川县防汛会议何时召开？")
    assert named_articles(asked, beginnings) == []


def _beginnings(searcher: Searcher) -> tuple[list[str], dict[int, tuple[str, str]]]:
    articles = list(searcher.catalog.articles())
    return [a.title for a in articles], {n: (a.title, a.paragraphs[0]) for n, a in enumerate(articles)}

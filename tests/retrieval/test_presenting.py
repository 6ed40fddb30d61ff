"""What is shown: few passages of one article, neighbours and explanations where they are asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import SearchSettings
from retrieval import Searcher
from retrieval.fusion import FEATURES

from .building import index, put, put_all, record
from .encoding import PairEncoder

_LONG = "".join(f"第{number}项措施要求各区按时完成整改，并把结果报送市里备案。" for number in "一二三四五六")
_MAIN = (
    "市防汛会议强调，要加强堤坝巡查。",
    "市防汛会议指出，水库要提前泄洪。",
    "市防汛会议要求，各区备足防汛物资。",
    _LONG,
    "市防汛会议决定，暴雨期间停课停运。",
)
_OTHER = "县防汛会议召开，县长强调要加强堤坝巡查，备足物资。"
_FAR = (
    *(
        "地铁三号线全长二十七公里。",
        "全省高考六月七日开考。",
        "老城区改造工程通过验收。",
        "柑橘出口量创历史新高。",
    ),
    *("图书馆周末延长开放。", "高铁新站月底启用。", "博物馆展出青铜器。", "医院新增百张床位。"),
)
_QUESTION = "防汛会议强调加强堤坝巡查"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("presenting")
    put(home / "articles", "main.jsonl", record("main", *_MAIN))
    put(home / "articles", "other.jsonl", record("other", _OTHER))
    for number, text in enumerate(_FAR):
        put(home / "articles", f"far{number}.jsonl", record(f"far{number}", text))
    index(home / "data", home / "articles", passage_chars=100)
    return home / "data"


@pytest.fixture(scope="module")
def limited(data: Path) -> list[Searcher]:
    """Searchers by their limit for one article."""
    return [
        Searcher.open(data, PairEncoder(), SearchSettings(per_article=per_article))
        for per_article in range(6)
    ]


@pytest.fixture(scope="module")
def searcher(limited: list[Searcher]) -> Searcher:
    return limited[SearchSettings().per_article]


def test_other_articles_that_answer_are_not_crowded_out(limited: list[Searcher]) -> None:
    crowded = limited[0].ask("市防汛会议", 3).hits
    assert [hit.article.id for hit in crowded] == ["main"] * 3
    spread = limited[2].ask("市防汛会议", 3).hits
    assert Counter(hit.article.id for hit in spread) == {"main": 2, "other": 1}
    assert spread[0] == crowded[0]
    assert [hit.rank for hit in spread] == [1, 2, 3]
    assert [hit.score for hit in spread] == sorted((hit.score for hit in spread), reverse=True)


def test_articles_that_do_not_answer_crowd_out_nothing(searcher: Searcher) -> None:
    hits = searcher.ask("市防汛会议", 5).hits
    assert Counter(hit.article.id for hit in hits) == {"main": 4, "other": 1}


@given(st.integers(1, 20), st.integers(0, 5), st.sampled_from([_QUESTION, "地铁", "flood", "第三项"]))
def test_the_limit_takes_nothing_from_the_number_and_never_the_first(
    limited: list[Searcher], k: int, per_article: int, question: str
) -> None:
    hits, unlimited = limited[per_article].ask(question, k).hits, limited[0].ask(question, k).hits
    assert len(hits) == len(unlimited)
    assert hits[:1] == unlimited[:1]
    assert len({hit.text for hit in hits}) == len(hits)
    assert {hit.article.id for hit in hits} >= {hit.article.id for hit in unlimited[:1]}


@given(st.integers(0, 9))
def test_neighbours_join_to_the_article(searcher: Searcher, context: int) -> None:
    for hit in searcher.ask(_QUESTION, 30, context=context).hits:
        if hit.article.id != "main":
            assert hit.before == hit.after == ()
            continue
        assert len(hit.before) <= context and len(hit.after) <= context
        joined = "".join([*hit.before, hit.text, *hit.after])
        assert joined in "".join(_MAIN)
        if context == 9:
            assert joined == "".join(_MAIN)


def test_the_nearest_neighbours_are_the_paragraphs_beside_it(searcher: Searcher) -> None:
    hit = searcher.ask(_MAIN[1], 1, context=1).hits[0]
    assert (hit.before, hit.text, hit.after) == ((_MAIN[0],), _MAIN[1], (_MAIN[2],))
    first = searcher.ask(_MAIN[0], 1, context=2).hits[0]
    assert (first.before, first.after) == ((), _MAIN[1:3])


def test_of_a_cut_paragraph_the_rest_comes_first(searcher: Searcher) -> None:
    hits = [hit for hit in searcher.ask("第四项措施", 30, context=1).hits if hit.paragraph == 4]
    assert len(hits) > 1
    hits.sort(key=lambda hit: _LONG.index(hit.text))
    rest = "".join(hit.text for hit in hits[1:])
    assert (hits[0].before, hits[0].after) == ((_MAIN[2],), (rest,))
    assert (hits[-1].before, hits[-1].after) == ((_LONG[: -len(hits[-1].text)],), (_MAIN[4],))


@pytest.mark.parametrize("question", [_QUESTION, "when was the meeting held?", "地铁全长多少公里？"])
def test_shares_add_up_to_the_score(searcher: Searcher, question: str) -> None:
    answer = searcher.ask(question, 6, explain=True)
    assert answer.explanation is not None
    for hit in answer.hits:
        assert hit.explanation is not None
        shares = hit.explanation.shares
        assert {share.feature for share in shares} == set(FEATURES)
        assert sum(share.contribution for share in shares) == pytest.approx(hit.score, abs=2e-3)
        assert hit.explanation.fusion == hit.score
        contributions = [share.contribution for share in shares]
        assert contributions == sorted(contributions, reverse=True)
        for share in shares:
            assert share.contribution == pytest.approx(share.value * share.weight, abs=2e-4)
        assert (hit.explanation.reranker, hit.explanation.rank_before) == (None, None)


def test_what_is_not_asked_for_is_not_there_and_changes_nothing(searcher: Searcher) -> None:
    plain = searcher.ask(_QUESTION, 6)
    full = searcher.ask(_QUESTION, 6, context=2, explain=True)
    assert plain.explanation is None
    assert [replace(hit, before=(), after=(), explanation=None) for hit in full.hits] == list(plain.hits)


def test_the_question_is_explained(searcher: Searcher) -> None:
    explained = searcher.ask("哪一天召开防汛会议？谁吃火锅", explain=True).explanation
    assert explained is not None
    assert explained.chinese
    assert explained.kind == "date"
    assert "防汛" in {term.term for term in explained.words}
    assert "火锅" in explained.unknown
    idfs = [term.idf for term in explained.words]
    assert idfs == sorted(idfs, reverse=True)
    assert explained.near == () and explained.names == ()
    assert explained.threshold == SearchSettings().threshold


def test_an_odd_question_is_explained_too(searcher: Searcher) -> None:
    for question in ("？", "😀", "\ud800", "3.21", "a " * 3000):
        explained = searcher.ask(question, explain=True).explanation
        assert explained is not None
        assert explained.kind == ""


def test_the_day_that_names_a_meeting_is_not_what_is_asked(tmp_path: Path) -> None:
    put_all(tmp_path / "articles")
    index(tmp_path / "data", tmp_path / "articles")
    hit = Searcher.open(tmp_path / "data", PairEncoder()).ask("7月13日的会议由谁主持？", 1).hits[0]
    assert hit.article.id == "flood"
    assert hit.text[slice(*hit.highlight)] == "副省长何松年主持会议。"

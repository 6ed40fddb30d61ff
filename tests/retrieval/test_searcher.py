"""Questions to a generation: how many hits, in what order, from when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import SearchSettings
from retrieval import Searcher
from retrieval.errors import BadQueryError, EncoderMismatchError, NoIndexError

from .building import PARAGRAPHS, index, put, put_all, record, said
from .encoding import PairEncoder

_OTHER = "另一段：全市教师节座谈会召开，市长骆闻笙为四十八名优秀教师颁奖，并参观新建成的学校图书馆。"
_QUESTIONS = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=60) | st.sampled_from(
    [
        *PARAGRAPHS.values(),
        "谁主持会议？",
        "誰主持會議？",
        "Wu Zhenglong",
        "how long?",
        "何年何月",
        "？",
        "😀",
        "3.21",
    ]
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    home: Path = tmp_path_factory.mktemp("searcher")
    (home / "articles").mkdir()
    put_all(home / "articles")
    put(home / "articles", "twice.jsonl", record("twice", PARAGRAPHS["fire"], _OTHER, date="2021-07"))
    index(home / "data", home / "articles")
    return Searcher.open(home / "data", PairEncoder())


@given(_QUESTIONS, st.integers(1, 9))
def test_whatever_is_asked_the_hits_are_in_order(searcher: Searcher, question: str, k: int) -> None:
    if not question.strip():
        with pytest.raises(BadQueryError, match="the question is empty"):
            searcher.ask(question, k)
        return
    answer = searcher.ask(question, k)
    assert answer.question == question
    assert 0 <= answer.confidence <= 1
    if answer.searched or answer.impossible:  # it names a time
        assert len(answer.hits) <= min(k, 5)
    else:
        assert len(answer.hits) == min(k, 5)  # five different texts there are
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
    assert len({hit.text for hit in answer.hits}) == len(answer.hits)
    for hit in answer.hits:
        start, end = hit.highlight
        assert 0 <= start < end <= len(hit.text)
    again = searcher.ask(question, k)
    assert said([again]) == said([answer])


@given(_QUESTIONS.filter(str.strip))
def test_more_hits_begin_with_the_fewer(searcher: Searcher, question: str) -> None:
    all_of_them = searcher.ask(question, 9).hits
    assert searcher.ask(question, 2).hits == all_of_them[:2]


def test_the_passage_with_the_question_s_words_comes_first(searcher: Searcher) -> None:
    for paragraph in PARAGRAPHS.values():
        assert searcher.ask(paragraph[:12]).hits[0].text == paragraph
        assert searcher.ask(paragraph[-12:]).hits[0].text == paragraph


@pytest.mark.parametrize("question", ["Wu Zhenglong", "what did Zhenglong WU demand?", "吳政隆"])
def test_a_name_is_met_in_any_writing(searcher: Searcher, question: str) -> None:
    assert "吴政隆" in searcher.ask(question).hits[0].text


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, {"flood", "metro", "clinic", "fire", "other"}),
        ("2021", None, {"flood", "metro", "clinic", "fire", "other"}),
        ("2021-07-14", "2021-12", {"fire", "other"}),
        ("2021-07-13", "2021-07-13", {"flood", "fire", "other"}),
        (None, "2022-03-15", {"flood", "metro", "fire", "other"}),
        ("2022年3月", "2022/3/31", {"metro"}),
        ("2023-06-01", None, {"clinic"}),
        ("1999", "2000", set()),
    ],
)
def test_dates_limit_what_is_found(
    searcher: Searcher, since: str | None, until: str | None, found: set[str]
) -> None:
    texts = PARAGRAPHS | {"other": _OTHER}
    for question in ("会议", PARAGRAPHS["fire"], "Wu Zhenglong chemical", "另一段"):
        answer = searcher.ask(question, 20, since, until)
        assert {hit.text for hit in answer.hits} == {texts[name] for name in found}
        assert answer.answered is False or found
        if since:  # the undated article is outside any range; the dated one has the same text
            assert "fire" not in {hit.article.id for hit in answer.hits}


@given(_QUESTIONS.filter(str.strip), st.frozensets(st.sampled_from([*PARAGRAPHS, "twice", "nobody"])))
def test_articles_can_be_left_out(searcher: Searcher, question: str, without: frozenset[str]) -> None:
    everything = searcher.ask(question, 20)
    answer = searcher.ask(question, 20, without=without)
    shown = {hit.article.id for hit in answer.hits}
    assert not shown & without
    assert {hit.article.id for hit in everything.hits} - without <= shown
    if not {hit.article.id for hit in everything.hits} & without and "fire" not in without:
        assert said([answer]) == said([everything])
    dated = searcher.ask(question, 20, "2021", "2021", without=without)
    assert {hit.article.id for hit in dated.hits} == {"flood", "twice"} - without


def test_with_every_article_left_out_nothing_is_found(searcher: Searcher) -> None:
    for question in (PARAGRAPHS["fire"], "Wu Zhenglong chemical", "何年何月"):
        answer = searcher.ask(question, without=frozenset([*PARAGRAPHS, "twice"]))
        assert (answer.answered, answer.confidence, answer.hits) == (False, 0, ())


@pytest.mark.parametrize(
    ("since", "until", "said_so"),
    [
        ("some day", None, "since 'some day' is no date"),
        ("since 2021", None, "since 'since 2021' is no date"),
        (None, "11-20", "until '11-20' is no date"),
        ("--11-20", None, "is no date"),
        ("2021-02-30", None, "is no date"),
        ("", None, "since '' is no date"),
        ("2022", "2021", "since 2022 is after until 2021; swap them"),
    ],
)
def test_a_wrong_range_is_refused(
    searcher: Searcher, since: str | None, until: str | None, said_so: str
) -> None:
    with pytest.raises(BadQueryError, match=said_so):
        searcher.ask("会议", 3, since, until)


def test_none_or_less_cannot_be_asked_for(searcher: Searcher) -> None:
    for k in (0, -1):
        with pytest.raises(BadQueryError, match="at least 1"):
            searcher.ask("会议", k)


def test_threads_do_not_disturb_one_another(searcher: Searcher) -> None:
    questions = [*PARAGRAPHS.values(), "Wu Zhenglong", "how long will it last?"] * 20
    alone = [searcher.ask(question, 3) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: searcher.ask(question, 3), questions))
    assert said(together) == said(alone)


def test_the_threshold_decides_what_is_answered(tmp_path: Path) -> None:
    put_all(tmp_path / "articles")
    index(tmp_path / "data", tmp_path / "articles")
    for threshold, answered in ((0.0, True), (1.0, False)):
        settings = SearchSettings(threshold=threshold)
        answer = Searcher.open(tmp_path / "data", PairEncoder(), settings).ask("防汛")
        assert answer.answered is answered
        assert answer.hits


def test_another_model_is_refused_with_the_way_out(searcher: Searcher, tmp_path: Path) -> None:
    put_all(tmp_path / "articles")
    index(tmp_path / "data", tmp_path / "articles")
    with pytest.raises(EncoderMismatchError, match=r"built with the model pairs, .*`huiwen index`"):
        Searcher.open(tmp_path / "data", PairEncoder("other"))
    with pytest.raises(NoIndexError):
        Searcher.open(tmp_path / "nowhere", PairEncoder())


_TODAY = date(2022, 4, 6)


@pytest.mark.parametrize(
    ("question", "searched", "found"),
    [
        ("谁主持会议？", "", {"flood", "metro", "clinic", "fire", "other"}),
        ("2021年7月13日谁主持会议？", "2021-07-13", {"flood", "fire", "other"}),
        ("7月13日谁主持会议？", "--07-13", {"flood", "clinic", "fire", "other"}),
        ("上个月市长要求什么？", "2022-03", {"metro", "fire"}),
        ("what did the mayor demand last month?", "2022-03", {"metro", "fire"}),
        ("去年谁主持会议？", "2021", {"flood", "fire", "other"}),
        ("2022年以来有哪些会议？", "2022-01-01..", {"metro", "clinic", "fire"}),
        ("截至2021年7月13日有几座站？", "", {"flood", "metro", "clinic", "fire", "other"}),
    ],
)
def test_a_question_that_says_when_is_searched_in_that_time(
    searcher: Searcher, question: str, searched: str, found: set[str]
) -> None:
    texts = PARAGRAPHS | {"other": _OTHER}
    answer = searcher.ask(question, 20, today=_TODAY)
    assert {name for name, text in texts.items() if text in {hit.text for hit in answer.hits}} == found
    assert (answer.searched, answer.impossible, answer.undated) == (searched, "", False)


@pytest.mark.parametrize(
    "question", ["2月30日谁主持会议？", "what happened on November 31?", "2021年13月5日", "2021-02-29"]
)
def test_an_impossible_date_finds_nothing_and_says_so(searcher: Searcher, question: str) -> None:
    answer = searcher.ask(question, 20)
    assert (answer.hits, answer.answered, answer.confidence, answer.searched) == ((), False, 0, "")
    assert answer.impossible and answer.impossible in question


def test_a_time_of_which_nothing_is_known_leaves_what_has_no_date(searcher: Searcher, tmp_path: Path) -> None:
    answer = searcher.ask("2018年2月谁主持会议？", 20)
    assert (answer.searched, answer.undated) == ("2018-02", True)
    assert {hit.article.date for hit in answer.hits} == {""}
    put(tmp_path, "dated.jsonl", record("dated", PARAGRAPHS["metro"], date="2022-03"))
    index(tmp_path / "data", tmp_path / "dated.jsonl")
    dated = Searcher.open(tmp_path / "data", PairEncoder())
    answer = dated.ask("2018年2月谁主持会议？")
    assert (answer.hits, answer.answered, answer.searched, answer.undated) == ((), False, "2018-02", False)


@pytest.mark.parametrize(
    ("since", "until", "searched", "found"),
    [
        ("2021-01", None, "2021 & 2021-01-01..", {"flood", "other"}),
        (None, "2021", "2021 & ..2021-12-31", {"flood", "other"}),
        ("2022", "2023-06", "2021 & 2022-01..2023-06", set()),
        ("去年", "yesterday", "2021 & 2021-01-01..2022-04-05", {"flood", "other"}),
    ],
)
def test_a_range_that_is_given_holds_beside_the_time_that_is_asked_for(
    searcher: Searcher, since: str | None, until: str | None, searched: str, found: set[str]
) -> None:
    texts = PARAGRAPHS | {"other": _OTHER}
    answer = searcher.ask("去年谁主持会议？", 20, since, until, today=_TODAY)
    shown = {hit.text for hit in answer.hits if hit.article.id != "fire"}
    assert {name for name, text in texts.items() if text in shown} - {"fire"} == found
    assert answer.searched == searched


def test_an_empty_range_says_which(searcher: Searcher) -> None:
    answer = searcher.ask("谁主持会议？", 20, "1999", "2000")
    assert (answer.hits, answer.searched) == ((), "1999..2000")

from __future__ import annotations

import pytest

from retrieval import Searcher
from retrieval.leaning import Leaning, read_leaning, topic_of

from .building import index, put_all
from .encoding import PairEncoder


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    home = tmp_path_factory.mktemp("leaning")
    (home / "articles").mkdir()
    put_all(home / "articles")
    index(home / "data", home / "articles")
    return Searcher.open(home / "data", PairEncoder())


def _lean(searcher: Searcher, question: str) -> Leaning:
    return read_leaning(searcher.understand(question))


@pytest.mark.parametrize(
    "question",
    [
        "他强调了什么？",
        "她說了什麼？",
        "What did he say?",
        "Что он сказал?",
        "¿Qué dijo ella?",
        "Was sagte er?",
        "Qu'a dit lui ?",
        "彼は何を言いましたか？",
        "그는 무엇을 말했습니까?",
    ],
)
def test_somebody_who_is_not_named(searcher: Searcher, question: str) -> None:
    assert _lean(searcher, question).person


@pytest.mark.parametrize(
    "question",
    [
        "其他省份呢？",
        "吉他比赛谁赢了？",
        "县委书记和他的同事去了哪里？",
        "吴政隆在他的讲话中强调了什么？",
        "Did Mr Wu say that he agrees?",
        "Quand la réunion a-t-elle eu lieu ?",
    ],
)
def test_nobody_or_somebody_who_is_named(searcher: Searcher, question: str) -> None:
    assert not _lean(searcher, question).person


@pytest.mark.parametrize(
    "question",
    [
        "它什么时候开通？",
        "这次会议谁主持？",
        "該會議何時召開？",
        "会上播放了什么？",
        "在会上谁发言？",
        "其中多少用于培训？",
        "When was it held?",
        "Who chaired this meeting?",
        "Когда это было?",
    ],
)
def test_something_that_is_not_named(searcher: Searcher, question: str) -> None:
    assert _lean(searcher, question).thing


@pytest.mark.parametrize(
    "question",
    [
        "警示教育大会上播放了什么？",
        "应该怎么防汛？",
        "因此谁受罚？",
        "这些年长江有什么变化？",
        "这十年间有什么变化？",
        "How many stations are there?",
        "Who presided over the flood conference?",
    ],
)
def test_nothing_that_is_not_named(searcher: Searcher, question: str) -> None:
    assert not _lean(searcher, question).points


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("那南京呢？", "南京"),
        ("南京呢", "南京"),
        ("那么副省长呢？", "副省长"),
        ("And in Nanjing?", "in Nanjing?"),
        ("what about the mayor?", "the mayor?"),
        ("А в Нанкине?", "в Нанкине?"),
        ("¿Y en Nankín?", "en Nankín?"),
        ("und in Nanjing?", "in Nanjing?"),
    ],
)
def test_a_question_that_leaves_out_what_it_asks(searcher: Searcher, question: str, rest: str) -> None:
    lean = _lean(searcher, question)
    assert (lean.rest, lean.partial) == (rest, True)


@pytest.mark.parametrize(
    "question", ["And how long?", "А когда?", "and who chaired it?", "¿Y quién presidió?"]
)
def test_a_whole_question_after_and(searcher: Searcher, question: str) -> None:
    lean = _lean(searcher, question)
    assert lean.rest is not None and not lean.partial


@pytest.mark.parametrize("question", ["谁主持会议？", "多久？", "会议以什么形式召开？", "how long?", "why?"])
def test_no_subject(searcher: Searcher, question: str) -> None:
    assert _lean(searcher, question).subject == ()


@pytest.mark.parametrize("question", ["地铁3号线何时开通？", "谁负责防汛？", "Who is Zhenglong Wu?"])
def test_a_subject_of_its_own(searcher: Searcher, question: str) -> None:
    lean = _lean(searcher, question)
    assert lean.subject and not lean.strong
    assert lean.cover(lambda term: False) == 0.0
    assert lean.cover(lambda term: True) == 1.0


def test_the_topic_is_what_is_left_of_a_question(searcher: Searcher) -> None:
    understand = searcher.understand
    assert topic_of(understand("地铁什么时候开通？")) == "地铁 开通"
    assert topic_of(understand("How long will the flood campaign last?")) == "flood"

"""Evaluation sets as people write them, and their names as the index knows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import BadQueryError
from retrieval.queries import Query, grouped, place, read_queries

from .building import PARAGRAPHS, index, put, record, searcher


def test_questions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '\ufeff{"id": 7, "lang": "en", "text": "Who?", "relevant": ["a", 2]}\n\n'
        '{"text": "谁\u2028？", "relevant": [], "lang": null}\r\n',
        encoding="utf-8",
    )
    assert read_queries(path) == [
        Query("7", "en", "Who?", frozenset({"a", "2"})),
        Query("3", "?", "谁\u2028？", frozenset()),
    ]


@pytest.mark.parametrize(
    ("more", "answers"),
    [
        ('"answer": "三百人"', ("三百人",)),
        ('"answer": "三百人", "answers": ["三百人", "300人", " "]', ("三百人", "300人")),
        ('"answer": "300 people", "answer_zh": "三百人"', ("三百人",)),
        ('"answer": "300 people", "answer_zh": null', ("300 people",)),
        ('"answer": 308', ("308",)),
        ('"answer": null, "answers": "300"', ()),
        ('"answers": [{"text": "300"}, 2.5]', ("2.5",)),
    ],
)
def test_answers_are_read_in_the_language_of_the_articles(
    tmp_path: Path, more: str, answers: tuple[str, ...]
) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f'{{"text": "x", "relevant": ["a"], {more}}}\n', encoding="utf-8")
    assert [query.answers for query in read_queries(path)] == [answers]


def test_a_language_its_anchored_part_and_all_are_groups(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    lines = [
        '{"text": "x", "relevant": [], "lang": "zh", "anchored": true}',
        '{"text": "x", "relevant": [], "lang": "en"}',
        '{"text": "x", "relevant": [], "lang": "zh", "anchored": false}',
        '{"text": "x", "relevant": [], "lang": "zh", "anchored": 1}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    queries = read_queries(path)
    expected = {"zh": [0, 2, 3], "zh anchored": [0], "en": [1], "all": [0, 1, 2, 3]}
    assert grouped(queries) == expected
    assert list(grouped(queries)) == list(expected)
    assert grouped(queries[2:]) == {"zh": [0, 1]}
    assert grouped([]) == {}


def test_articles_are_named_as_they_are_shown(folder: Path, data: Path) -> None:
    text = "".join(PARAGRAPHS.values())
    put(
        folder,
        "set.jsonl",
        record("first", text, date="2021-07-13"),
        record("reprint", text, date="2021-07-14"),
        record("p1", "大会第一部分：部署防汛工作。", title="大会"),
        record("p2", "地铁三号线通车，全长二十七公里。", title="大会"),
        record("alone", "教师节座谈会召开，颁奖四十八人。", title=""),
    )
    index(data, folder)
    catalog = searcher(data).catalog
    asked = [
        Query("1", "zh", "x", frozenset({"reprint"})),
        Query("2", "zh", "x", frozenset({"p1", "nowhere"})),
        Query("3", "zh", "x", frozenset({"alone"})),
        Query("4", "zh", "x", frozenset()),
    ]
    placed, unknown = place(asked, catalog)
    assert unknown == ["nowhere"]
    assert [query.relevant for query in placed] == [
        *({"first"}, {"p1", "nowhere"}, {"alone"}, set()),
    ]
    assert [query.about for query in placed] == [
        *({"first"}, {"p1", "p2", "nowhere"}, {"alone"}, set()),
    ]


@pytest.mark.parametrize(
    "line",
    [
        *("{", "[]", "3", '{"text": "x"}', '{"relevant": []}', '{"text": "x", "relevant": 3}'),
        '{"text": "x", "relevant": ["\\ud800"]}',
        *('{"text": 3, "relevant": []}', '{"text": " ", "relevant": []}', '{"text": "x", "relevant": "abc"}'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f'{{"text": "x", "relevant": ["a"]}}\n{line}\n', encoding="utf-8")
    with pytest.raises(BadQueryError, match="line 2: needs"):
        read_queries(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQueryError, match=r"queries\.jsonl: cannot be read"):
        read_queries(tmp_path / "queries.jsonl")
    (tmp_path / "queries.jsonl").write_bytes('{"text": "谁主持会议"}'.encode("gb18030"))
    with pytest.raises(BadQueryError, match="not UTF-8"):
        read_queries(tmp_path / "queries.jsonl")

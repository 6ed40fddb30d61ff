"""The same article in several files is one, its newest text under its oldest id."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.dates import parse_date
from retrieval.model import Article
from retrieval.reading import article_id
from retrieval.reprints import Merged, merge_reprints, signature_of
from retrieval.sources import Found, SourceFile

from .building import ids, index, searcher

_BODY = (
    "全省安全生产警示教育大会召开，通报事故调查情况，部署下一阶段安全生产工作。省委书记程远山出席会议并讲话。",
    "会议强调，要从6月10日起在全省开展为期八个月的仓储安全专项整治行动，分自查自改、集中检查、巩固提升三个阶段推进，"
    "突出冷库、危险化学品仓库、电商云仓三类场所，逐库建档、逐项销号，对整改不到位的一律停用。",
    "会议以视频会议形式召开，各市、县（区）设分会场，共3.6万人参加会议。",
)
_CORRECTED = (*_BODY[:2], _BODY[2].replace("3.6", "3.7"))


def _found(
    path: str,
    paragraphs: Sequence[str] = _BODY,
    *,
    title: str = "",
    date: str = "",
    source: str = "",
    at: int = 0,
) -> Found:
    identity = path if path.endswith(".jsonl") else article_id("", paragraphs)
    published = parse_date(date) if date else None
    article = Article(identity, "", "", tuple(paragraphs), published, source or path, published=published)
    return Found.of(article, SourceFile(path, path, 0, at, ""), 0, signature_of(article))


def _only(found: Sequence[Found]) -> Merged:
    (merged,), problems = merge_reprints(found)
    assert problems == []
    return merged


def test_a_corrected_reprint_replaces_the_older_text_and_keeps_its_id() -> None:
    old = _found("a.txt", source="青澜日报", date="2024-06-04")
    new = _found(
        "b.txt", ["本报综合消息 " + _CORRECTED[0], *_CORRECTED[1:]], source="云泊日报", date="2024-06-05"
    )
    assert old.article.id != new.article.id
    for found in ([old, new], [new, old]):
        merged = _only(found)
        assert merged.article.paragraphs == new.article.paragraphs
        assert merged.article.id == old.article.id
        assert (merged.article.source, merged.article.also) == ("云泊日报", ("青澜日报",))
        assert (merged.newest, merged.others) == (new, (old,))


def test_without_dates_the_newer_file_counts() -> None:
    old, new = _found("b.txt", at=1), _found("a.txt", _CORRECTED, at=2)
    assert _only([new, old]).article.paragraphs == _CORRECTED


def test_an_id_that_was_given_is_kept() -> None:
    merged = _only([_found("a.txt", at=1), _found("b.jsonl", at=2), _found("c.jsonl", at=3)])
    assert merged.article.id == "b.jsonl"
    assert merged.article.also == ("a.txt", "b.jsonl")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2024-06-04", "2024-06-11", True),
        ("2024-06-04", "2024-06-12", False),
        ("2024-06-04", "", True),
        ("2024-06", "2024-06-30", True),
        ("2023", "2024-12", False),
    ],
)
def test_what_comes_again_much_later_is_another_event(one: str, other: str, together: bool) -> None:
    merged, _ = merge_reprints([_found("a.txt", date=one), _found("b.txt", date=other)])
    assert len(merged) == (1 if together else 2)
    assert len({item.article.id for item in merged}) == len(merged)


def test_articles_that_share_a_paragraph_only_are_two() -> None:
    other = ["云泊港货物吞吐量创新高。" * 5, _BODY[0], "港务集团负责人介绍，今年前九个月完成吞吐量两亿吨。"]
    merged, _ = merge_reprints([_found("a.txt"), _found("b.txt", other)])
    assert len(merged) == 2


def test_the_order_in_which_files_come_does_not_matter() -> None:
    rng = random.Random(3)
    found = [
        *(_found(f"{n}.txt", _BODY, date=f"2024-06-{n:02}", source=f"paper {n}") for n in range(1, 5)),
        *(_found(f"x{n}.txt", ["全市召开第一次会议。" * 8 + f"第{n}号。"], at=n) for n in range(4)),
        _found("y.jsonl", _CORRECTED, date="2024-06-05"),
    ]
    expected: set[Article] | None = None
    for _ in range(20):
        rng.shuffle(found)
        merged, problems = merge_reprints(found)
        assert problems == []
        assert sum(1 + len(item.others) for item in merged) == len(found)
        articles = {item.article for item in merged}
        assert expected in (None, articles)
        expected = articles


def test_two_papers_on_disk_are_one_article_with_two_sources(folder: Path, data: Path) -> None:
    for name, source, paragraphs, day in (
        ("a.jsonl", "青澜日报", _BODY, "2024-06-04"),
        ("b.jsonl", "云泊日报", _CORRECTED, "2024-06-05"),
    ):
        record = {"id": name, "source": source, "paragraphs": paragraphs, "date": day}
        (folder / name).write_text(json.dumps(record), encoding="utf-8")
    assert index(data, folder).articles == 1
    opened = searcher(data)
    (article,) = opened.catalog.articles()
    assert (article.id, article.source, article.also) == ("a.jsonl", "云泊日报", ("青澜日报",))
    assert opened.catalog.article("b.jsonl") == article
    hits = opened.ask("多少人参加会议", 9).hits
    assert len(hits) == 3
    assert "3.7万人" in hits[0].text
    assert hits[0].article.also == ("青澜日报",)
    os.unlink(folder / "b.jsonl")
    index(data)
    assert ids(data) == ["a.jsonl"]
    assert "3.6万人" in searcher(data).ask("多少人参加会议").hits[0].text

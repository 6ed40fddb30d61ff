"""What goes into the catalog comes out of it."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog import Catalog, Found, Problem, SourceFile
from retrieval.model import Article, PartialDate, Passage
from retrieval.passages import split_passages
from retrieval.reprints import signature_of

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_ORIGINS = st.sampled_from(["record", "dateline", "file name", "inferred"])
_YEARS, _MONTHS, _DAYS = st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 28)
_DATES = (
    st.none()
    | st.builds(PartialDate, _YEARS, _MONTHS, st.none() | _DAYS, _ORIGINS)
    | st.builds(PartialDate, _YEARS, st.none(), st.none(), _ORIGINS)
    | st.builds(PartialDate, st.none(), _MONTHS, st.none() | _DAYS, _ORIGINS)
)
_ARTICLES = st.lists(
    st.builds(
        Article,
        *(_TEXT, _TEXT, _TEXT, st.lists(_TEXT, min_size=1, max_size=4).map(tuple), _DATES, _TEXT, _TEXT),
        *(_DATES, st.lists(_TEXT, max_size=3).map(tuple)),
    ),
    max_size=5,
    unique_by=lambda article: article.id,
)


def _found(article: Article, path: str = "f", place: int = 0) -> Found:
    return Found(article, SourceFile(path, path, 0, 0, ""), place, signature_of(article))


@given(_ARTICLES)
def test_articles_and_passages_come_back(articles: list[Article]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passages: list[Passage] = []
        with closing(Catalog.create(folder)) as catalog:
            for number, article in enumerate(articles):
                catalog.add_article(number, article, _found(article, f"/{number % 2}", number), number)
                own = split_passages(article)
                catalog.add_passages(number, len(passages), own)
                passages += own
        with closing(Catalog.open(folder)) as catalog:
            assert list(catalog.articles()) == articles
            found = [
                item for path in ("/0", "/1") for item in catalog.found_in(SourceFile(path, "", 0, 0, ""))
            ]
            assert [replace(item.article, also=()) for item in found] == [
                replace(article, also=()) for article in articles[::2] + articles[1::2]
            ]
            for item in found:
                assert np.array_equal(item.signature, signature_of(item.article))
            assert all(catalog.article(article.id) == article for article in articles)
            backwards = list(range(len(passages)))[::-1]
            shown = catalog.passages(backwards)
            assert [passage for passage, _ in shown] == passages[::-1]
            assert catalog.texts(backwards) == [passage.text for passage in passages[::-1]]
            by_id = {article.id: article for article in articles}
            for passage, ref in shown:
                article = by_id[passage.article_id]
                assert (ref.title, ref.kicker, ref.url) == (article.title, article.kicker, article.url)
                assert ref.also == article.also
                assert ref.date == (str(article.date) if article.date else "")


def test_more_passages_than_a_statement_takes_are_found(tmp_path: Path) -> None:
    article = Article("a", "", "", tuple(f"第{number}段" for number in range(1200)), None, "s")
    with closing(Catalog.create(tmp_path)) as catalog:
        catalog.add_article(0, article, _found(article), 0)
        catalog.add_passages(0, 0, split_passages(article))
    with closing(Catalog.open(tmp_path)) as catalog:
        numbers = [*range(0, 1200, 2), *range(1, 1200, 2)]
        assert [p.paragraph - 1 for p, _ in catalog.passages(numbers)] == numbers


def test_a_reprint_is_found_by_its_id_and_not_listed(tmp_path: Path) -> None:
    new, old = (Article(name, name, "", ("会议召开。",), None, name) for name in ("new", "old"))
    with closing(Catalog.create(tmp_path)) as catalog:
        catalog.add_article(0, replace(new, also=("old",)), _found(new), 0)
        catalog.add_article(1, old, _found(old, "g"), 0)
    with closing(Catalog.open(tmp_path)) as catalog:
        assert [article.id for article in catalog.articles()] == ["new"]
        assert catalog.article("old") == catalog.article("new") == replace(new, also=("old",))
        assert [item.article for item in catalog.found_in(SourceFile("g", "g", 0, 0, ""))] == [old]


def test_files_and_problems_come_back_whatever_bytes_name_them(tmp_path: Path) -> None:
    odd = "/日报/\udcff.txt"  # a name that is not UTF-8, as Python spells it
    file, problem = SourceFile(odd, "日报", 1, 2, "d"), Problem("日报", "why", odd)
    with closing(Catalog.create(tmp_path)) as catalog:
        catalog.add_sources([file], [problem, Problem("x", "outside")], ["/b", "/a", "/a"])
    with closing(Catalog.open(tmp_path)) as catalog:
        assert catalog.files() == {odd: file}
        assert catalog.problems() == [problem, Problem("x", "outside")]
        assert catalog.remarks(odd) == ["why"]
        assert catalog.roots() == ["/a", "/b"]


def test_the_beginning_of_an_id_is_taken_as_it_stands(tmp_path: Path) -> None:
    with closing(Catalog.create(tmp_path)) as catalog:
        for number, name in enumerate(("a%b", "axb", "a_b", "A")):
            article = Article(name, "", "", ("x",), None, "")
            catalog.add_article(number, article, _found(article), number)
    with closing(Catalog.open(tmp_path)) as catalog:
        assert catalog.ids_like("a%") == ["a%b"]
        assert catalog.ids_like("a_") == ["a_b"]
        assert catalog.ids_like("a") == ["a%b", "a_b", "axb"]


def test_a_published_catalog_cannot_be_written(tmp_path: Path) -> None:
    Catalog.create(tmp_path).close()
    with (
        closing(Catalog.open(tmp_path)) as catalog,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        catalog.add_sources([], [], ["/a"])

"""What goes into the catalog comes out of it."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog import Catalog, Problem, SourceFile
from retrieval.model import Article, PartialDate, Passage
from retrieval.passages import split_passages

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_DATES = st.none() | st.builds(
    PartialDate,
    st.none() | st.integers(1900, 2100),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 28),
    st.sampled_from(["record", "dateline", "file name", "inferred"]),
)
_ARTICLES = st.lists(
    st.builds(
        Article, _TEXT, _TEXT, _TEXT, st.lists(_TEXT, min_size=1, max_size=4).map(tuple), _DATES, _TEXT, _TEXT
    ),
    max_size=5,
    unique_by=lambda article: article.id,
)


@given(_ARTICLES)
def test_articles_and_passages_come_back(articles: list[Article]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passages: list[Passage] = []
        with closing(Catalog.create(folder)) as catalog:
            for number, article in enumerate(articles):
                catalog.add_article(number, article, f"/{number % 2}")
                own = split_passages(article)
                catalog.add_passages(number, len(passages), own)
                passages += own
        with closing(Catalog.open(folder)) as catalog:
            assert list(catalog.articles()) == articles
            assert [*catalog.articles_of("/0"), *catalog.articles_of("/1")] == articles[::2] + articles[1::2]
            assert all(catalog.article(article.id) == article for article in articles)
            backwards = list(range(len(passages)))[::-1]
            found = catalog.passages(backwards)
            assert [passage for passage, _ in found] == passages[::-1]
            assert catalog.texts(backwards) == [passage.text for passage in passages[::-1]]
            by_id = {article.id: article for article in articles}
            for passage, ref in found:
                article = by_id[passage.article_id]
                assert (ref.title, ref.kicker, ref.url) == (article.title, article.kicker, article.url)
                assert ref.date == (str(article.date) if article.date else "")


def test_more_passages_than_a_statement_takes_are_found(tmp_path: Path) -> None:
    article = Article("a", "", "", tuple(f"第{number}段" for number in range(1200)), None, "s")
    with closing(Catalog.create(tmp_path)) as catalog:
        catalog.add_article(0, article, "f")
        catalog.add_passages(0, 0, split_passages(article))
    with closing(Catalog.open(tmp_path)) as catalog:
        numbers = [*range(0, 1200, 2), *range(1, 1200, 2)]
        assert [p.paragraph - 1 for p, _ in catalog.passages(numbers)] == numbers


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
            catalog.add_article(number, Article(name, "", "", ("x",), None, ""), "f")
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
        catalog.add_article(0, Article("a", "", "", ("x",), None, ""), "f")

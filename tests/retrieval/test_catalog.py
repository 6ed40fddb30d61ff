"""What goes into the catalog comes out of it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog import Catalog
from retrieval.layout import Layout
from retrieval.model import Article, PartialDate
from retrieval.passages import split_passages
from retrieval.reprints import signature_of
from retrieval.segment_catalog import CatalogWriter
from retrieval.sources import Found, Problem, SourceFile, Sources

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
_ARTICLE = Article("a", "标题", "", ("会议召开。",), None, "报")


def _write(folder: Path, articles: Sequence[tuple[Article, tuple[str, ...]]]) -> None:
    """Write a segment's tables and what says where the passages of each article begin."""
    folder.mkdir(exist_ok=True)
    starts = [0]
    with closing(CatalogWriter(folder)) as writer:
        for number, (article, aliases) in enumerate(articles):
            own = split_passages(article)
            writer.add_article(number, b"", article, aliases)
            writer.add_passages(number, starts[-1], own)
            starts.append(starts[-1] + len(own))
    np.save(folder / "starts.npy", starts)


def _open(folders: Sequence[Path], positions: Sequence[tuple[int, int]]) -> Catalog:
    return Catalog.open(Layout.over(folders, np.asarray(positions, np.int32).reshape(-1, 2)))


@given(_ARTICLES, st.data())
def test_articles_and_passages_come_back_from_any_segments(
    articles: list[Article], data: st.DataObject
) -> None:
    segments = data.draw(st.lists(st.integers(0, 1), min_size=len(articles), max_size=len(articles)))
    gone = replace(_ARTICLE, id="gone")
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / "0", Path(name) / "1"]
        positions = [(0, 0)] * len(articles)
        parts: list[list[tuple[Article, tuple[str, ...]]]] = [[(gone, ("gone too",))], []]
        for number in data.draw(st.permutations(range(len(articles)))):
            part = parts[segments[number]]
            positions[number] = segments[number], len(part)
            part.append((articles[number], ()))
        for folder, part in zip(folders, parts, strict=True):
            _write(folder, part)
        passages = [passage for article in articles for passage in split_passages(article)]
        with closing(_open(folders, positions)) as catalog:
            assert list(catalog.articles()) == articles
            assert all(catalog.article(article.id) == article for article in articles)
            assert catalog.numbers([article.id for article in articles]) == list(range(len(articles)))
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
            for name in {"gone", "gone too"} - by_id.keys():
                assert catalog.article(name) is None
                assert catalog.numbers([name]) == []


@given(_ARTICLES)
def test_what_was_read_comes_back(articles: list[Article]) -> None:
    files = {path: SourceFile(path, path, 0, 0, "") for path in ("/0", "/1", "/2")}
    read = {
        path: [
            Found.of(article, files[path], place, signature_of(article))
            for place, article in enumerate(articles[start::2])
        ]
        for start, path in enumerate(("/0", "/1"))
    }
    with tempfile.TemporaryDirectory() as name:
        folder, later = Path(name) / "1", Path(name) / "2"
        for home in (folder, later):
            home.mkdir()
        with closing(Sources.create(folder)) as sources:
            sources.replace(files.values(), [], [], ["/"], read)
        with closing(Sources.open(folder)) as sources:
            assert sources.files() == files
            assert sources.holding() == {path for path, own in read.items() if own}
            found = sources.found(files)
            assert [[(item.article, item.place) for item in own] for own in found.values()] == [
                [(item.article, item.place) for item in own] for own in [*read.values(), []]
            ]
            for item in [item for own in found.values() for item in own]:
                assert np.array_equal(item.signature, signature_of(item.article))
        with closing(Sources.create(later, folder)) as sources:  # one file is gone, another read anew
            sources.replace([files["/1"], files["/2"]], [], [], ["/"], {"/2": read["/0"]})
        with closing(Sources.open(later)) as sources:
            assert sources.files().keys() == {"/1", "/2"}
            kept = sources.found(files)
            assert [len(kept[path]) for path in files] == [0, len(read["/1"]), len(read["/0"])]


def test_more_passages_than_a_statement_takes_are_found(tmp_path: Path) -> None:
    article = Article("a", "", "", tuple(f"第{number}段" for number in range(1200)), None, "s")
    _write(tmp_path, [(article, ())])
    with closing(_open([tmp_path], [(0, 0)])) as catalog:
        numbers = [*range(0, 1200, 2), *range(1, 1200, 2)]
        assert [p.paragraph - 1 for p, _ in catalog.passages(numbers)] == numbers


def test_a_reprint_is_found_by_its_id(tmp_path: Path) -> None:
    new = replace(_ARTICLE, id="new", also=("old",))
    _write(tmp_path, [(replace(_ARTICLE, id="other"), ("new",)), (new, ("old",))])
    with closing(_open([tmp_path], [(0, 0), (0, 1)])) as catalog:
        assert catalog.article("old") == new
        assert catalog.article("new") == new  # its own id comes before what a reprint would have
        assert catalog.numbers(["old"]) == [1]


def test_files_and_problems_come_back_whatever_bytes_name_them(tmp_path: Path) -> None:
    odd = "/日报/\udcff.txt"  # a name that is not UTF-8, as Python spells it
    file, problem = SourceFile(odd, "日报", 1, 2, "d"), Problem("日报", "why", odd)
    outside = Problem("x", "outside")
    with closing(Sources.create(tmp_path)) as sources:
        sources.replace([file], [outside], [problem], ["/b", "/a", "/a"], {})
    with closing(Sources.open(tmp_path)) as sources:
        assert sources.files() == {odd: file}
        assert sources.problems() == [outside, problem]
        assert sources.problems(of_files=True) == [outside]
        assert sources.remarks() == {odd: ["why"]}
        assert sources.roots() == ["/a", "/b"]


def test_the_beginning_of_an_id_is_taken_as_it_stands(tmp_path: Path) -> None:
    _write(tmp_path, [(replace(_ARTICLE, id=name), ()) for name in ("a%b", "axb", "a_b", "A", "a_gone")])
    with closing(_open([tmp_path], [(0, number) for number in range(4)])) as catalog:
        assert catalog.ids_like("a%") == ["a%b"]
        assert catalog.ids_like("a_") == ["a_b"]
        assert catalog.ids_like("a") == ["a%b", "a_b", "axb"]


def test_what_is_published_cannot_be_written(tmp_path: Path) -> None:
    _write(tmp_path, [])
    Sources.create(tmp_path).close()
    with closing(_open([tmp_path], [])) as catalog, pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalog.connections[0].execute("DELETE FROM articles")
    with (
        closing(Sources.open(tmp_path)) as sources,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        sources.replace([], [], [], ["/a"], {})

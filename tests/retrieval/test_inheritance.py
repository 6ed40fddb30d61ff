"""A segment of articles that are taken over says what one says that is worked out anew."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.inheritance import Origin
from retrieval.known import Known
from retrieval.model import Article, PartialDate
from retrieval.postings import read_terms
from retrieval.segment_catalog import open_tables
from retrieval.segment_writer import Indexed, write_segment
from retrieval.wording import Wording, Wordings

from .encoding import PairEncoder

_CHARS = 100
_FIELDS = ("words", "bigrams", "names", "headings")


def _article(name: str, title: str, kicker: str, paragraphs: Sequence[str], day: int = 0) -> Article:
    date = PartialDate(2021, 3, day) if day else None
    return Article(name, title, kicker, tuple(paragraphs), date, "paper")


_ARTICLES = [
    _article("harbour", "港口建设座谈会召开", "", ["市长王建国3月5日主持会议。", "会议听取了港口汇报。"]),
    _article("river", "河长会议", "全省", ["省长李秀英昨天强调治水。" * 12], 8),
    _article("names", "王建国调研", "", ["王建国、李秀英和张伟出席，张伟主持。"]),
    _article("figures", "数字", "", ["1,234 件事，12月1日至3日办完。", "Harbour 港口 harbour。"]),
    _article("nothing", "", "", ["……"]),
]


class _Watched(Wordings):
    """Remembers what it was asked."""

    def begin(self, texts: Sequence[str], headings: Sequence[str]) -> Future[Wording]:
        self.asked = [*texts, *headings]
        return super().begin(texts, headings)


def _write(
    folder: Path,
    articles: Iterable[tuple[Article, Origin | None]],
    *known_in: Path,
    wordings: Wordings | None = None,
) -> Path:
    folder.mkdir()
    items = [Indexed(article, (), article.id.encode(), origin) for article, origin in articles]
    wordings = wordings or Wordings()
    with closing(Known(folder.parent, known_in, PairEncoder())) as known, closing(wordings):
        write_segment(folder, items, PairEncoder(), known, wordings, _CHARS, lambda *_: None)
    return folder


def _rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = {
        "articles": "SELECT * FROM articles ORDER BY number",
        "passages": "SELECT * FROM passages ORDER BY number",
        "names": "SELECT * FROM names ORDER BY reading, written",
        "vocabulary": "SELECT * FROM vocabulary ORDER BY number",
    }
    with closing(open_tables(folder)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in tables.items()}


def _postings(folder: Path, field: str) -> dict[str, tuple[list[int], list[int], float]]:
    """Return by each term what is kept of it: documents, counts, share."""
    parts = {
        part: np.load(folder / f"{field}.{part}.npy") for part in ("offsets", "documents", "counts", "usual")
    }
    found = {}
    for number, term in enumerate(read_terms(folder, field)):
        span = slice(*parts["offsets"][number : number + 2])
        documents, counts = (parts[part][span].tolist() for part in ("documents", "counts"))
        found[term] = documents, counts, parts["usual"][number]
    return found


def _assert_same(one: Path, other: Path) -> None:
    assert _rows(one) == _rows(other)
    arrays = [path.name for path in other.glob("*.npy") if path.name.split(".")[0] not in _FIELDS]
    assert {"starts.npy", "dates.npy", "mentions.npy", "keys.npy"} <= set(arrays)
    for name in [*arrays, *(f"{field}.lengths.npy" for field in _FIELDS)]:
        left, right = np.load(one / name), np.load(other / name)
        assert left.dtype == right.dtype and np.array_equal(left, right), name
    for field in _FIELDS:
        assert _postings(one, field) == _postings(other, field)


_TEXTS = st.lists(st.sampled_from(["港口", "王建国", "3月5日", "召开会议。", "A-1", "，", "😀", "去年"])).map(
    "".join
)
_PARAGRAPHS = st.lists(_TEXTS.filter(bool), min_size=1, max_size=3)
_DRAWN = st.tuples(_TEXTS, _PARAGRAPHS, st.integers(0, 28), st.sampled_from([None, 0, 1]))


@settings(max_examples=12)
@given(st.lists(_DRAWN, min_size=1, max_size=6))
def test_it_is_as_if_worked_out_anew(drawn: Sequence[tuple[str, list[str], int, int | None]]) -> None:
    made = [_article(f"a{at}", title, "", texts, day) for at, (title, texts, day, _) in enumerate(drawn)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        olds: list[Path] = []
        origins: dict[str, Origin] = {}
        for home in (0, 1):
            own = [article for article, each in zip(made, drawn, strict=True) if each[3] == home]
            # With some that stay behind, of which nothing may be left.
            olds.append(_write(folder / f"old{home}", ((each, None) for each in [*own, *_ARTICLES])))
            origins |= {article.id: Origin(olds[-1], row) for row, article in enumerate(own)}
        mixed = made[::-1]
        taken = _write(folder / "taken", ((each, origins.get(each.id)) for each in mixed), *olds)
        anew = _write(folder / "anew", ((each, None) for each in mixed))
        _assert_same(taken, anew)


def test_nothing_is_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _write(tmp_path / "old", ((article, None) for article in _ARTICLES))
    anew = _write(tmp_path / "anew", ((article, None) for article in _ARTICLES[::-1]))

    def refuse(*_: object) -> None:
        raise AssertionError("known already")

    wordings = _Watched()
    monkeypatch.setattr("retrieval.timeline.days_told", refuse)
    origins = [Origin(old, row) for row in range(len(_ARTICLES))]
    pairs = list(zip(_ARTICLES, origins, strict=True))[::-1]
    _assert_same(_write(tmp_path / "taken", pairs, old, wordings=wordings), anew)
    assert wordings.asked == []


def test_what_is_cut_otherwise_is_worked_out(tmp_path: Path) -> None:
    old = _write(tmp_path / "old", ((article, None) for article in _ARTICLES))
    changed = _article("river", "河长会议", "全省", ["省长张伟昨天强调治水。"], 8)
    anew = _write(tmp_path / "anew", [(changed, None)])
    _assert_same(_write(tmp_path / "taken", [(changed, Origin(old, 1))], old), anew)

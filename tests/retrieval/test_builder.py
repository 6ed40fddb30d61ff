"""The index follows the folders: what is new, changed, gone, twice there or unreadable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.builder import build
from retrieval.errors import BadQueryError, BusyError, NothingToIndexError
from retrieval.generation import current_generation, published

from .building import PARAGRAPHS, ids, index, plan, problems, put, put_all, record, said, searcher
from .encoding import PairEncoder
from .reading.making import PARAGRAPHS as ARTICLE
from .reading.making import TITLE, markdown_text, web_page, word_document
from .reading.typesetting import PrintedArticle, Setting, print_pdf, set_page

_QUESTIONS = ("谁主持防汛会议？", "地铁全长多少公里", "村医", "Wu Zhenglong", "国庆节", "专项整治为期多久")


def _answers(data: Path) -> list[tuple[object, ...]]:
    opened = searcher(data)
    return said([opened.ask(question, 10) for question in _QUESTIONS])


def _names(problems: object) -> list[str]:
    assert isinstance(problems, tuple)
    return [problem.file for problem in problems]


def test_added_changed_removed_and_renamed_files_are_followed(folder: Path, data: Path) -> None:
    put_all(folder)
    first = index(data, folder)
    assert (first.generation, first.published, first.articles, first.added) == (1, True, 4, 4)
    assert first.encoded == first.passages == 4

    put(folder, "new/report.jsonl", record("new", "全新的一条报道。"))
    added = index(data)
    assert (added.generation, added.added, added.changed, added.removed, added.unchanged) == (2, 1, 0, 0, 4)
    assert (added.encoded, added.reused) == (1, 4)

    put(folder, "metro.jsonl", record("metro", "地铁停工。"))
    changed = index(data)
    assert (changed.added, changed.changed, changed.removed, changed.encoded) == (0, 1, 0, 1)
    assert searcher(data).ask("地铁", 1).hits[0].text == "地铁停工。"

    (folder / "flood.jsonl").unlink()
    removed = index(data)
    assert (removed.added, removed.changed, removed.removed, removed.encoded) == (0, 0, 1, 0)
    assert "flood" not in ids(data)

    (folder / "fire.jsonl").rename(folder / "blaze.jsonl")
    renamed = index(data)
    assert (renamed.added, renamed.moved, renamed.removed, renamed.encoded) == (0, 1, 0, 0)
    hit = searcher(data).ask("专项整治", 1).hits[0]
    assert (hit.article.id, hit.article.source) == ("fire", "blaze.jsonl")
    assert ids(data) == ["clinic", "fire", "metro", "new"]


def test_a_run_that_finds_nothing_new_publishes_nothing(folder: Path, data: Path) -> None:
    put_all(folder)
    (folder / "bad.txt").write_bytes(b"")
    encoder = PairEncoder()
    index(data, folder, encoder=encoder)
    before = len(encoder.encoded)
    os.utime(folder / "fire.jsonl")  # touched, not changed
    again = index(data, encoder=encoder)
    assert (again.generation, again.published, again.unchanged, again.failed) == (1, False, 4, 1)
    assert (again.encoded, again.reused) == (0, again.passages)
    assert len(encoder.encoded) == before
    assert published(data) == [1]


_NAMES = st.sampled_from(["a.jsonl", "b.jsonl", "c/d.jsonl", "z.txt"])
_RECORDS = st.lists(
    st.tuples(st.sampled_from(["one", "two", "three"]), st.sampled_from(sorted(PARAGRAPHS))),
    min_size=1,
    max_size=3,
)
_CHANGES = st.lists(st.tuples(_NAMES, _RECORDS | st.none()), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CHANGES, min_size=2, max_size=4))
def test_step_by_step_is_the_same_as_all_at_once(
    tmp_path: Path, steps: list[list[tuple[str, list[tuple[str, str]] | None]]]
) -> None:
    folder, grown, whole = (tmp_path / name for name in ("articles", "grown", "whole"))
    for path in (folder, grown, whole):
        shutil.rmtree(path, ignore_errors=True)
    put(folder, "always.jsonl", record("always", "永远在此的报道。"))
    for step in steps:
        for name, records in step:
            if records is None:
                (folder / name).unlink(missing_ok=True)
            else:
                put(folder, name, *(record(identity, PARAGRAPHS[text]) for identity, text in records))
        index(grown, folder)
    index(whole, folder, full=True)
    assert _answers(grown) == _answers(whole)
    one, other = searcher(grown).catalog, searcher(whole).catalog
    assert list(one.articles()) == list(other.articles())
    assert problems(grown) == problems(whole)


def test_an_article_in_two_files_counts_once_and_outlives_either(folder: Path, data: Path) -> None:
    put(folder, "a.jsonl", record("same", PARAGRAPHS["fire"]))
    put(folder, "b.jsonl", record("same", PARAGRAPHS["fire"]), record("other", PARAGRAPHS["metro"]))
    report = index(data, folder)
    assert (report.articles, report.problems) == (2, ())
    assert index(data).published is False
    for path in (folder / "b.jsonl", folder / "a.jsonl"):
        whole = path.read_bytes()
        path.unlink()
        index(data)
        assert "same" in ids(data)
        path.write_bytes(whole)
        index(data)
        assert ids(data) == ["other", "same"]


def test_the_same_article_in_every_format_is_one(folder: Path, data: Path) -> None:
    printed = PrintedArticle(TITLE, ARTICLE, 3)
    for name, content in {
        "a.txt": set_page(ARTICLE, [TITLE], Setting()).encode(),
        "b.md": markdown_text(),
        "c.html": web_page(),
        "d.docx": word_document(),
        "e.pdf": print_pdf([[printed]], Setting(indents_printed=True)),
    }.items():
        (folder / name).write_bytes(content)
    report = index(data, folder)
    assert (report.articles, report.added, report.problems) == (1, 5, ())
    (article,) = searcher(data).catalog.articles()
    assert article.paragraphs == ARTICLE
    assert {article.source, *article.also} == {"a.txt", "b.md", "c.html", "d.docx", "e.pdf"}


def test_another_article_of_the_same_id_is_named(folder: Path, data: Path) -> None:
    put(folder, "a.jsonl", record("same", PARAGRAPHS["fire"], date="2024-06-03"))
    put(folder, "b.jsonl", record("same", PARAGRAPHS["metro"], date="2024-06-04"))
    for _ in range(2):
        (problem,) = index(data, folder).problems
        assert (problem.file, problem.reason) == (
            "a.jsonl",
            "article same is another one here than in b.jsonl, which is newer: left out; give one of them"
            " another id",
        )
    assert searcher(data).ask("地铁", 1).hits[0].text == PARAGRAPHS["metro"]


def test_articles_that_begin_alike_are_all_kept(folder: Path, data: Path) -> None:
    beginning = "全省召开安全生产电视电话会议，" * 10
    for number, paragraph in enumerate(PARAGRAPHS.values()):
        (folder / f"{number}.txt").write_text(f"{beginning}{paragraph}", encoding="utf-8")
    (folder / "again.txt").write_text(f"{beginning}{PARAGRAPHS['metro']}", encoding="utf-8")
    report = index(data, folder)
    assert (report.articles, report.problems) == (4, ())
    assert index(data).published is False
    before = ids(data)
    (folder / "0.txt").unlink()
    assert index(data).articles == 3
    grown = ids(data)
    assert index(data, full=True).articles == 3
    assert ids(data) == grown
    assert len(set(grown) & set(before)) >= 2


def test_bad_files_are_named_and_the_rest_is_indexed(folder: Path, data: Path) -> None:
    put_all(folder)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "page.pdf").write_bytes(b"%PDF-1.7")
    (folder / "nowhere.txt").symlink_to(folder / "gone.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    os.mkfifo(folder / "pipe.txt")
    put(folder, "lines.jsonl", record("good", "好的一条。"), "{", record("good", "又一条。"))
    report = index(data, folder)
    assert report.articles == 5
    assert sorted(set(_names(report.problems))) == sorted(
        ["empty.txt", "binary.txt", "page.pdf", "nowhere.txt", "loop.txt", "pipe.txt", "lines.jsonl"]
    )
    assert report.failed == 7
    assert len(report.problems) == 8  # two lines of one file
    assert problems(data) == list(report.problems)
    assert index(data).problems == report.problems  # said again, though nothing is new


def test_a_file_of_bad_records_alone_is_not_counted_as_added(folder: Path, data: Path) -> None:
    put_all(folder)
    put(folder, "bad.jsonl", "{", "[]")
    report = index(data, folder)
    assert (report.added, report.failed, len(report.problems)) == (len(PARAGRAPHS), 1, 2)
    assert index(data).published is False


def test_a_bad_file_that_is_mended_is_indexed(folder: Path, data: Path) -> None:
    put_all(folder)
    put(folder, "new.jsonl", "{")
    assert index(data, folder).failed == 1
    put(folder, "new.jsonl", record("new", "好了。"))
    assert index(data).failed == 0
    assert "new" in ids(data)


def test_text_that_no_file_can_hold_is_indexed_all_the_same(folder: Path, data: Path) -> None:
    put(
        folder,
        "a.jsonl",
        '{"id": "x\\ud800", "title": "\\udfff", "text": "会议\\ud83d召开\\u0000，\\ud83d\\ude00。"}',
    )
    assert index(data, folder).articles == 1
    (hit,) = searcher(data).ask("会议", 1).hits
    assert hit.text.startswith("会议\ufffd召开")
    assert "😀" in hit.text


def test_file_names_are_bytes(folder: Path, data: Path) -> None:
    put_all(folder)
    raw = os.fsencode(folder)
    for name in (
        "2024-05-06会议.txt".encode("gb18030"),
        b"\xff\xfe\x80.txt",
        "日报/会.txt".encode("gb18030"),
    ):
        path = os.path.join(raw, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(os.fsdecode(path)).write_text(f"{name!r}的报道，会议召开。", encoding="utf-8")
    Path(os.fsdecode(os.path.join(raw, b"\xff.pdf"))).write_bytes(b"x")
    report = index(data, folder)
    assert (report.articles, report.failed) == (7, 1)
    sources = {article.source: str(article.date) for article in searcher(data).catalog.articles()}
    assert sources["2024-05-06会议.txt"] == "2024-05-06"
    assert "日报/会.txt" in sources
    assert index(data).published is False


def test_everything_gone_is_refused(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    for path in folder.iterdir():
        path.unlink()
    (folder / "empty.txt").touch()
    with pytest.raises(
        BadQueryError, match=r"none of the 4 indexed articles.*--full FOLDER`\nempty\.txt: an empty"
    ):
        index(data)
    assert current_generation(data) == 1
    assert len(ids(data)) == 4


def test_where_nothing_can_be_read_nothing_is_published(folder: Path, data: Path) -> None:
    (folder / "empty.txt").touch()
    put(folder, "bad.jsonl", "{")
    for full in (False, True):
        with pytest.raises(NothingToIndexError) as raised:
            index(data, folder, full=full)
        assert "\nempty.txt: an empty file" in str(raised.value)
        assert "\nbad.jsonl: line 1: not JSON" in str(raised.value)
    assert current_generation(data) is None
    assert published(data) == []


@pytest.mark.parametrize("full", [False, True])
def test_a_folder_is_named_once_and_must_be_there(tmp_path: Path, data: Path, full: bool) -> None:
    with pytest.raises(BadQueryError, match="no folder of articles was named yet"):
        index(data, full=full)
    with pytest.raises(BadQueryError, match="missing: no such file or folder"):
        index(data, tmp_path / "missing", full=full)
    assert current_generation(data) is None


def test_folders_are_remembered(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    put(one, "a.jsonl", record("a", "甲。"))
    put(two, "b.jsonl", record("b", "乙。"))
    monkeypatch.chdir(tmp_path)
    index(data, Path("one"))
    index(data, Path("two/../two"))
    assert ids(data) == ["a", "b"]
    monkeypatch.chdir(two)
    assert index(data, Path("../one"), Path(".")).published is False  # the same under other names
    put(one, "c.jsonl", record("c", "丙。"))
    assert index(data).articles == 3
    assert index(data, full=True).articles == 3
    assert index(data, one, full=True).articles == 2  # a new beginning forgets what is not named
    assert index(data).articles == 2


def test_a_single_file_may_be_named(folder: Path, data: Path) -> None:
    put_all(folder)
    assert index(data, folder / "fire.jsonl").articles == 1
    assert searcher(data).ask("整治").hits[0].article.source == "fire.jsonl"


def test_a_folder_that_vanishes_keeps_its_articles(tmp_path: Path, data: Path) -> None:
    disk, other, away = tmp_path / "disk", tmp_path / "other", tmp_path / "away"
    put(disk, "sub/a.jsonl", record("a", "甲。"), "{")
    put(disk, "b.jsonl", record("b", "乙。"))
    put(other, "c.jsonl", record("c", "丙。"))
    index(data, disk, other)
    disk.rename(away)
    report = index(data)
    assert report.articles == 3
    assert [p.reason for p in report.problems if p.file == str(disk)] == [
        "this folder is not there now or cannot be read; its 2 files are kept"
    ]
    assert index(data).published is False
    disk.symlink_to(tmp_path / "nowhere")  # as a mount point may be
    assert index(data).articles == 3
    disk.unlink()
    away.rename(disk)
    back = index(data)
    assert [(p.file, p.reason[:6]) for p in back.problems] == [("sub/a.jsonl", "line 2")]
    assert ids(data) == ["a", "b", "c"]


_WITHOUT_PRIVILEGES = """
import mmap, os, sys  # mmap: an installation in a private folder cannot be imported from later
from pathlib import Path
from tests.retrieval.building import index, put, put_all, record
home = Path(sys.argv[1])
folder, data = home / "articles", home / "data"
put_all(folder)
put(folder, "sub/a.jsonl", record("a", "甲。"))
index(data, folder)
(folder / "secret.txt").write_text("秘密。", encoding="utf-8")
(folder / "secret.txt").chmod(0)
if os.geteuid() == 0:  # who may read everything
    for path in (home, *home.rglob("*")):
        os.chown(path, 65534, 65534)
    os.setgid(65534)
    os.setuid(65534)
(folder / "sub").chmod(0)
found = index(data)
(folder / "sub").chmod(0o755)
print(found.articles, *(f"{problem.file}: {problem.reason}" for problem in found.problems), sep="\\n")
"""


def test_what_may_not_be_read_is_named_and_what_was_read_before_is_kept() -> None:
    with tempfile.TemporaryDirectory() as home:  # not below a folder that is root's alone
        ran = subprocess.run(
            [sys.executable, "-c", _WITHOUT_PRIVILEGES, home],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    articles, *problems = ran.stdout.splitlines()
    assert articles == "5"
    assert "sub: this folder is not there now or cannot be read; its 1 files are kept" in problems
    assert any(re.fullmatch(r"secret\.txt: .*[Pp]ermission.*", problem) for problem in problems), problems


def test_two_writers_do_not_meet(folder: Path, data: Path) -> None:
    put_all(folder)
    data.mkdir()
    with FileLock(data / "writer.lock"), pytest.raises(BusyError, match="another huiwen is writing"):
        index(data, folder)
    seen: list[str] = []

    def meanwhile(step: str, done: int, total: int) -> None:
        with pytest.raises(BusyError):
            index(data, folder)
        seen.append(step)

    build(plan(data), [folder], PairEncoder(), meanwhile)
    assert {"files", "passages", "words", "terms"} <= set(seen)
    assert published(data) == [1]


def test_another_encoder_encodes_all_anew(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    report = index(data, encoder=PairEncoder("other", dim=32))
    assert (report.published, report.encoded, report.reused, report.unchanged) == (True, 4, 0, 4)
    assert searcher(data, PairEncoder("other", dim=32)).ask("整治", 1).hits[0].article.id == "fire"


def test_another_length_of_passages_cuts_all_anew(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    report = index(data, passage_chars=30)
    assert report.published is True
    assert report.passages > 4
    assert index(data, passage_chars=30).published is False


def test_a_failure_leaves_nothing_behind(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    put(folder, "new.jsonl", record("new", "全新。"))

    def fail(step: str, done: int, total: int) -> None:
        if step == "terms":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(plan(data), [], PairEncoder(), fail)
    assert sorted(path.name for path in (data / "generations").iterdir()) == ["00000001"]
    assert current_generation(data) == 1
    assert index(data).generation == 2


def test_a_damaged_index_is_built_anew_from_the_folders_it_knew(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    (data / "generations" / "00000001" / "articles.npy").write_bytes(b"")
    report = index(data)
    assert (report.generation, report.articles, report.encoded) == (2, 4, 4)
    (data / "CURRENT").write_text("nonsense", encoding="ascii")
    assert index(data, full=True).articles == 4


def test_the_inbox_is_always_one_of_the_folders(tmp_path: Path) -> None:
    folder, data, other = tmp_path / "articles", tmp_path / "data", tmp_path / "other"
    inbox = data / "uploads"
    put_all(folder)
    wanted = replace(plan(data), inbox=inbox)
    before = build(wanted, [folder], PairEncoder()).articles  # there is none yet
    inbox.mkdir(parents=True)
    put(inbox, "one.jsonl", record("sent", "县里召开了送来的会议。"))
    assert build(wanted, [], PairEncoder()).articles == before + 1
    put(other, "two.jsonl", record("named", "市里召开了另一次会议。"))
    for full, paths, count in ((True, [], before + 1), (True, [other], 2), (False, [], 2)):
        assert build(replace(wanted, full=full), paths, PairEncoder()).articles == count
    assert "sent" in ids(data)

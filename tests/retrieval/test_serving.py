"""The current generation serves, or where it is damaged an older one; who reads it keeps it."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.errors import BrokenIndexError, NoIndexError
from retrieval.generation import generation_folder, point_to, prune, published, sweep
from retrieval.layout import Layout
from retrieval.manifest import read_manifest
from retrieval.serving import as_broken, find_serving, remembered_roots

from .building import ids, index, put, put_all, record, searcher
from .waiting import other_process, tell


def _generations(folder: Path, data: Path, count: int) -> None:
    """Publish so many generations, each with an article more."""
    put_all(folder)
    index(data, folder, keep=count)
    for number in range(2, count + 1):
        put(folder, f"new{number}.jsonl", record(f"new{number}", f"第{number}代的报道。"))
        index(data, keep=count)
    assert published(data) == list(range(1, count + 1))


def _serving(data: Path) -> int:
    serving = find_serving(data)
    serving.lease.close()
    return serving.manifest.generation


def _cut(folder: Path) -> None:
    (folder / "articles.npy").write_bytes(b"")


def _lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _lose_segment(folder: Path) -> None:
    """Damage the segment that no older generation has."""
    data = folder.parent.parent
    own = set(read_manifest(folder).segments)
    for number in published(data):
        if number < int(folder.name):
            own -= set(read_manifest(generation_folder(data, number)).segments)
    (data / "segments" / own.pop() / "paragraphs.faiss").write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _lose_manifest, _lose_segment])
def test_the_one_before_serves_for_one_that_is_damaged(
    folder: Path, data: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    _generations(folder, data, 3)
    with caplog.at_level(logging.WARNING):
        assert _serving(data) == 3
        assert caplog.records == []
        damage(generation_folder(data, 3))
        serving = find_serving(data)
    with closing(serving.lease):
        assert serving.manifest.generation == 2
        assert serving.damage is not None
        (line,) = caplog.messages
        assert line.startswith("generation 00000003 ")
        assert line.endswith("; until then generation 2 serves")
        assert "\n" not in line
    assert "new3" not in ids(data)
    assert "new2" in ids(data)
    # The next run mends it.
    report = index(data)
    assert (report.generation, report.published) == (4, True)
    assert "new3" in ids(data)


def test_a_damaged_pointer_leads_to_the_newest(
    folder: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _generations(folder, data, 2)
    for text in ("", "nonsense", "-1", "7"):
        (data / "CURRENT").write_text(text, encoding="utf-8")
        caplog.clear()
        assert searcher(data).generation == 2
        (line,) = caplog.messages
        assert line.endswith("until then generation 2 serves")
    assert index(data).generation == 3
    assert _serving(data) == 3


def test_where_none_is_whole_that_is_said(folder: Path, data: Path) -> None:
    with pytest.raises(NoIndexError):
        find_serving(data)
    _generations(folder, data, 2)
    for number in (1, 2):
        _cut(generation_folder(data, number))
    with pytest.raises(BrokenIndexError, match="generation 00000002 is damaged"):
        find_serving(data)
    (data / "CURRENT").write_text("?", encoding="utf-8")
    with pytest.raises(BrokenIndexError, match="CURRENT: cannot be read"):
        find_serving(data)


def test_what_was_gone_back_from_serves_only_where_nothing_before_is_whole(folder: Path, data: Path) -> None:
    _generations(folder, data, 4)
    point_to(data, 2)
    assert _serving(data) == 2
    _cut(generation_folder(data, 2))
    assert _serving(data) == 1
    _cut(generation_folder(data, 1))
    assert _serving(data) == 4


def test_folders_are_those_of_the_serving_generation(tmp_path: Path, data: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    put_all(one)
    put(two, "b.jsonl", record("b", "乙。"))
    assert remembered_roots(data) == []
    index(data, one)
    index(data, two)
    assert remembered_roots(data) == [str(one), str(two)]
    point_to(data, 1)
    assert remembered_roots(data) == [str(one)]
    (generation_folder(data, 1) / "sources.sqlite").write_bytes(b"")
    assert remembered_roots(data) == [str(one), str(two)]


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "broken"), RuntimeError(), ValueError(), IndexError(), EOFError()]
)
def test_whatever_prevents_opening_is_told_as_damage(tmp_path: Path, error: Exception) -> None:
    told = r"cannot be opened.*`huiwen index --full`"
    with pytest.raises(BrokenIndexError, match=told), as_broken(tmp_path):
        raise error


_READER = """
import sys
from pathlib import Path
from tests.retrieval.building import searcher
opened = searcher(Path(sys.argv[1]))
print(opened.generation, flush=True)
for line in sys.stdin:
    answer = opened.ask(line.strip(), 3)
    print(answer.generation, *(hit.article.id for hit in answer.hits), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files that are open cannot be removed there")
def test_what_another_process_reads_stays_until_it_has_done(folder: Path, data: Path) -> None:
    _generations(folder, data, 1)
    with other_process(_READER, data) as reader:
        before = tell(reader, "专项整治")
        assert before.startswith("1 fire")
        for number in range(4):
            put(folder, "fire.jsonl", record("fire", f"改写{number}。", "共有的一段。"))
            index(data, keep=1)
            prune(data, 1)
        assert published(data) == [1, 5]
        assert tell(reader, "专项整治") == before
        held = set(read_manifest(generation_folder(data, 1)).segments)
        assert held <= {path.name for path in (data / "segments").iterdir()}
    prune(data, 1)
    assert published(data) == [5]
    own = set(read_manifest(generation_folder(data, 5)).segments)
    assert {path.name for path in (data / "segments").iterdir()} == own
    assert "fire" in ids(data)


def test_segments_stay_as_long_as_a_generation_that_has_them(folder: Path, data: Path) -> None:
    put(folder, "many.jsonl", *(record(f"a{n}", f"第{n}次会议。") for n in range(30)))
    index(data, folder)
    (first,) = (data / "segments").iterdir()
    for number in range(4):
        put(folder, "new.jsonl", record("new", f"第{number}篇。"))
        index(data, keep=2)
        used = [set(read_manifest(generation_folder(data, one)).segments) for one in published(data)]
        assert all(first.name in own for own in used)
        assert {path.name for path in (data / "segments").iterdir()} == set.union(*used)


def test_what_is_left_over_goes(folder: Path, data: Path) -> None:
    _generations(folder, data, 2)
    whole = sorted(path.name for path in (data / "segments").iterdir())
    for left in (
        "segments/building-1",
        "segments/00000099",
        "generations/building-1",
        "segments/building-gone-1",
    ):
        (data / left).mkdir()
        (data / left / "file").touch()
    prune(data, 2)
    assert sorted(path.name for path in (data / "segments").iterdir()) == whole
    assert sorted(path.name for path in (data / "generations").iterdir()) == ["00000001", "00000002"]
    assert _serving(data) == 2


def test_segments_of_what_cannot_be_read_now_are_not_lost(folder: Path, data: Path) -> None:
    _generations(folder, data, 2)
    before = sorted((data / "segments").iterdir())
    manifest = generation_folder(data, 2) / "manifest.json"
    whole = manifest.read_bytes()
    manifest.unlink()
    manifest.symlink_to(manifest)  # whoever opens it is told ELOOP
    sweep(data)
    assert sorted((data / "segments").iterdir()) == before
    manifest.unlink()
    manifest.write_bytes(whole.replace(b'"format": ', b'"format": 9', 1))  # of a later version
    sweep(data)
    assert sorted((data / "segments").iterdir()) == before
    manifest.write_bytes(whole)
    assert _serving(data) == 2


def test_a_layout_that_fits_no_segment_is_damage(folder: Path, data: Path) -> None:
    _generations(folder, data, 1)
    home = generation_folder(data, 1)
    (segment,) = (data / "segments").iterdir()
    with pytest.raises(BrokenIndexError), as_broken(home):
        Layout.open(home, [])
    (segment / "starts.npy").write_bytes(b"")
    with pytest.raises(BrokenIndexError), as_broken(home):
        Layout.open(home, [segment])

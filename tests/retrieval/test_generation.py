"""A generation is whole or it is not there; the last whole one serves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.errors import BrokenIndexError, NoIndexError
from retrieval.generation import (
    current_generation,
    generation_folder,
    prune,
    published,
    require_generation,
)
from retrieval.manifest import FORMAT, read_manifest, segment_folders, verify

from .building import ids, index, put, put_all, record

_FOLDER = "00000001"


@pytest.fixture
def built(folder: Path, data: Path) -> Path:
    """The folder of a published generation."""
    put_all(folder)
    index(data, folder)
    return generation_folder(data, 1)


def test_before_the_first_there_is_none(data: Path) -> None:
    assert current_generation(data) is None
    assert published(data) == []
    with pytest.raises(NoIndexError, match=r"no index yet in .*run `huiwen index FOLDER`"):
        require_generation(data)


def test_the_manifest_vouches_for_every_file(built: Path) -> None:
    manifest = read_manifest(built)
    assert set(manifest.files) | {"manifest.json"} == {path.name for path in built.iterdir()}
    (segment,) = segment_folders(built, manifest)
    assert set(manifest.segments[segment.name]) == {path.name for path in segment.iterdir()}
    assert manifest.counts["articles"] == manifest.counts["passages"] == 4
    assert (manifest.generation, manifest.fingerprint, manifest.dim) == (1, "pairs-64", 64)
    verify(built, manifest, thorough=True)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_cut, _flip, Path.unlink])
def test_no_damage_to_any_file_goes_unseen(built: Path, data: Path, damage: Callable[[Path], None]) -> None:
    (segment,) = segment_folders(built, read_manifest(built))
    for path in sorted([*built.iterdir(), *segment.iterdir()]):
        whole = path.read_bytes()
        if not whole:
            continue
        damage(path)
        with pytest.raises(BrokenIndexError, match=rf"{_FOLDER} is damaged: .*`huiwen index --full`"):
            verify(built, read_manifest(built))
        path.write_bytes(whole)
    verify(built, read_manifest(built))


@pytest.mark.parametrize("text", ["", "[]", "{", f'{{"format": {FORMAT}}}', "[" * 100_000, "\x00"])
def test_a_manifest_that_says_nothing_is_refused(built: Path, text: str) -> None:
    (built / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenIndexError, match="its manifest cannot be read"):
        read_manifest(built)


def test_a_manifest_of_another_version_says_so(built: Path, data: Path, folder: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    (built / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    with pytest.raises(BrokenIndexError, match=r"another version of huiwen \(format 99.*`huiwen index`"):
        read_manifest(built)
    assert index(data).generation == 2
    assert len(ids(data)) == 4


@pytest.mark.parametrize("text", ["", "nonsense", "１x"])
def test_a_damaged_pointer_says_how_to_mend_it(built: Path, data: Path, text: str) -> None:
    (data / "CURRENT").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenIndexError, match=r"CURRENT: cannot be read .*`huiwen index --full`"):
        current_generation(data)


def test_the_newest_are_kept_and_the_serving_one_always(folder: Path, data: Path) -> None:
    put_all(folder)
    for number in range(5):
        put(folder, "new.jsonl", record("new", f"第{number}次。"))
        index(data, folder, keep=2)
    assert published(data) == [4, 5]
    (data / "CURRENT").write_text("4\n", encoding="ascii")
    prune(data, 1)
    assert published(data) == [4, 5]
    (data / "CURRENT").write_text("5\n", encoding="ascii")
    prune(data, 1)
    assert published(data) == [5]


_KILLED_AT_EVERY_STEP = """
import os, signal, sys
from pathlib import Path
from tests.retrieval.building import PARAGRAPHS, ids, index, put, put_all, record
folder, data = Path(sys.argv[1]) / "articles", Path(sys.argv[1]) / "data"
put_all(folder)
index(data, folder)
put(folder, "new.jsonl", record("new", "全新的一条报道。"))
steps = ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir")

def die_at(last):
    passed = 0
    def counting(work):
        def step(*arguments, **more):
            nonlocal passed
            passed += 1
            if passed == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*arguments, **more)
        return step
    for name in steps:
        setattr(os, name, counting(getattr(os, name)))

last = 0
while True:
    last += 1
    child = os.fork()
    if not child:
        die_at(last)
        index(data)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(last, os.WIFSIGNALED(status), *ids(data), sep=",")
    if not os.WIFSIGNALED(status):
        break
    if "new" in ids(data):  # published: go back, to be killed further on
        (folder / "new.jsonl").unlink()
        index(data)
        put(folder, "new.jsonl", record("new", "全新的一条报道。"))
"""


def test_kill_at_any_step_leaves_one_or_the_other_state_and_a_way_on(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_EVERY_STEP, str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    before, after = "clinic,fire,flood,metro", "clinic,fire,flood,metro,new"
    states = [line.split(",", 2)[1:] for line in ran.stdout.splitlines()]
    assert states[-1] == ["False", after]
    assert {state for _, state in states} == {before, after}
    assert [killed for killed, _ in states[:-1]] == ["True"] * (len(states) - 1)
    assert len(states) > 40  # every file is synced

"""An index moves in one file, and no other file is taken for one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.backup import export_index, import_index
from retrieval.errors import BadQueryError, BrokenIndexError, BusyError, NoIndexError
from retrieval.generation import current_generation, generation_folder, published
from retrieval.manifest import FORMAT, seal
from retrieval.rollback import roll_back
from retrieval.writer_lock import writing

from .building import PARAGRAPHS, ids, index, problems, put, put_all, record, said, searcher

_QUESTIONS = (*PARAGRAPHS.values(), "第7次会议", "谁主持会议？", "Who spoke?")
_Member = tuple[tarfile.TarInfo, bytes]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two segments, one article of which is gone, with a file that cannot be read."""
    home = tmp_path_factory.mktemp("origin")
    folder, data = home / "articles", home / "data"
    put_all(folder)
    put(folder, "many.jsonl", *(record(f"a{n}", f"第{n}次会议。") for n in range(30)))
    put(folder, "bad.jsonl", "{")
    index(data, folder)
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    (folder / "metro.jsonl").unlink()
    assert index(data).generation == 2
    assert len(list((data / "segments").iterdir())) == 2
    return data


@pytest.fixture(scope="module")
def archive(origin: Path) -> Path:
    file = origin.with_name("index.tar")
    export_index(origin, file)
    return file


def _all_said(data: Path) -> list[object]:
    opened = searcher(data)
    answers = said([opened.ask(question, 10) for question in _QUESTIONS])
    return [answers, list(opened.catalog.articles()), problems(data)]


def _members(file: Path) -> list[_Member]:
    with tarfile.open(file) as packed:
        found = []
        for member in packed:
            content = packed.extractfile(member)
            assert content is not None
            found.append((member, content.read()))
    return found


def _pack(file: Path, members: Sequence[_Member], mode: Any = "w") -> Path:  # noqa: ANN401  tarfile's literals
    with tarfile.open(file, mode) as packed:
        for member, content in members:
            if member.isreg():
                member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return file


def _state(data: Path) -> list[tuple[str, bytes]]:
    """Return all that an index is made of, on disk."""
    return [
        (str(path.relative_to(data)), path.read_bytes() if path.is_file() else b"")
        for path in sorted(data.rglob("*"))
        if path.name != "writer.lock" and path != data / "segments" and path != data / "generations"
    ]


def _refused(file: Path, data: Path) -> str:
    """Return why a file is not taken, after a look at whether anything was changed."""
    before = _state(data)
    with pytest.raises(BadQueryError) as raised:
        import_index(data, file)
    assert _state(data) == before
    said = str(raised.value)
    assert said.startswith(f"{file}: not an index that `huiwen export` wrote: ")
    assert said.endswith("; nothing was changed")
    assert "\n" not in said
    return said


@pytest.mark.parametrize("name", ["i.tar", "i.tar.gz", "i.tgz", "i.tar.xz", "i", "索引.TAR.GZ"])
def test_what_was_exported_answers_the_same_elsewhere(origin: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    exported = export_index(origin, file)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    packed = name.lower().endswith(("gz", "xz"))
    assert (file.stat().st_size < sum(len(content) for _, content in _members(file))) is packed
    there = tmp_path / "there"
    imported = import_index(there, file)
    assert (exported.generation, imported.generation) == (2, 1)
    assert imported.counts == exported.counts
    assert _all_said(there) == _all_said(origin)
    assert {path.name for path in there.iterdir()} == {"CURRENT", "generations", "segments", "writer.lock"}


def test_the_index_goes_on_where_it_came_to(tmp_path: Path) -> None:
    folder, data, there = (tmp_path / name for name in ("articles", "data", "there"))
    put_all(folder)
    index(data, folder)
    export_index(data, tmp_path / "i.tar")
    import_index(there, tmp_path / "i.tar")
    assert index(there).published is False
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    report = index(there)
    assert (report.generation, report.encoded) == (2, 1)
    assert "new" in ids(there)


def test_into_an_index_and_back(tmp_path: Path, archive: Path, origin: Path, folder: Path) -> None:
    data = tmp_path / "into"
    put(folder, "own.jsonl", record("own", "自己的报道。"))
    index(data, folder)
    before = _all_said(data)
    for number in (2, 3):  # twice the same: its segments are kept apart
        assert import_index(data, archive).generation == number
        assert _all_said(data) == _all_said(origin)
    assert roll_back(data, 1).generation == 1
    assert _all_said(data) == before
    assert index(data).published is False
    assert roll_back(data, 3).generation == 3
    assert _all_said(data) == _all_said(origin)


def test_an_older_backup_is_replaced_by_a_whole_one_only(origin: Path, tmp_path: Path) -> None:
    file = tmp_path / "i.tar"
    file.write_text("older", encoding="utf-8")
    with pytest.raises(NoIndexError):
        export_index(tmp_path / "nothing", file)
    assert file.read_text(encoding="utf-8") == "older"
    export_index(origin, file)
    assert tarfile.is_tarfile(file)
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_is_named_as_it_was_given(origin: Path, tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "missing" / "i.tar", Path("/dev/full") / "i.tar"):
        with pytest.raises(OSError, match=r".") as raised:
            export_index(origin, file)
        assert str(raised.value.filename) == str(file)
    assert list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob(".*.part"))


def test_a_damaged_index_is_not_exported(tmp_path: Path) -> None:
    folder, data, file = (tmp_path / name for name in ("articles", "data", "i.tar"))
    put_all(folder)
    index(data, folder)
    (generation_folder(data, 1) / "sources.sqlite").write_bytes(b"")
    with pytest.raises(BrokenIndexError):
        export_index(data, file)
    assert not file.exists()


def test_not_while_another_writes(archive: Path, tmp_path: Path) -> None:
    with writing(tmp_path, wait=False), pytest.raises(BusyError):
        import_index(tmp_path, archive)
    assert published(tmp_path) == []


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that is to stay as it is, one for all tests."""
    home = tmp_path_factory.mktemp("own")
    put(home / "own", "own.jsonl", record("own", "自己的报道。"))
    index(home / "data", home / "own")
    return home / "data"


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"\0" * 10240, b"\x1f\x8b", b"\x1f\x8b" * 500, b"BZh9" * 9]
)
def test_what_is_no_archive_is_refused(data: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "i.tar"
    file.write_bytes(content)
    _refused(file, data)
    with pytest.raises(BadQueryError):
        import_index(tmp_path / "nothing", file)
    assert current_generation(tmp_path / "nothing") is None


def test_what_is_not_there_is_named(data: Path, tmp_path: Path) -> None:
    before = _state(data)
    for file in (tmp_path / "missing.tar", tmp_path):
        with pytest.raises(OSError, match=r".") as raised:
            import_index(data, file)
        assert str(raised.value.filename) == str(file)
    assert _state(data) == before


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.xz"])
def test_what_is_cut_off_is_refused(origin: Path, data: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"i{suffix}"
    export_index(origin, file)
    whole = file.read_bytes()
    content = sum(len(one) + 512 for _, one in _members(file))
    most = min(len(whole), content) if suffix == ".tar" else len(whole) - 64
    for part in range(1, 15):
        file.write_bytes(whole[: most * part // 15])
        _refused(file, data)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), kind=st.sampled_from(["", ".gz", ".xz"])
)
def test_a_flipped_bit_is_refused_or_changes_nothing(
    origin: Path, tmp_path_factory: pytest.TempPathFactory, place: float, bit: int, kind: str
) -> None:
    home = tmp_path_factory.mktemp("flipped")
    file = home / f"i.tar{kind}"
    export_index(origin, file)
    flipped = bytearray(file.read_bytes())
    flipped[int(place * len(flipped))] ^= 1 << bit
    file.write_bytes(flipped)
    try:
        import_index(home / "data", file)
    except BadQueryError as error:
        assert "\n" not in str(error)
        assert published(home / "data") == []
        assert current_generation(home / "data") is None
        for kept in ("generations", "segments"):
            assert not (home / "data" / kept).exists() or not list((home / "data" / kept).iterdir())
    else:  # it was in what no reader of archives looks at
        assert _all_said(home / "data") == _all_said(origin)


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    "member",
    [
        _member("huiwen-index/segments/00000001/../../../escaped"),
        _member("../escaped"),
        _member("/tmp/escaped"),
        _member("huiwen-index/generation/../../escaped"),
        _member("huiwen-index/generation/.escaped"),
        _member("huiwen-index/generation/sub/escaped"),
        _member("huiwen-index/generation/escaped"),
        _member("huiwen-index/segments/00000099/starts.npy"),
        _member("huiwen-index/generation/escaped", tarfile.SYMTYPE, "/etc/passwd"),
        _member("huiwen-index/generation/escaped", tarfile.LNKTYPE, "huiwen-index/manifest.json"),
        _member("huiwen-index/generation/escaped", tarfile.CHRTYPE),
        _member("huiwen-index/generation/escaped", tarfile.FIFOTYPE),
        _member("huiwen-index/generation", tarfile.DIRTYPE),
        _member("huiwen-index/manifest.json"),
        _member("huiwen-index/generation/articles.npy\n"),
    ],
    ids=lambda member: f"{member.type!r} {member.name!r}",
)
@pytest.mark.parametrize("at_end", [False, True])
def test_members_that_no_index_has_are_refused(
    archive: Path, data: Path, tmp_path: Path, member: tarfile.TarInfo, at_end: bool
) -> None:
    members = _members(archive)
    members.insert(len(members) if at_end else 1, (member, b"x" if member.isreg() else b""))
    _refused(_pack(tmp_path / "i.tar", members), data)
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/escaped").exists()


def test_a_file_in_place_of_which_a_link_comes_is_refused(archive: Path, data: Path, tmp_path: Path) -> None:
    members = _members(archive)
    for kind, link in ((tarfile.SYMTYPE, "/etc/hostname"), (tarfile.LNKTYPE, "huiwen-index/manifest.json")):
        linked = [(_member(members[1][0].name, kind, link), b""), *members[2:]]
        _refused(_pack(tmp_path / "i.tar", [members[0], *linked]), data)


def test_every_member_must_be_there_once_and_whole(archive: Path, data: Path, tmp_path: Path) -> None:
    file, members = tmp_path / "i.tar", _members(archive)
    for at in range(0, len(members), 12):
        assert "lacks" in _refused(_pack(file, [*members[:at], *members[at + 1 :]]), data) or at == 0
    for at in range(1, len(members), 9):
        _refused(_pack(file, [*members, members[at]]), data)
        name, content = members[at]
        for changed in (content[:-1], content + b"\0", bytes([content[0] ^ 1]) + content[1:]):
            if changed != content:
                _refused(_pack(file, [*members[:at], (name, changed), *members[at + 1 :]]), data)
    _refused(_pack(file, members[1:] + members[:1]), data)  # not the manifest first
    import_index(tmp_path / "there", _pack(file, [members[0], *members[:0:-1]]))  # the rest in any order


def _forged(archive: Path, file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write an archive with a changed manifest that vouches for itself."""
    members = _members(archive)
    manifest = json.loads(members[0][1])
    del manifest["seal"]
    change(manifest)
    manifest["seal"] = seal(manifest)
    return _pack(file, [(members[0][0], json.dumps(manifest).encode()), *members[1:]])


def _rename_segment(name: str) -> Callable[[dict[str, Any]], object]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["segments"][name] = manifest["segments"].pop("00000001")

    return change


def _empty_segment(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["segments"].update({name: {}})


def _add_file(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["files"].update({name: {"bytes": 1, "xxh3": ""}})


@pytest.mark.parametrize(
    "change",
    [
        *map(
            _rename_segment,
            ("../00000001", "/tmp/00000001", "1", "000000011", "00000001\n", ".", "generation"),
        ),
        *map(_empty_segment, ("segments/00000001/x", "generation/x", "..", "", "x" * 5000, "00000077")),
        *map(_add_file, ("../escaped", "/tmp/escaped", ".", "", "a/b", ".hidden", "a\0b", "x" * 300)),
        lambda manifest: manifest.update(format=FORMAT + 1),
        lambda manifest: manifest.update(segments=[]),
        lambda manifest: manifest.update(segments={}),
        lambda manifest: manifest.update(files=None),
        lambda manifest: manifest.update(files={}),
        lambda manifest: manifest.update(counts={}),
        lambda manifest: manifest.update(counts={"articles": "x", "passages": 1, "segments": 2}),
        lambda manifest: manifest.update(created="\x1b[2J"),
        lambda manifest: manifest.update(generation=None),
        lambda manifest: manifest.update(dim=-1),
        lambda manifest: manifest.update(fingerprint=7),
        lambda manifest: manifest.update(more=1),
        lambda manifest: manifest.pop("dim"),
        lambda manifest: manifest["files"]["articles.npy"].update(bytes="4"),
        lambda manifest: manifest["files"]["articles.npy"].pop("xxh3"),
        lambda manifest: manifest["files"].update({"articles.npy": 3}),
    ],
)
def test_what_a_manifest_says_is_not_believed(
    archive: Path, data: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    _refused(_forged(archive, tmp_path / "i.tar", change), data)
    assert not list(tmp_path.rglob("*escaped*"))


def test_a_manifest_that_was_changed_is_seen(archive: Path, data: Path, tmp_path: Path) -> None:
    (manifest, content), *rest = _members(archive)
    changed = content.replace(b'"passage_chars": 600', b'"passage_chars": 601')
    assert changed != content
    for text in (changed, b"", b"[]", b"{}", b"[" * 100_000, content[:-1]):
        _refused(_pack(tmp_path / "i.tar", [(manifest, text), *rest]), data)


def test_files_that_are_vouched_for_and_no_index_are_refused(
    archive: Path, data: Path, tmp_path: Path
) -> None:
    (_, content), *rest = _members(archive)
    segments = list(json.loads(content)["segments"])

    def swap(manifest: dict[str, Any]) -> None:
        """Give one segment the files of the other, which has another number of articles."""
        for one, other in zip(segments, reversed(segments), strict=True):
            files[one] = manifest["segments"][other]
        manifest["segments"] = files

    files: dict[str, Any] = {}
    forged = _members(_forged(archive, tmp_path / "i.tar", swap))[0]
    for member, _ in rest:
        for one, other in zip(segments, reversed(segments), strict=True):
            if f"/{one}/" in member.name:
                member.name = member.name.replace(f"/{one}/", f"/{other}/")
                break
    assert "it cannot be opened as one" in _refused(_pack(tmp_path / "i.tar", [forged, *rest]), data)


_WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
from retrieval.backup import export_index
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))  # as if the disk were full
try:
    export_index(Path(sys.argv[1]), Path(sys.argv[2]))
except OSError as error:
    print(error.filename)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
def test_an_export_for_which_there_is_no_room_leaves_the_older_one(origin: Path, tmp_path: Path) -> None:
    file = tmp_path / "i.tar"
    file.write_text("older", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT_ROOM, origin, file],
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert ran.stdout == f"{file}\n"
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text(encoding="utf-8") == "older"

"""The index in one file: a tar archive of the serving generation and its segments, and back.

    huiwen-index/manifest.json          first, so that all that follows can be checked as it comes
    huiwen-index/generation/NAME        the generation's own files
    huiwen-index/segments/NAME/NAME     those of its segments

An archive may come from anywhere: only names of this form, that the manifest vouches for, are taken.
"""

from __future__ import annotations

import errno
import lzma
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

from retrieval.catalog import Catalog
from retrieval.errors import BadQueryError, BrokenIndexError
from retrieval.generation import keep_segment, publish, published, start_building, sweep
from retrieval.layout import Layout
from retrieval.manifest import MANIFEST, Files, Manifest, damage_of, parse_manifest, verify
from retrieval.serving import as_broken, find_serving
from retrieval.storing import naming, sync
from retrieval.writer_lock import writing

_TOP = "huiwen-index"
_NAME = re.compile(rf"{_TOP}/(?:(generation)|segments/([0-9]{{8}}))/([A-Za-z0-9_][A-Za-z0-9_.]*)")
_SEGMENT = re.compile(r"[0-9]{8}")
_MOST_MANIFEST = 64 << 20  # bytes
_BLOCK = 1 << 20
_MODES: dict[str, Literal["w", "w:gz", "w:xz"]] = {".gz": "w:gz", ".tgz": "w:gz", ".xz": "w:xz"}


def export_index(data_dir: Path, file: Path) -> Manifest:
    """Write the serving generation to `file`, which is there whole or not at all; return its manifest.

    It is packed where the name ends in .gz, .tgz or .xz, which makes it little smaller. Raises NoIndexError,
    BrokenIndexError, OSError.
    """
    serving = find_serving(data_dir)
    with closing(serving.lease):
        verify(serving.folder, serving.manifest, thorough=True)
        homes = [("generation", serving.folder, serving.manifest.files)]
        segments = zip(serving.segments(), serving.manifest.segments.values(), strict=True)
        homes += [(f"segments/{folder.name}", folder, files) for folder, files in segments]
        with _whole(file) as part, tarfile.open(part, _MODES.get(file.suffix.lower(), "w")) as archive:
            archive.add(serving.folder / MANIFEST, f"{_TOP}/{MANIFEST}", False, filter=_plain)
            for home, folder, files in homes:
                for name in sorted(files):
                    archive.add(folder / name, f"{_TOP}/{home}/{name}", False, filter=_plain)
    return serving.manifest


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """Yield the name of a file beside `file` to be written, which takes its place in the end."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        yield part
        sync(part)
        part.replace(file)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, part, str(part)):
            reason = error.strerror or str(error)
            raise OSError(error.errno or errno.EIO, reason, str(file)) from None  # the name that was given
        raise


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member without who owns the file here."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def import_index(data_dir: Path, file: Path, *, wait: bool = False) -> Manifest:
    """Publish the generation that `export_index` wrote to `file`; return its manifest.

    What served before stays on disk, to be gone back to. Raises BadQueryError where `file` is no such
    archive or damaged, BusyError, OSError; the index is then as it was.
    """
    with _opened(file) as archive:
        data_dir.mkdir(parents=True, exist_ok=True)
        with writing(data_dir, wait=wait):
            homes: dict[str, Path] = {}
            try:
                with _reading(file):
                    manifest = _unpack(archive, data_dir, homes, file)
                return _adopt(data_dir, homes, manifest)
            except BaseException:
                for folder in homes.values():
                    shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):
                    sweep(data_dir)
                raise


def _adopt(data_dir: Path, homes: Mapping[str, Path], manifest: Manifest) -> Manifest:
    """Publish what was unpacked as the newest generation of this index; return its manifest."""
    segments: dict[str, Files] = {}
    for name, files in manifest.segments.items():
        segments[keep_segment(data_dir, homes[name])] = files
    number = max([0, *published(data_dir)]) + 1
    manifest = manifest._replace(generation=number, segments=segments)
    publish(data_dir, homes["generation"], manifest)
    return manifest


def _opened(file: Path) -> tarfile.TarFile:
    with _reading(file):
        try:
            return tarfile.open(file, "r:*")
        except tarfile.TarError:
            raise _bad(file, "it is no tar archive") from None


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    """Tell what shows in this block that an archive is damaged as BadQueryError."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise _bad(file, f"it is cut off or damaged ({error})") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise _bad(file, f"it is cut off or damaged ({error})") from None  # so say gzip and bz2


def _unpack(archive: tarfile.TarFile, data_dir: Path, homes: dict[str, Path], file: Path) -> Manifest:
    """Write every file of an archive below `homes`, where folders for its segments are added."""
    members = iter(archive)
    manifest = _manifest_of(archive, next(members, None), file)
    homes["generation"] = start_building(data_dir, "generations")
    expected = {("generation", name): entry for name, entry in manifest.files.items()}
    for segment, files in manifest.segments.items():
        homes[segment] = start_building(data_dir, "segments", segment)
        expected |= {(segment, name): entry for name, entry in files.items()}
    for home, name, size, content in _members(archive, members, file):
        entry = expected.pop((home, name), None)
        if entry is None or entry["bytes"] != size:
            raise _bad(file, f"its manifest knows of no {home}/{name} of {size} bytes")
        path = homes[home] / name
        _write(path, content)
        if reason := damage_of(path, entry):
            raise _bad(file, f"{home}/{name} {reason}")
    if expected:
        raise _bad(file, f"it lacks {'/'.join(min(expected))}")
    _require_index(homes, manifest, file)
    return manifest


def _write(path: Path, content: IO[bytes]) -> None:
    with path.open("wb") as out:
        while block := content.read(_BLOCK):  # where this fails, it is not `path` that is to blame
            with naming(path):
                out.write(block)
                out.flush()


def _require_index(homes: Mapping[str, Path], manifest: Manifest, file: Path) -> None:
    """Refuse what is vouched for and no index all the same."""
    folder = homes["generation"]
    try:
        with as_broken(folder):
            layout = Layout.open(folder, [homes[name] for name in manifest.segments])
            Catalog.open(layout).close()
    except BrokenIndexError:
        raise _bad(file, "it cannot be opened as one") from None


def _members(
    archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], file: Path
) -> Iterator[tuple[str, str, int, IO[bytes]]]:
    """Yield "generation" or the name of a segment, the name of a file in it, its size and its content."""
    for member in members:
        match = _NAME.fullmatch(member.name)
        content = archive.extractfile(member) if match and member.isreg() else None
        if match is None or content is None:
            raise _bad(file, f"it holds {member.name!r}, which no index has")
        yield match[1] or match[2], match[3], member.size, content


def _manifest_of(archive: tarfile.TarFile, member: tarfile.TarInfo | None, file: Path) -> Manifest:
    content = None
    if member is not None and member.name == f"{_TOP}/{MANIFEST}" and member.isreg():
        content = archive.extractfile(member)
    if content is None:
        raise _bad(file, "it does not begin with the manifest of an index")
    try:
        manifest = parse_manifest(content.read(_MOST_MANIFEST), "in it")
    except BrokenIndexError as error:
        raise _bad(file, str(error)) from None
    paths = [f"{_TOP}/{home}/{name}" for home, name in _listed(manifest)]
    if not all(map(_SEGMENT.fullmatch, manifest.segments)) or not all(map(_NAME.fullmatch, paths)):
        raise _bad(file, "its manifest names files that no index has")
    return manifest


def _listed(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield from (("generation", name) for name in manifest.files)
    for segment, files in manifest.segments.items():
        yield from ((f"segments/{segment}", name) for name in files)


def _bad(file: Path, reason: str) -> BadQueryError:
    return BadQueryError(f"{file}: not an index that `huiwen export` wrote: {reason}; nothing was changed")

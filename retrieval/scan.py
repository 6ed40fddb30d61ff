"""Comparing folders of articles with what is indexed: what is new, changed, gone, or cannot be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import xxhash

from retrieval.catalog import Catalog, Found, Problem, SourceFile
from retrieval.errors import UnreadableError
from retrieval.reading import find_files, read_many
from retrieval.reprints import Merged, merge_reprints, signature_of

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Scan:
    """The articles of some folders as they are now."""

    articles: tuple[Merged, ...]
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    added: int
    changed: int
    removed: int
    unchanged: int


def scan(roots: Sequence[str], old: Catalog | None, progress: Callable[[str, int, int], None]) -> Scan:
    """Read what is new or changed below `roots` and take the rest over from `old`.

    A folder that is not there at the moment (a disk that is not mounted) keeps the articles it had; the
    problems say so.
    """
    known = old.files() if old else {}
    # What was said of these lay outside them (another file had the article, the disk failed): read anew.
    doubtful = {problem.file for problem in old.problems() if not problem.path} if old else set()
    problems: list[Problem] = []
    seen = [_look(*entry, known.get(entry[0]), doubtful) for entry in _find(roots, known, problems)]
    readings = _read_all([one.file for one in seen if one.is_new and one.file is not None], progress)
    files: dict[str, SourceFile] = {}
    articles: list[Found] = []
    for one in seen:
        if one.problem is not None:
            problems.append(one.problem)
        if one.file is None:
            continue
        if one.is_new:
            own, remarks = readings[one.file.path]
        else:
            assert old is not None
            own, remarks = old.found_in(one.file), old.remarks(one.file.path)
        problems += [Problem(one.file.name, remark, one.file.path) for remark in remarks]
        if own:
            files[one.file.path] = one.file
            articles += own
    merged, clashes = merge_reprints(articles)
    changed = sum(path in known and known[path].digest != file.digest for path, file in files.items())
    added = len(files.keys() - known.keys())
    return Scan(
        articles=tuple(merged),
        files=tuple(files.values()),
        problems=(*problems, *clashes),
        added=added,
        changed=changed,
        removed=len(known.keys() - files.keys()),
        unchanged=len(files) - added - changed,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A path that was looked at."""

    file: SourceFile | None
    """None where it cannot be read and never was."""
    is_new: bool
    """Whether it must be read; else what is known of it counts."""
    problem: Problem | None


def _look(path: str, name: str, reachable: bool, before: SourceFile | None, doubtful: set[str]) -> _Seen:
    if before is not None and not reachable:
        return _Seen(before, False, None)
    try:
        file = _identify(path, name, before)
    except _KeptError as error:
        return _Seen(before, False, Problem(name, str(error)))
    except UnreadableError as error:
        return _Seen(None, False, Problem(name, str(error), path))
    return _Seen(file, file != before or name in doubtful, None)


def _read_all(
    files: Sequence[SourceFile], progress: Callable[[str, int, int], None]
) -> dict[str, tuple[list[Found], Sequence[str]]]:
    """Return by path what is in each file and what is to be said of it."""
    read: dict[str, tuple[list[Found], Sequence[str]]] = {}
    readings = read_many([(Path(file.path), file.name) for file in files])
    for done, (file, reading) in enumerate(zip(files, readings, strict=True), start=1):
        if isinstance(reading, UnreadableError):
            read[file.path] = [], [str(reading)]
        else:
            found = [Found(a, file, place, signature_of(a)) for place, a in enumerate(reading.articles)]
            read[file.path] = found, reading.problems
        progress("files", done, len(files))
    return read


class _KeptError(Exception):
    """A file that was read before and cannot be reached now; what it held stays."""


def _find(
    roots: Sequence[str], known: Mapping[str, SourceFile], problems: list[Problem]
) -> Iterator[tuple[str, str, bool]]:
    """Yield paths with the names they go by and whether they can be looked at now, each path once."""
    seen: set[str] = set()
    for root in roots:
        top = Path(root)
        if os.path.isdir(top) and os.access(top, os.R_OK | os.X_OK):
            paths = [(str(path), printable(path.relative_to(top).as_posix())) for path in find_files(top)]
        else:
            paths = [(root, printable(top.name))]
        for path, name in paths:
            kept = [] if os.path.isfile(path) else _below(path, known)
            if kept:
                reason = f"this folder is not there now or cannot be read; its {len(kept)} files are kept"
                problems.append(Problem(name if path != root else printable(root), reason))
            own = kept or ([(path, name, True)] if os.path.lexists(path) else [])
            for entry in own:
                if entry[0] not in seen:
                    seen.add(entry[0])
                    yield entry


def _below(folder: str, known: Mapping[str, SourceFile]) -> list[tuple[str, str, bool]]:
    return [(path, file.name, False) for path, file in known.items() if path.startswith(folder + os.sep)]


def printable(name: str) -> str:
    """Return a file's name as text: Linux names are bytes, and Chinese archives often hold GBK ones."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "replace")


def _identify(path: str, name: str, before: SourceFile | None) -> SourceFile:
    """Return what a file is now, its content read only if size or time differ from `before`."""
    try:
        status = os.stat(path)
        if before and (before.size, before.modified) == (status.st_size, status.st_mtime_ns):
            digest = before.digest
        elif stat.S_ISDIR(status.st_mode):
            raise UnreadableError("a folder that cannot be read; mend its permissions")
        elif not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a regular file; only files can be indexed")
        else:
            digest = _digest(path)
    except OSError as error:
        if before:
            raise _KeptError(f"cannot be read now ({error.strerror}); what was read before is kept") from None
        if os.path.islink(path) and not os.path.exists(path):
            raise UnreadableError("the link leads nowhere; mend or remove it") from None
        raise UnreadableError(f"cannot be read ({error.strerror}); mend its permissions") from None
    return SourceFile(path, name, status.st_size, status.st_mtime_ns, digest)


def _digest(path: str) -> str:
    digest = xxhash.xxh3_128()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

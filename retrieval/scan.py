"""Comparing folders of articles with what is indexed: what is new, changed, gone, or cannot be read."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

from retrieval.errors import UnreadableError
from retrieval.folders import files_below
from retrieval.shards import Shard
from retrieval.sources import Found, Problem, SourceFile, Sources

if TYPE_CHECKING:
    from retrieval.reprints import Merged

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of files since the last time; only those that hold articles count."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    """The same content at another path."""
    removed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """The files below some folders, not read yet."""

    seen: tuple[_Seen, ...]
    problems: tuple[Problem, ...]
    """What is amiss with files and folders as such."""
    known: Mapping[str, SourceFile]
    """The files as they were, by path."""

    def finds_nothing_new(self, old: Sources) -> bool:
        """Return whether all is as it was, so that nothing needs to be read."""
        files = {one.file.path: one.file for one in self.seen if one.file is not None}
        return (
            not any(one.is_new for one in self.seen)
            and files == self.known
            and list(self.problems) == old.problems(of_files=True)
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """The articles of some folders as they are now."""

    articles: tuple[Merged, ...]
    files: tuple[SourceFile, ...]
    """All that were read, those too that hold no article."""
    read: Mapping[str, Sequence[Found]]
    """What is in each file that was read now, by its path."""
    file_problems: tuple[Problem, ...]
    article_problems: tuple[Problem, ...]
    counts: Counts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all of them."""
        return (*self.file_problems, *self.article_problems)

    def finds_nothing_new(self, old: Sources) -> bool:
        """Return whether all that was read says what was known."""
        files, known = {file.path: file for file in self.files}, old.files()
        digests = ({path: file.digest for path, file in one.items()} for one in (files, known))
        if next(digests) != next(digests) or list(self.problems) != old.problems():
            return False
        from retrieval.reprints import merge_reprints

        # The time of a file tells which of two versions of an article is the newer one.
        return files == known or _keys(merge_reprints(_in_order(known, old))[0]) == _keys(self.articles)


def look(
    roots: Sequence[str], old: Sources | None, *, retry: bool, leave_out: Path, shard: Shard | None = None
) -> Look:
    """Look at the files below `roots`, to read what is new or changed, and with `retry` what failed.

    What is below `leave_out` is none of the articles, unless one of `roots` itself lies there: an index may
    lie among the articles, and a folder of articles beside an index.

    A folder that is not there at the moment (a disk that is not mounted) keeps the articles it had; the
    problems say so. Of files that are not of `shard` nothing is known.
    """
    known = old.files() if old else {}
    failed = {problem.path for problem in old.problems()} if old and retry else set()
    problems: list[Problem] = []
    own = os.path.abspath(leave_out) + os.sep
    entries = _find(roots, known, problems, own)
    ours = entries if shard is None else (entry for entry in entries if shard.has(entry[1]))
    looked = [_look(*entry, known.get(entry[0]), failed) for entry in ours]
    seen = tuple(one for one in looked if one is not None)
    problems += [one.problem for one in seen if one.problem is not None]
    return Look(seen, tuple(problems), known)


def read(looked: Look, old: Sources | None, progress: Callable[[str, int, int], None]) -> Scan:
    """Read what is new or changed and take the rest over from `old`."""
    from retrieval.reprints import merge_reprints  # not needed where there is nothing to read

    files = {one.file.path: one.file for one in looked.seen if one.file is not None}
    new = [one.file for one in looked.seen if one.is_new and one.file is not None]
    readings = _read_all(new, progress)
    kept = {path: file for path, file in files.items() if path not in readings}
    found = {**(old.found(kept) if old else {}), **{path: own for path, (own, _) in readings.items()}}
    remarks = {**(old.remarks() if old else {}), **{path: own for path, (_, own) in readings.items()}}
    merged, clashes = merge_reprints([item for path in files for item in found[path]])
    said = [
        Problem(file.name, remark, path) for path, file in files.items() for remark in remarks.get(path, ())
    ]
    return Scan(
        articles=tuple(merged),
        files=tuple(files.values()),
        read={path: own for path, (own, _) in readings.items()},
        file_problems=looked.problems,
        article_problems=(*said, *clashes),
        counts=_count({path: file for path, file in files.items() if found[path]}, old),
    )


def _in_order(files: Mapping[str, SourceFile], old: Sources) -> list[Found]:
    found = old.found(files)
    return [item for path in files for item in found[path]]


def _keys(merged: Sequence[Merged]) -> list[bytes]:
    return [one.key for one in merged]


def _count(files: Mapping[str, SourceFile], old: Sources | None) -> Counts:
    holding = old.holding() if old else set()
    known = {path: file for path, file in old.files().items() if path in holding} if old else {}
    changed = sum(path in known and known[path].digest != file.digest for path, file in files.items())
    added, removed = files.keys() - known.keys(), known.keys() - files.keys()
    moved = Counter(files[path].digest for path in added) & Counter(known[path].digest for path in removed)
    return Counts(
        added=len(added) - moved.total(),
        changed=changed,
        moved=moved.total(),
        removed=len(removed) - moved.total(),
        unchanged=len(files) - len(added) - changed,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A path that was looked at."""

    file: SourceFile | None
    """None where it cannot be read and never was."""
    is_new: bool
    """Whether it must be read; else what is known of it counts."""
    problem: Problem | None


def _look(path: str, name: str, reachable: bool, before: SourceFile | None, failed: set[str]) -> _Seen | None:
    """Return what is seen of a file, None where it has gone meanwhile."""
    if before is not None and not reachable:
        return _Seen(before, False, None)
    try:
        file = _identify(path, name, before)
    except FileNotFoundError:
        return None
    except _KeptError as error:
        return _Seen(before, False, Problem(name, str(error)))
    except UnreadableError as error:
        return _Seen(None, False, Problem(name, str(error), path))
    known = before is not None and (before.digest, before.name) == (file.digest, name)
    return _Seen(file, not known or path in failed, None)


def _read_all(
    files: Sequence[SourceFile], progress: Callable[[str, int, int], None]
) -> dict[str, tuple[list[Found], Sequence[str]]]:
    """Return by path what is in each file and what is to be said of it."""
    from retrieval.reading import read_many
    from retrieval.reprints import signature_of

    read: dict[str, tuple[list[Found], Sequence[str]]] = {}
    readings = read_many([(Path(file.path), file.name) for file in files])
    for done, (file, reading) in enumerate(zip(files, readings, strict=True), start=1):
        if isinstance(reading, UnreadableError):
            read[file.path] = [], [str(reading)]
        else:
            found = [Found.of(a, file, at, signature_of(a)) for at, a in enumerate(reading.articles)]
            read[file.path] = found, reading.problems
        progress("files", done, len(files))
    return read


class _KeptError(Exception):
    """A file that was read before and cannot be reached now; what it held stays."""


def _find(
    roots: Sequence[str], known: Mapping[str, SourceFile], problems: list[Problem], own: str
) -> Iterator[tuple[str, str, bool]]:
    """Yield paths with the names they go by and whether they can be looked at now, each path once.

    What begins with `own` is left out where the root does not.
    """
    seen: set[str] = set()
    for root in roots:
        left_out = () if root.startswith(own) else (own,)
        if os.path.isdir(root) and os.access(root, os.R_OK | os.X_OK):
            paths = files_below(root)
        else:
            paths = [(root, False)]
        above = len(root.rstrip(os.sep)) + 1
        for path, regular in paths:
            name = printable(path[above:].replace(os.sep, "/") or os.path.basename(path))
            kept = [] if regular or os.path.isfile(path) else _below(path, known)
            if kept:
                reason = f"this folder is not there now or cannot be read; its {len(kept)} files are kept"
                problems.append(Problem(name if path != root else printable(root), reason))
            for entry in kept or [(path, name, True)]:
                if entry[0] not in seen and not entry[0].startswith(left_out):
                    seen.add(entry[0])
                    yield entry


def _below(folder: str, known: Mapping[str, SourceFile]) -> list[tuple[str, str, bool]]:
    return [(path, file.name, False) for path, file in known.items() if path.startswith(folder + os.sep)]


def printable(name: str) -> str:
    """Return a file's name as text: Linux names are bytes, and Chinese archives often hold GBK ones."""
    if name.isascii():
        return name
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "replace")


def _identify(path: str, name: str, before: SourceFile | None) -> SourceFile:
    """Return what a file is now, its content read only if size or time differ from `before`.

    Raises FileNotFoundError where it is gone, UnreadableError and _KeptError.
    """
    try:
        status = os.stat(path)
        if before and (before.size, before.modified) == (status.st_size, status.st_mtime_ns):
            if before.name == name:
                return before
            digest = before.digest
        elif stat.S_ISDIR(status.st_mode):
            raise UnreadableError("a folder that cannot be read; mend its permissions")
        elif not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a regular file; only files can be indexed")
        else:
            digest = _digest(path)
    except OSError as error:
        if not os.path.lexists(path):
            raise FileNotFoundError(path) from None
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

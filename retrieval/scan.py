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
from retrieval.reading import find_files, read_articles
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
    files: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    articles: list[Found] = []
    added = changed = 0
    found = list(_find(roots, known, problems))
    for done, (path, name, reachable) in enumerate(found, start=1):
        before = known.get(path)
        try:
            file = _identify(path, name, before) if reachable or before is None else before
            if old is not None and file == before and (name not in doubtful or not reachable):
                own, remarks = old.found_in(file), tuple(old.remarks(path))
            else:
                own, remarks = _read(file)
        except _KeptError as error:
            assert before is not None and old is not None
            file, own, remarks = before, old.found_in(before), tuple(old.remarks(path))
            problems.append(Problem(name, str(error)))
        except UnreadableError as error:
            problems.append(Problem(name, str(error), path))
            continue
        problems += [Problem(name, remark, path) for remark in remarks]
        if not own:
            continue
        files[path] = file
        added += before is None
        changed += before is not None and before.digest != file.digest
        articles += own
        progress("files", done, len(found))
    merged, clashes = merge_reprints(articles)
    return Scan(
        articles=tuple(merged),
        files=tuple(files.values()),
        problems=(*problems, *clashes),
        added=added,
        changed=changed,
        removed=len(known.keys() - files.keys()),
        unchanged=len(files) - added - changed,
    )


def _read(file: SourceFile) -> tuple[list[Found], tuple[str, ...]]:
    reading = read_articles(Path(file.path), file.name)
    articles = [
        Found(article, file, place, signature_of(article)) for place, article in enumerate(reading.articles)
    ]
    return articles, reading.problems


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

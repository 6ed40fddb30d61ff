"""Files of articles on disk: where they are, and whether they can be read at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from retrieval.errors import UnreadableError

_MEGABYTE = 1_000_000
_MAX_FILE = 500 * _MEGABYTE  # bytes; read as a whole
_TEMPORARY = (".tmp", ".temp", ".swp", ".swo", ".bak", ".part", ".crdownload", "~")


def find_files(root: Path) -> list[Path]:
    """Return all files below `root`, sorted, or `root` itself where it is no folder.

    Hidden files and what editors leave behind are skipped. Links are followed, each folder once. What cannot
    be read is returned too, so that reading it can say why: dangling links, folders without permission,
    unknown types.
    """
    if not root.is_dir():
        return [root]
    return [Path(path) for path, _ in files_below(str(root))]


def files_below(folder: str) -> list[tuple[str, bool]]:
    """Return what `find_files` does for a folder, and of each whether it surely is a regular file.

    Paths are text here: of tens of thousands, objects take longer to make than folders to read.
    """
    found: list[tuple[str, bool]] = []
    _walk(folder, found, set())
    return found


def is_passing(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or something that editors leave behind."""
    return name.startswith((".", "~$", "#")) or name.endswith(_TEMPORARY)


def load(path: Path) -> bytes:
    """Return the content of a regular file. Raises `UnreadableError` with what stands in the way."""
    size = check_readable(path)
    if size > _MAX_FILE:
        raise UnreadableError(f"a file of {size // _MEGABYTE} MB; split it")
    try:
        return path.read_bytes()
    except PermissionError:
        raise UnreadableError("no permission to read it") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from None


def check_readable(path: Path) -> int:
    """Return the size of a regular file in bytes, or raise `UnreadableError` with what stands in the way."""
    try:
        status = path.stat()
    except FileNotFoundError:
        reason = f"a link to {os.readlink(path)}, which is not there" if path.is_symlink() else "no such file"
        raise UnreadableError(reason) from None
    except PermissionError:
        raise UnreadableError("no permission to read it") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from None
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError(
            "a folder, not a file"
            if os.access(path, os.R_OK | os.X_OK)
            else "a folder without permission to read it"
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file (a pipe, socket or device)")
    if not os.access(path, os.R_OK):
        raise UnreadableError("no permission to read it")
    if status.st_size == 0:
        raise UnreadableError("an empty file")
    return status.st_size


def _walk(folder: str, found: list[tuple[str, bool]], visited: set[tuple[int, int]]) -> None:
    try:
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in visited:
            return
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        found.append((folder, False))
        return
    for entry in entries:
        if is_passing(entry.name):
            continue
        try:
            is_folder = entry.is_dir()
        except OSError:  # links that lead in a circle
            is_folder = False
        if is_folder:
            _walk(entry.path, found, visited)
        else:
            found.append((entry.path, entry.is_file(follow_symlinks=False)))

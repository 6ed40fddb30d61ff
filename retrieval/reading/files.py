"""Files of articles on disk: where they are, and whether they can be read at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from retrieval.errors import UnreadableError
from retrieval.folders import files_below

_MEGABYTE = 1_000_000
_MAX_FILE = 500 * _MEGABYTE  # bytes; read as a whole


def find_files(root: Path) -> list[Path]:
    """Return all files below `root`, sorted, or `root` itself where it is no folder.

    Hidden files and what editors leave behind are skipped. Links are followed, each folder once. What cannot
    be read is returned too, so that reading it can say why: dangling links, folders without permission,
    unknown types.
    """
    if not root.is_dir():
        return [root]
    return [Path(path) for path, _ in files_below(str(root))]


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

"""What is in folders of articles, at the price of reading the folders."""

from __future__ import annotations

import os

_TEMPORARY = (".tmp", ".temp", ".swp", ".swo", ".bak", ".part", ".crdownload", "~")


def files_below(folder: str) -> list[tuple[str, bool]]:
    """Return all files below `folder`, in the order of folders, and of each whether it surely is regular.

    Hidden files and what editors leave behind are skipped. Links are followed, each folder once. What cannot
    be read is returned too. Paths are text here: of tens of thousands, objects take longer to make than
    folders to read.
    """
    found: list[tuple[str, bool]] = []
    _walk(folder, found, set())
    return found


def is_passing(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or something that editors leave behind."""
    return name.startswith((".", "~$", "#")) or name.endswith(_TEMPORARY)


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

"""The folder of articles that were sent to the bot: stored whole by rename, taken out again by rename.

Names are made here, of a date and of what is in the file, so that no name of a sender's reaches the disk.
What is not whole yet, and what was taken out, is in hidden folders below, which no run of the index enters.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import xxhash

from config import Settings
from retrieval.dates import date_from_name

_DEFAULT = "uploads"
_INCOMING, _WITHDRAWN = ".incoming", ".withdrawn"
_STALE_S = 3600.0  # what comes in is whole or given up long before
_BLOCK = 1 << 20
_NAME = re.compile(r"(?:\d{4}(?:-\d\d){0,2}-)?([a-p]{20})\.(?:txt|jsonl|md|html|docx|pdf)")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # digits might be read as a date
_NAME_LETTERS = 20  # 80 bits


class Place(StrEnum):
    """Where a stored file is."""

    INBOX = "inbox"
    WITHDRAWN = "withdrawn"
    NOWHERE = "nowhere"


def inbox_folder(settings: Settings) -> Path:
    """Return the folder that admins' articles are kept in, whether or not it is there yet."""
    return settings.articles.inbox or settings.data_dir / _DEFAULT


def digest_of(path: Path) -> str:
    """Return the digest of a file's content, as the index knows it. Raises OSError."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def is_stored_name(name: str) -> bool:
    """Tell whether a name is one that an inbox makes."""
    return _NAME.fullmatch(name) is not None


def name_for(digest: str, suffix: str, called: str) -> str:
    """Return the name to store a file under.

    A date in what the sender `called` it is kept, for the articles in it may have no other.
    """
    date = date_from_name(called.replace("/", " "))
    dated = f"{date}-" if date is not None and date.year is not None else ""
    return f"{dated}{_key(digest)}{suffix}"


class Inbox:
    """Stores and takes out files. For one process; every method but `path` may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Return where a file of a name made here is stored."""
        assert is_stored_name(name), "no other name comes near the disk"
        return self.folder / name

    def begin(self, suffix: str) -> Path:
        """Return where to write a file that is not whole yet: below the folder, where the index looks not."""
        folder = self.folder / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{secrets.token_hex(8)}{suffix}"

    def find(self, digest: str) -> str | None:
        """Return the name under which this content is stored, None where it is not."""
        key = _key(digest)
        with suppress(FileNotFoundError):
            for name in sorted(os.listdir(self.folder)):
                match = _NAME.fullmatch(name)
                if match and match[1] == key:
                    return name
        return None

    def store(self, incoming: Path, name: str) -> None:
        """Let a whole file appear in the folder under a name made by `name_for`."""
        _flush(incoming)
        os.replace(incoming, self.path(name))  # where there is one of that name, it has that content
        _flush_folder(self.folder)

    def place(self, name: str) -> Place:
        """Return where a file is."""
        if self.path(name).exists():
            return Place.INBOX
        return Place.WITHDRAWN if (self.folder / _WITHDRAWN / name).exists() else Place.NOWHERE

    def withdraw(self, name: str) -> bool:
        """Take a file out of what is indexed, to where it can be found again; False where it is not there."""
        target = self.folder / _WITHDRAWN / name
        target.parent.mkdir(exist_ok=True)
        try:
            os.replace(self.path(name), target)
        except FileNotFoundError:
            return False
        _flush_folder(self.folder)
        return True

    def stored(self) -> set[str]:
        """Return the names of all that is stored."""
        try:
            return {name for name in os.listdir(self.folder) if is_stored_name(name)}
        except FileNotFoundError:
            return set()

    def sweep(self) -> int:
        """Delete what was left half-written by a process that was killed; return how many files."""
        gone = 0
        with suppress(FileNotFoundError):
            for entry in os.scandir(self.folder / _INCOMING):
                if time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_S:
                    os.unlink(entry.path)
                    gone += 1
        return gone


def _flush(path: Path) -> None:
    """See to it that a file's content is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    with suppress(OSError):  # some systems and network disks cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _key(digest: str) -> str:
    return digest.translate(_LETTERS)[:_NAME_LETTERS]

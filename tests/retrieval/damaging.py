"""Ways in which a file on disk comes to harm."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Damage = Callable[[Path, random.Random], None]
_FLIPS = 3  # bits in a file, one of them as a rule in what matters


def _cut(path: Path, lot: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: lot.randrange(len(content))])


def _cut_a_byte(path: Path, lot: random.Random) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _empty(path: Path, lot: random.Random) -> None:
    path.write_bytes(b"")


def _zero(path: Path, lot: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _zero_a_block(path: Path, lot: random.Random) -> None:
    """As after a power cut on some file systems."""
    content = bytearray(path.read_bytes())
    start = lot.randrange(len(content)) // 512 * 512
    content[start : start + 512] = bytes(len(content[start : start + 512]))
    path.write_bytes(content)


def _flip(path: Path, lot: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for place in {lot.randrange(len(content)) for _ in range(_FLIPS)}:
        content[place] ^= 1 << lot.randrange(8)
    path.write_bytes(content)


def _flip_the_head(path: Path, lot: random.Random) -> None:
    """Where formats keep counts and sizes, which libraries believe."""
    content = bytearray(path.read_bytes())
    content[lot.randrange(min(len(content), 96))] ^= 1 << lot.randrange(8)
    path.write_bytes(content)


def _lengthen(path: Path, lot: random.Random) -> None:
    path.write_bytes(path.read_bytes() + b"\0" * lot.randint(1, 4096))


def _delete(path: Path, lot: random.Random) -> None:
    path.unlink()


def _forbid(path: Path, lot: random.Random) -> None:
    """What is not ours to read; the superuser may read it all the same."""
    path.chmod(0)


def _become_a_folder(path: Path, lot: random.Random) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Damage] = {
    "cut": _cut,
    "a byte short": _cut_a_byte,
    "emptied": _empty,
    "zeroed": _zero,
    "a block zeroed": _zero_a_block,
    "bits flipped": _flip,
    "head flipped": _flip_the_head,
    "lengthened": _lengthen,
    "deleted": _delete,
    "forbidden": _forbid,
    "a folder": _become_a_folder,
}


@contextmanager
def damaged(path: Path, damage: Damage, lot: random.Random) -> Iterator[bool]:
    """Damage a file for a while; tell whether it differs from what it was."""
    content, status = path.read_bytes(), path.stat()
    if not content:
        damage = _delete  # there is nothing to harm but that it is there
    damage(path, lot)
    try:
        yield not os.access(path, os.R_OK) or not path.is_file() or path.read_bytes() != content
    finally:
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(status.st_mode)

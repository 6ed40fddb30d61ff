"""Generations: immutable states of the index on disk, published by one atomic rename.

    DATA_DIR/CURRENT                    the number of the serving generation
    DATA_DIR/generations/00000007/      its files, and manifest.json that vouches for them

A writer fills a folder of its own beside the others, names it when it is whole, and then replaces CURRENT.
Whatever fails before that last step, the old generation serves on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import xxhash

from retrieval.errors import BrokenIndexError, NoIndexError

FORMAT = 6  # raised when files change their meaning
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20
# Checksums of all files are verified on opening up to this many bytes in all, some 50 ms of work; beyond
# it only the sizes and the small files are, and `huiwen doctor` verifies the rest.
_VERIFY_AT_ONCE = 512 << 20
_SMALL = 16 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is and what it is made of."""

    format: int
    generation: int
    created: str
    """UTC, ISO 8601."""
    model: str
    fingerprint: str
    """Of the encoder; another one's vectors cannot be compared with these."""
    dim: int
    passage_chars: int
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    files: Mapping[str, Mapping[str, int | str]]
    """By name: bytes and xxh3_128 checksum."""


def current_generation(data_dir: Path) -> int | None:
    """Return the number of the serving generation, None before the first. Raises BrokenIndexError."""
    try:
        text = (data_dir / "CURRENT").read_text(encoding="ascii").strip()
        return int(text)
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise BrokenIndexError(
            f"{data_dir / 'CURRENT'}: cannot be read ({error}); run `huiwen index --full`"
        ) from None


def require_generation(data_dir: Path) -> int:
    """Return the number of the serving generation. Raises NoIndexError with what to do."""
    number = current_generation(data_dir)
    if number is None:
        raise NoIndexError(f"no index yet in {data_dir}; run `huiwen index FOLDER` with a folder of articles")
    return number


def generation_folder(data_dir: Path, number: int) -> Path:
    """Return where a generation's files are."""
    return data_dir / "generations" / f"{number:08d}"


def published(data_dir: Path) -> list[int]:
    """Return the numbers of all generations on disk, oldest first."""
    with suppress(FileNotFoundError):
        names = [entry.name for entry in (data_dir / "generations").iterdir()]
        return sorted(int(name) for name in names if name.isdigit())
    return []


def start_building(data_dir: Path) -> Path:
    """Return an empty folder to build in; what interrupted writers left behind is cleared away."""
    home = data_dir / "generations"
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob("building-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = home / f"building-{os.getpid()}"
    folder.mkdir()
    return folder


def publish(data_dir: Path, building: Path, manifest: Manifest) -> None:
    """Make `building` the serving generation: everything to disk, then one rename."""
    files = {path.name: _vouch(path) for path in sorted(building.iterdir())}
    record = {**asdict(manifest), "files": files}
    text = json.dumps({**record, "seal": _seal(record)}, ensure_ascii=False, indent=1)
    (building / _MANIFEST).write_text(text, encoding="utf-8")
    for path in building.iterdir():
        _sync(path)
    _sync(building)
    building.rename(generation_folder(data_dir, manifest.generation))
    _sync(data_dir / "generations")
    pointer = data_dir / "CURRENT.new"
    pointer.write_text(f"{manifest.generation}\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(data_dir / "CURRENT")
    _sync(data_dir)


def prune(data_dir: Path, keep: int) -> None:
    """Remove all but the newest `keep` generations; the serving one always stays."""
    serving = current_generation(data_dir)
    for number in published(data_dir)[:-keep]:
        if number != serving:
            shutil.rmtree(generation_folder(data_dir, number), ignore_errors=True)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation. Raises BrokenIndexError."""
    try:
        record: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        found = record["format"]
        if found == FORMAT:
            if record.pop("seal") != _seal(record):
                raise ValueError
            return Manifest(**record)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _broken(folder, f"its manifest cannot be read ({type(error).__name__})") from None
    raise BrokenIndexError(
        f"generation {folder.name} was written by another version of huiwen (format {found}, this one reads"
        f" {FORMAT}); run `huiwen index` to rebuild"
    )


def verify(folder: Path, manifest: Manifest, *, thorough: bool = False) -> None:
    """Check a generation's files against its manifest. Raises BrokenIndexError naming the first bad one."""
    sizes = {name: int(entry["bytes"]) for name, entry in manifest.files.items()}
    everything = thorough or sum(sizes.values()) <= _VERIFY_AT_ONCE
    for name, size in sizes.items():
        path = folder / name
        try:
            actual = path.stat().st_size
            if actual != size:
                raise _broken(folder, f"{name} has {actual} bytes instead of {size}")
            if (everything or size <= _SMALL) and _checksum(path) != manifest.files[name]["xxh3"]:
                raise _broken(folder, f"{name} has changed since it was written")
        except OSError as error:
            raise _broken(folder, f"{name} cannot be read ({error.strerror})") from None


def _broken(folder: Path, reason: str) -> BrokenIndexError:
    return BrokenIndexError(
        f"generation {folder.name} is damaged: {reason}; run `huiwen index --full` to rebuild"
    )


def _seal(record: Mapping[str, Any]) -> str:
    """Return a checksum of what a manifest says: nothing else vouches for it."""
    return xxhash.xxh3_128_hexdigest(json.dumps(record, sort_keys=True).encode())


def _vouch(path: Path) -> dict[str, int | str]:
    return {"bytes": path.stat().st_size, "xxh3": _checksum(path)}


def _checksum(path: Path) -> str:
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

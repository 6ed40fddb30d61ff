"""Generations: immutable states of the index on disk, published by one atomic rename.

    DATA_DIR/CURRENT                    the number of the serving generation
    DATA_DIR/generations/00000007/      what it has, and manifest.json that vouches for all its files
    DATA_DIR/segments/00000012/         articles with everything that they are found by, shared by generations

A writer fills folders of its own beside the others, names them when they are whole, and then replaces
CURRENT. Whatever fails before that last step, the old generation serves on. An arrival writes a small
segment; what was there before is shared, and what goes is left out of the generation's layout.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from retrieval.errors import BrokenIndexError, NoIndexError
from retrieval.leases import unheld
from retrieval.manifest import Manifest, segment_names, write_manifest
from retrieval.storing import naming, sync


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


def segment_folder(data_dir: Path, name: str) -> Path:
    """Return where a segment's files are."""
    return data_dir / "segments" / name


def start_building(data_dir: Path, kind: str, name: str = "") -> Path:
    """Return an empty folder to build in, of the `kind` "segments" or "generations".

    Several at once need a `name` each.
    """
    home = data_dir / kind
    home.mkdir(parents=True, exist_ok=True)
    folder = home / f"building-{os.getpid()}{name and '-'}{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def keep_segment(data_dir: Path, building: Path) -> str:
    """Give a segment that is whole its name, everything on disk; return the name."""
    _sync_all(building)
    numbers = [int(entry.name) for entry in building.parent.iterdir() if entry.name.isdigit()]
    folder = segment_folder(data_dir, f"{max(numbers, default=0) + 1:08d}")
    building.rename(folder)
    sync(folder.parent)
    return folder.name


def publish(data_dir: Path, building: Path, manifest: Manifest) -> None:
    """Make `building` the serving generation: everything to disk, then one rename.

    Where that fails it is removed, unless it serves already.
    """
    write_manifest(building, manifest)
    _sync_all(building)
    folder = generation_folder(data_dir, manifest.generation)
    building.rename(folder)
    try:
        sync(folder.parent)
        point_to(data_dir, manifest.generation)
    except BaseException:
        if _points_to(data_dir) != manifest.generation:
            _remove(folder)
        raise


def point_to(data_dir: Path, number: int) -> None:
    """Make a generation that is on disk the serving one."""
    pointer = data_dir / "CURRENT.new"
    with naming(pointer):
        pointer.write_text(f"{number}\n", encoding="ascii")
    sync(pointer)
    pointer.replace(data_dir / "CURRENT")
    sync(data_dir)


def prune(data_dir: Path, keep: int) -> None:
    """Remove all but the newest `keep` generations, and the segments that none of the rest is laid out over.

    The serving generation always stays, and so do those that somebody reads.
    """
    serving = _points_to(data_dir)
    for number in published(data_dir)[:-keep]:
        folder = generation_folder(data_dir, number)
        with unheld(folder) as free:
            gone = _set_aside(folder) if free and number != serving else None
        if gone is not None:
            shutil.rmtree(gone, ignore_errors=True)
    sweep(data_dir)


def sweep(data_dir: Path) -> None:
    """Remove what no generation has: what interrupted writers left, and segments of generations gone."""
    for left in (data_dir / "generations").glob("building-*"):
        shutil.rmtree(left, ignore_errors=True)
    used = _used_segments(data_dir)
    for entry in (data_dir / "segments").glob("*"):
        if entry.name.startswith("building-"):
            shutil.rmtree(entry, ignore_errors=True)
        elif used is not None and entry.name not in used:
            _remove(entry)


def _used_segments(data_dir: Path) -> set[str] | None:
    """Return the segments of all generations; None where one cannot be read now: they must not be lost."""
    used: set[str] = set()
    for number in published(data_dir):
        try:
            used |= segment_names(generation_folder(data_dir, number))
        except OSError:
            return None
    return used


def _points_to(data_dir: Path) -> int | None:
    """Return the number of the serving generation as far as it can be told."""
    with suppress(BrokenIndexError):
        return current_generation(data_dir)
    return None


def _remove(folder: Path) -> None:
    shutil.rmtree(_set_aside(folder), ignore_errors=True)


def _set_aside(folder: Path) -> Path:
    """Rename a folder that is to go, lest it be taken for whole when it is half removed; return the name."""
    gone = folder.with_name(f"building-gone-{folder.name}")
    try:
        return folder.rename(gone)
    except OSError:
        return folder


def _sync_all(folder: Path) -> None:
    for path in folder.iterdir():
        sync(path)
    sync(folder)

"""Going back to an earlier generation, for when what was indexed last was a mistake."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import BadQueryError, BrokenIndexError
from retrieval.generation import (
    current_generation,
    generation_folder,
    point_to,
    published,
    require_generation,
)
from retrieval.manifest import Manifest, read_manifest, verify
from retrieval.writer_lock import writing


def roll_back(data_dir: Path, number: int | None = None, *, wait: bool = False) -> Manifest:
    """Make generation `number` the serving one, by default the newest whole one before it; return it.

    Every file of it is verified first. Raises BadQueryError, BrokenIndexError, BusyError, NoIndexError.
    """
    on_disk = published(data_dir)
    if not on_disk:
        require_generation(data_dir)
    with writing(data_dir, wait=wait):
        on_disk = published(data_dir)
        serving = _serving(data_dir)
        listed = ", ".join(map(str, on_disk))
        if number is not None:
            if number not in on_disk:
                raise BadQueryError(f"generation {number} is not on disk; there are {listed}")
            manifest = _whole(data_dir, number)
        else:
            earlier = [one for one in reversed(on_disk) if serving is None or one < serving]
            found = _newest_whole(data_dir, earlier)
            if found is None:
                raise BadQueryError(
                    f"there is no whole generation before the serving one; there are {listed}"
                )
            manifest = found
        point_to(data_dir, manifest.generation)
    return manifest


def _newest_whole(data_dir: Path, numbers: list[int]) -> Manifest | None:
    for number in numbers:
        try:
            return _whole(data_dir, number)
        except BrokenIndexError:
            continue
    return None


def _whole(data_dir: Path, number: int) -> Manifest:
    folder = generation_folder(data_dir, number)
    manifest = read_manifest(folder)
    verify(folder, manifest, thorough=True)
    return manifest


def _serving(data_dir: Path) -> int | None:
    try:
        return current_generation(data_dir)
    except BrokenIndexError:
        return None

"""Which generation serves: the current one, or where that is damaged the newest that is not."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, NamedTuple

from retrieval.catalog import Catalog
from retrieval.errors import BrokenIndexError, NoIndexError
from retrieval.generation import generation_folder, published, require_generation
from retrieval.layout import Layout
from retrieval.leases import hold
from retrieval.manifest import Manifest, read_manifest, segment_folders, verify

_log = logging.getLogger(__name__)


class Serving(NamedTuple):
    """A generation that was found whole, held until `lease` is closed."""

    folder: Path
    manifest: Manifest
    lease: IO[bytes]
    damage: BrokenIndexError | None = None
    """Of the generation that should serve and cannot."""

    def segments(self) -> list[Path]:
        """Return the folders of its segments, in their order."""
        return segment_folders(self.folder, self.manifest)

    def open_catalog(self) -> Catalog:
        """Return its catalog. Raises BrokenIndexError."""
        with as_broken(self.folder):
            return Catalog.open(Layout.open(self.folder, self.segments()))


Unfit = Mapping[int, BrokenIndexError]
"""Generations that are whole to look at and could not be opened, and why."""


def find_serving(data_dir: Path, unfit: Unfit = MappingProxyType({})) -> Serving:
    """Return the generation that serves. Raises NoIndexError, and BrokenIndexError where none is whole.

    Where the current one is damaged or `unfit`, an older one serves until the index is built anew; a line in
    the log says so.
    """
    try:
        number = require_generation(data_dir)
    except BrokenIndexError as error:
        return _older(data_dir, None, error, unfit)
    if number in unfit:
        return _older(data_dir, number, unfit[number], unfit)
    try:
        return _hold(data_dir, number)
    except BrokenIndexError as error:
        if require_generation(data_dir) != number:  # a writer has replaced and removed it meanwhile
            return find_serving(data_dir, unfit)
        return _older(data_dir, number, error, unfit)


def _older(data_dir: Path, current: int | None, damage: BrokenIndexError, unfit: Unfit) -> Serving:
    numbers = [number for number in published(data_dir) if number != current and number not in unfit]
    # Those before it first: what came after may be what was gone back from.
    numbers.sort(key=lambda number: (current is None or number < current, number), reverse=True)
    for number in numbers:
        try:
            found = _hold(data_dir, number)
        except BrokenIndexError:
            continue
        _log.warning("%s; until then generation %d serves", damage, number)
        return Serving(found.folder, found.manifest, found.lease, damage)
    raise damage


def _hold(data_dir: Path, number: int) -> Serving:
    """Return a generation, verified. Raises BrokenIndexError."""
    folder = generation_folder(data_dir, number)
    with as_broken(folder):
        lease = hold(folder)
    try:
        manifest = read_manifest(folder)
        verify(folder, manifest)
    except BaseException:
        lease.close()
        raise
    return Serving(folder, manifest, lease)


def remembered_roots(data_dir: Path) -> list[str]:
    """Return the folders and files of the serving generation, or else of the newest that can tell them."""
    from retrieval.sources import Sources  # a question asks for none of it

    numbers = published(data_dir)[::-1]
    with suppress(BrokenIndexError, NoIndexError):
        numbers.insert(0, require_generation(data_dir))
    for number in numbers:
        with suppress(sqlite3.Error), closing(Sources.open(generation_folder(data_dir, number))) as sources:
            return sources.roots()
    return []


@contextmanager
def as_broken(folder: Path) -> Iterator[None]:
    """Tell whatever prevents opening the files of a generation as BrokenIndexError."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, IndexError, EOFError, sqlite3.Error) as error:
        raise BrokenIndexError(
            f"generation {folder.name} cannot be opened ({error}); run `huiwen index --full` to rebuild"
        ) from None

"""`huiwen rollback`, `huiwen export` and `huiwen import`."""

from __future__ import annotations

from pathlib import Path

from bot.console import print_json, say
from bot.store_copying import copy_to_store, writing_store
from config import Settings
from retrieval.backup import export_index, import_index
from retrieval.manifest import Manifest
from retrieval.rollback import roll_back


def rollback(settings: Settings, generation: int | None, *, wait: bool, as_json: bool) -> int:
    """Let an earlier generation serve again, in the store as well, and say which."""
    manifest = roll_back(settings.data_dir, generation, wait=wait)
    return _tell_after_copying(settings, manifest, "serves again", wait=wait, as_json=as_json)


def export(data_dir: Path, file: Path, *, as_json: bool) -> int:
    """Write the serving generation to a file."""
    return _tell(export_index(data_dir, file), f"written to {file}", as_json)


def import_(settings: Settings, file: Path, *, wait: bool, as_json: bool) -> int:
    """Let the generation in a file serve, in the store as well."""
    manifest = import_index(settings.data_dir, file, wait=wait)
    return _tell_after_copying(settings, manifest, f"serves, from {file}", wait=wait, as_json=as_json)


def _tell_after_copying(
    settings: Settings, manifest: Manifest, what: str, *, wait: bool, as_json: bool
) -> int:
    copied = copy_to_store(writing_store(settings), settings.data_dir, wait=wait)
    status = _tell(manifest, what, as_json)
    if copied:
        say(copied)
    return status


def _tell(manifest: Manifest, what: str, as_json: bool) -> int:
    if as_json:
        print_json({"generation": manifest.generation, "created": manifest.created, **manifest.counts})
    else:
        counts = f"{manifest.counts['articles']} articles, {manifest.counts['passages']} passages"
        print(f"generation {manifest.generation} {what} ({counts}, made {manifest.created})")
    return 0

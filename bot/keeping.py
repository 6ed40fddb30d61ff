"""`huiwen rollback`, `huiwen export` and `huiwen import`."""

from __future__ import annotations

from pathlib import Path

from bot.console import print_json
from retrieval.backup import export_index, import_index
from retrieval.manifest import Manifest
from retrieval.rollback import roll_back


def rollback(data_dir: Path, generation: int | None, *, wait: bool, as_json: bool) -> int:
    """Let an earlier generation serve again and say which."""
    return _tell(roll_back(data_dir, generation, wait=wait), "serves again", as_json)


def export(data_dir: Path, file: Path, *, as_json: bool) -> int:
    """Write the serving generation to a file."""
    return _tell(export_index(data_dir, file), f"written to {file}", as_json)


def import_(data_dir: Path, file: Path, *, wait: bool, as_json: bool) -> int:
    """Let the generation in a file serve."""
    return _tell(import_index(data_dir, file, wait=wait), f"serves, from {file}", as_json)


def _tell(manifest: Manifest, what: str, as_json: bool) -> int:
    if as_json:
        print_json({"generation": manifest.generation, "created": manifest.created, **manifest.counts})
    else:
        counts = f"{manifest.counts['articles']} articles, {manifest.counts['passages']} passages"
        print(f"generation {manifest.generation} {what} ({counts}, made {manifest.created})")
    return 0

"""The manifest of a generation: what it is, which files it is made of, and a checksum of each.

Whatever else fails, nothing is taken for a generation whose manifest does not vouch for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import xxhash

from retrieval.errors import BrokenIndexError
from retrieval.storing import naming

FORMAT = 9  # raised when files change their meaning
MANIFEST = "manifest.json"
_BLOCK = 1 << 20
# Checksums of all files are verified on opening up to this many bytes in all, some 50 ms of work; beyond
# it only the sizes and the small files are, and `huiwen doctor` verifies the rest.
_VERIFY_AT_ONCE = 512 << 20
_SMALL = 16 << 20

Files = Mapping[str, Mapping[str, int | str]]
"""By name: bytes and xxh3_128 checksum."""


class Manifest(NamedTuple):
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
    files: Files
    """Its own."""
    segments: Mapping[str, Files]
    """Those of the segments that it is laid out over, by their names, in their order."""


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation. Raises BrokenIndexError."""
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise _broken(folder.name, f"its manifest cannot be read ({error.strerror})") from None
    return parse_manifest(text, folder.name)


def parse_manifest(text: bytes, name: str) -> Manifest:
    """Return the manifest that `text` is, of the generation of that name. Raises BrokenIndexError."""
    try:
        record: dict[str, Any] = json.loads(text)
        found = record["format"]
        if found == FORMAT:
            if record.pop("seal") != seal(record):
                raise ValueError
            return _sound(Manifest(**record))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _broken(name, f"its manifest cannot be read ({type(error).__name__})") from None
    raise BrokenIndexError(
        f"generation {name} was written by another version of huiwen (format {found}, this one reads"
        f" {FORMAT}); run `huiwen index` to rebuild"
    )


def segment_names(folder: Path) -> set[str]:
    """Return the segments that a generation is laid out over, as far as its manifest tells.

    It may be damaged, or written by another version. Raises OSError where it cannot be read now.
    """
    try:
        record = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return set()
    segments = record.get("segments") if isinstance(record, dict) else None
    return set(segments) if isinstance(segments, dict) else set()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Store the manifest of the generation in `folder`, with what vouches for its own files."""
    record = {**manifest._asdict(), "files": vouch(folder)}
    text = json.dumps({**record, "seal": seal(record)}, ensure_ascii=False, indent=1)
    with naming(folder / MANIFEST):
        (folder / MANIFEST).write_text(text, encoding="utf-8")


def segment_folders(folder: Path, manifest: Manifest) -> list[Path]:
    """Return the folders of a generation's segments, in their order."""
    return [folder.parent.parent / "segments" / name for name in manifest.segments]


def verify(folder: Path, manifest: Manifest, *, thorough: bool = False) -> None:
    """Check a generation's files against its manifest. Raises BrokenIndexError naming the first bad one."""
    segments = zip(segment_folders(folder, manifest), manifest.segments.values(), strict=True)
    vouched = [
        (home / name, entry)
        for home, files in [(folder, manifest.files), *segments]
        for name, entry in files.items()
    ]
    everything = thorough or sum(int(entry["bytes"]) for _, entry in vouched) <= _VERIFY_AT_ONCE
    for path, entry in vouched:
        reason = damage_of(path, entry, read=everything or int(entry["bytes"]) <= _SMALL)
        if reason:
            raise _broken(folder.name, f"{path.relative_to(folder.parent.parent)} {reason}")


def damage_of(path: Path, entry: Mapping[str, int | str], *, read: bool = True) -> str:
    """Return in what a file differs from what was vouched, empty where in nothing; `read` its content too."""
    try:
        actual = path.stat().st_size
        if actual != entry["bytes"]:
            return f"has {actual} bytes instead of {entry['bytes']}"
        return "has changed since it was written" if read and _checksum(path) != entry["xxh3"] else ""
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def vouch(folder: Path) -> dict[str, dict[str, int | str]]:
    """Return what vouches for the files in `folder`, the manifest apart."""
    paths = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    return {path.name: {"bytes": path.stat().st_size, "xxh3": _checksum(path)} for path in paths}


def seal(record: Mapping[str, Any]) -> str:
    """Return a checksum of what a manifest says, which is no more than that: nothing else vouches for it."""
    return xxhash.xxh3_128_hexdigest(json.dumps(record, sort_keys=True).encode())


def _broken(name: str, reason: str) -> BrokenIndexError:
    return BrokenIndexError(f"generation {name} is damaged: {reason}; run `huiwen index --full` to rebuild")


def _sound(manifest: Manifest) -> Manifest:
    """Return a manifest that says what it should; a seal is easily made. Raises what it takes to see."""
    datetime.fromisoformat(manifest.created)
    entries = [entry for files in (manifest.files, *manifest.segments.values()) for entry in files.values()]
    sizes = [entry["bytes"] for entry in entries]
    counts = [manifest.counts[name] for name in ("articles", "passages", "segments")]
    numbers = (manifest.generation, manifest.dim, manifest.passage_chars, *counts, *sizes)
    texts = (manifest.model, manifest.fingerprint, *(entry["xxh3"] for entry in entries))
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise TypeError
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    return manifest


def _checksum(path: Path) -> str:
    digest = xxhash.xxh3_128()
    with naming(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

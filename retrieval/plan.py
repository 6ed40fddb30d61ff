"""What is asked of a run of the builder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.shards import Shard


@dataclass(frozen=True, slots=True)
class Plan:
    """How an index is built."""

    data_dir: Path
    model: str
    passage_chars: int
    keep: int
    """Generations that stay on disk."""
    full: bool = False
    """Read and encode everything anew; folders that are not named again are forgotten."""
    retry: bool = False
    """Read again what could not be read, though it has not changed."""
    wait: bool = False
    """Wait for another writer to be done."""
    shard: Shard | None = None
    """The part of the files that is read; None for all."""
    inbox: Path | None = None
    """A folder of articles that is always one of those indexed, once it is there."""

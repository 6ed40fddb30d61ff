"""What was indexed here copied to the store that is set, so that its readers serve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from config import Settings, StoreSettings
from retrieval.shards import Shard

if TYPE_CHECKING:
    from retrieval.segment_writer import Progress


def writing_store(settings: Settings) -> StoreSettings:
    """Return the store as this machine writes to it: one of several writers has a name of its own."""
    shard, store = Shard.parse(settings.index.shard), settings.store
    return store if shard is None else store.changed(writer=shard.writer(store.writer))


def copy_to_store(
    store: StoreSettings,
    data_dir: Path,
    progress: Progress = lambda step, done, total: None,
    *,
    wait: bool = False,
) -> str:
    """Let the store serve what the index in `data_dir` does; return a line about it, empty where it did.

    Raises StoreError, BusyError, NoIndexError.
    """
    if not store.uri:
        return ""
    from retrieval.milvus.link import Link  # what is not used is not loaded
    from retrieval.milvus.publishing import publish

    link = Link(store)
    try:
        done = publish(link, data_dir, store.writer, progress, wait=wait)
    finally:
        link.close()
    if not done.anew:
        return ""
    return f"generation {done.generation} serves in the store at {store.uri}: {done.passages} passages copied"

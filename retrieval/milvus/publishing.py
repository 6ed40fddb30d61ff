"""Publishing to a store: what the embedded index of this machine serves becomes what readers of it serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import xxhash

from retrieval.errors import BadQueryError, BrokenIndexError
from retrieval.generation import generation_folder, published
from retrieval.layout import Layout
from retrieval.manifest import Files, Manifest, read_manifest, seal
from retrieval.milvus.copying import (
    Progress,
    Target,
    copied,
    copy_corrections,
    copy_segment,
    remove_stratum,
    strata_of,
)
from retrieval.milvus.heads import Head, Stratum, read_heads, remove_heads, write_head
from retrieval.milvus.link import Link
from retrieval.milvus.packing import array_text
from retrieval.milvus.schema import COLLECTIONS, ROWS, ensure, epoch_of
from retrieval.milvus.segment_reader import FIELDS
from retrieval.serving import Serving, find_serving
from retrieval.storing import load_array
from retrieval.writer_lock import writing

if TYPE_CHECKING:
    from retrieval.places import Places

_PART = re.compile(r"(?P<name>.+)-\d+-of-(?P<of>\d+)")
_HEADS = 20  # of a writer that are kept at most
_MOST = 2**30  # of a stratum's number: with 32 bits for the row it stays well within 64


@dataclass(frozen=True, slots=True)
class Published:
    """What a run copied."""

    generation: int
    copied: int
    """Segments."""
    passages: int
    """In these."""
    anew: bool
    """Whether there was anything to publish."""


def publish(
    link: Link,
    data_dir: Path,
    writer: str = "main",
    progress: Progress = lambda step, done, total: None,
    *,
    wait: bool = False,
) -> Published:
    """Let readers of the store serve what the index in `data_dir` serves, if they do not yet.

    Whatever fails, they serve what they served before, and the next run goes on. `writer` tells apart who
    writes to the same store. Raises StoreError, BusyError, NoIndexError, BrokenIndexError.
    """
    with writing(data_dir, wait=wait):
        serving = find_serving(data_dir)
        with serving.lease:
            return _publish(link, data_dir, serving, writer, progress)


def _publish(link: Link, data_dir: Path, serving: Serving, writer: str, progress: Progress) -> Published:
    manifest = serving.manifest
    there = read_heads(link)
    _require_same_parts(writer, {head.writer for head in there})
    heads = [head for head in there if head.writer == writer]
    words = link.has_bm25
    epoch = epoch_of(manifest.fingerprint, manifest.dim, words)
    target = Target(link, epoch, manifest.dim, words, writer)
    last = heads[-1] if heads else None
    same = last is not None and (last.generation, last.created, last.epoch, last.rows) == (
        manifest.generation,
        manifest.created,
        epoch,
        ROWS,
    )
    if same:
        return Published(manifest.generation, 0, 0, False)
    ensure(link, epoch, manifest.dim, words)
    layout = Layout.open(serving.folder, serving.segments())
    strata: list[Stratum] = []
    made = passages = 0
    left = _gone(layout.articles)
    for folder, files, rows in zip(layout.folders, manifest.segments.values(), left, strict=True):
        number = _stratum_of(files, writer)
        stratum = copied(target, number)
        if stratum is None:
            stratum = copy_segment(target, folder, number, progress)
            made += 1
            passages += stratum.passages
        strata.append(Stratum(number, stratum.buckets, tuple(rows.tolist()), stratum.passages))
    publication = last.number + 1 if last else 1
    gone = [(folder, rows) for folder, rows in zip(layout.folders, left, strict=True) if len(rows)]
    if gone:
        of: dict[str, int | str] = {"publication": publication, "of": manifest.created}
        strata.append(copy_corrections(target, _stratum_of({"corrections": of}, writer), gone))
    head = _head(serving, layout, target, publication, strata)
    write_head(link, head)
    _tidy(target, data_dir, [*heads, head])
    return Published(manifest.generation, made, passages, True)


def _head(serving: Serving, layout: Layout, target: Target, number: int, strata: Sequence[Stratum]) -> Head:
    manifest = serving.manifest
    mean, deviation = load_array(serving.folder / "scale.npy").tolist()
    return Head(
        target.writer,
        number,
        ROWS,
        target.epoch,
        target.words,
        manifest.generation,
        manifest.created,
        manifest.model,
        manifest.fingerprint,
        manifest.dim,
        layout.articles.size,
        layout.passages.size,
        _sizes(layout),
        tuple(strata),
        array_text(load_array(serving.folder / "common.npy")),
        (mean, deviation),
    )


def _sizes(layout: Layout) -> Mapping[str, tuple[int, int]]:
    """Return by field how many documents there are and how many terms they have together."""
    sizes = {}
    for field in FIELDS:
        places = layout.articles if field == "headings" else layout.passages
        lengths = places.gather([load_array(folder / f"{field}.lengths.npy") for folder in layout.folders])
        sizes[field] = (places.size, int(lengths.sum()))
    return sizes


def _gone(articles: Places) -> list[npt.NDArray[np.int64]]:
    """Return of each segment the rows of the articles that the generation does not have."""
    return [np.flatnonzero(numbers < 0) for numbers in articles.numbers]


def _stratum_of(files: Files, writer: str) -> int:
    """Return the number that rows of the same content by the same writer always have."""
    told = f"{ROWS} {writer} {seal({'files': files})}"
    return int(xxhash.xxh3_64_intdigest(told.encode()) % _MOST) + 1


def _require_same_parts(writer: str, writers: Iterable[str]) -> None:
    """Raise BadQueryError where an archive is also written in other parts: articles would be there twice."""
    ours = _PART.fullmatch(writer)
    for other in sorted(writers):
        theirs = _PART.fullmatch(other)
        same = (theirs["name"] if theirs else other) == (ours["name"] if ours else writer)
        if same and (theirs and theirs["of"]) != (ours and ours["of"]):
            raise BadQueryError(
                f"the store has what {other} wrote, and this is {writer}: all who write it must cut it into"
                " as many parts (--shard K/N); to change that, set another store.prefix"
            )


def _tidy(target: Target, data_dir: Path, heads: Sequence[Head]) -> None:
    """Remove what no generation that is kept needs: heads, strata, collections of other encoders."""
    link = target.link
    kept = _kept(data_dir)
    last = heads[-1]
    needed = [
        head for head in heads if (head.generation, head.created) in kept and head.epoch == target.epoch
    ]
    needed = [*needed[-_HEADS:], last]
    remove_heads(link, [head for head in heads if head not in needed])
    used = {stratum.number for head in needed for stratum in head.strata}
    for number in strata_of(target):
        if number not in used:
            remove_stratum(target, number)
    # What another writer has just begun has no head yet; only what was ours and is nobody's now can go.
    former = {head.epoch for head in heads} - {head.epoch for head in read_heads(link)}
    unused = {link.name(epoch, name) for epoch in former for name in COLLECTIONS}
    for name in unused.intersection(link.collections()):
        link.run("drop_collection", name)


def _kept(data_dir: Path) -> set[tuple[int, str]]:
    """Return number and time of the generations that are on disk, which may be gone back to."""
    kept = set()
    for number in published(data_dir):
        try:
            manifest: Manifest = read_manifest(generation_folder(data_dir, number))
        except BrokenIndexError:
            continue
        kept.add((number, manifest.created))
    return kept

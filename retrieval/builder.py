"""Keeping the index up with folders of articles: what is new, changed or gone makes a new generation."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings import Encoder
from retrieval.catalog import Catalog, Problem
from retrieval.errors import BadQueryError, BrokenIndexError, BusyError, NothingToIndexError
from retrieval.generation import (
    Manifest,
    current_generation,
    generation_folder,
    prune,
    publish,
    published,
    read_manifest,
    start_building,
    verify,
)
from retrieval.reading import KINDS
from retrieval.scan import Scan, printable, scan
from retrieval.writer import Known, Progress, Written, describe_generation, write_generation


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


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of the builder did."""

    generation: int
    """The one that serves now."""
    published: bool
    articles: int
    passages: int
    added: int
    changed: int
    removed: int
    unchanged: int
    failed: int
    """These five count files."""
    encoded: int
    reused: int
    """These two count passages."""
    seconds: float
    problems: tuple[Problem, ...]


def build(
    plan: Plan, paths: Sequence[Path], encoder: Encoder, progress: Progress = lambda step, done, total: None
) -> Report:
    """Bring the index up to date, and publish a generation if anything changed.

    `paths` are folders or files; they are remembered, so that later runs need not name them. Raises
    BusyError, BadQueryError (no such path, everything gone), NothingToIndexError and OSError; in every case
    the generation that served goes on serving.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise BadQueryError(f"{path}: no such file or folder; name a folder that holds articles")
    plan.data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(plan.data_dir / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"another huiwen is writing the index in {plan.data_dir}; try again when it is done"
        ) from None
    try:
        return _build(plan, paths, encoder, progress)
    finally:
        lock.release()


def _build(plan: Plan, paths: Sequence[Path], encoder: Encoder, progress: Progress) -> Report:
    started = time.perf_counter()
    with ExitStack() as stack:
        serving = None if plan.full else _serving(plan.data_dir)
        old = stack.enter_context(closing(Catalog.open(serving[0]))) if serving else None
        # Without "..": one folder under two names would hold every article twice.
        roots = {os.path.abspath(path) for path in paths}
        if old is not None:
            roots |= set(old.roots())
        elif not roots:
            roots = set(_remembered_roots(plan.data_dir))
        if not roots:
            raise BadQueryError("no folder of articles was named yet; run `huiwen index FOLDER`")
        found = scan(sorted(roots), old, progress)
        _refuse_emptiness(found, sorted(roots), serving[1] if serving else None)
        reusable = serving is not None and _same_vectors(serving[1], plan, encoder)
        if serving is not None and old is not None and reusable and _unchanged(found, old, roots):
            counts = serving[1].counts
            return _report(
                serving[1].generation, False, counts["articles"], counts["passages"], 0, found, started
            )
        known = Known.open(serving[0], encoder.dim) if serving is not None and reusable else None
        number, written = _write(plan, found, sorted(roots), encoder, known, progress)
    prune(plan.data_dir, plan.keep)
    return _report(number, True, written.articles, written.passages, written.encoded, found, started)


def _write(
    plan: Plan, found: Scan, roots: Sequence[str], encoder: Encoder, known: Known | None, progress: Progress
) -> tuple[int, Written]:
    """Write and publish a generation; return its number and what is in it."""
    building = start_building(plan.data_dir)
    try:
        with closing(Catalog.create(building)) as catalog:
            catalog.add_sources(found.files, found.problems, roots)
            written = write_generation(
                building,
                catalog,
                found.articles,
                encoder,
                passage_chars=plan.passage_chars,
                known=known,
                progress=progress,
            )
        number = max([0, *published(plan.data_dir)]) + 1
        manifest = describe_generation(number, plan.model, encoder, plan.passage_chars, written)
        publish(plan.data_dir, building, manifest)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)  # a full disk has room again
        raise
    return number, written


def _serving(data_dir: Path) -> tuple[Path, Manifest] | None:
    """Return the serving generation, None where there is none that can be built upon."""
    with suppress(BrokenIndexError):
        number = current_generation(data_dir)
        if number is not None:
            folder = generation_folder(data_dir, number)
            manifest = read_manifest(folder)
            verify(folder, manifest)
            return folder, manifest
    return None


def _remembered_roots(data_dir: Path) -> list[str]:
    """Return the roots of the newest generation that can tell them, be it damaged elsewhere."""
    for number in reversed(published(data_dir)):
        with (
            suppress(sqlite3.Error),
            closing(Catalog.open(generation_folder(data_dir, number))) as catalog,
        ):
            return catalog.roots()
    return []


def _refuse_emptiness(found: Scan, roots: Sequence[str], serving: Manifest | None) -> None:
    if found.articles:
        return
    where = ", ".join(map(printable, roots))
    reasons = "".join(f"\n{problem.file}: {problem.reason}" for problem in found.problems)
    if serving is not None and serving.counts["articles"]:
        raise BadQueryError(
            f"none of the {serving.counts['articles']} indexed articles is left in {where}; the index stays"
            f" as it is. If they are meant to go, name the new folder: `huiwen index --full FOLDER`{reasons}"
        )
    raise NothingToIndexError(f"no articles in {where}; put {KINDS} files there{reasons}")


def _same_vectors(manifest: Manifest, plan: Plan, encoder: Encoder) -> bool:
    return (manifest.fingerprint, manifest.passage_chars) == (encoder.fingerprint, plan.passage_chars)


def _unchanged(found: Scan, old: Catalog, roots: set[str]) -> bool:
    same_files = {file.path: file.digest for file in found.files} == {
        file.path: file.digest for file in old.files().values()
    }
    return same_files and list(found.problems) == old.problems() and roots == set(old.roots())


def _report(
    generation: int, published: bool, articles: int, passages: int, encoded: int, found: Scan, started: float
) -> Report:
    return Report(
        generation=generation,
        published=published,
        articles=articles,
        passages=passages,
        added=found.added,
        changed=found.changed,
        removed=found.removed,
        unchanged=found.unchanged,
        failed=len({problem.file for problem in found.problems}),
        encoded=encoded,
        reused=passages - encoded,
        seconds=round(time.perf_counter() - started, 3),
        problems=found.problems,
    )

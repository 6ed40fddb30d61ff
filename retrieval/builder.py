"""Keeping the index up with folders of articles: what is new, changed or gone makes a new generation."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import Encoder, load_ahead
from retrieval.encoded import forget_encoded
from retrieval.errors import BadQueryError, BrokenIndexError, NoIndexError, NothingToIndexError
from retrieval.generation import prune
from retrieval.manifest import Manifest
from retrieval.plan import Plan
from retrieval.scan import Counts, Scan, look, printable, read
from retrieval.serving import Serving, find_serving, remembered_roots
from retrieval.sources import FILE_NAME, Problem, Sources
from retrieval.storing import naming_table
from retrieval.wording import Wordings
from retrieval.writer_lock import writing

if TYPE_CHECKING:
    from retrieval.segment_writer import Progress

__all__ = ["Plan", "Report", "build"]


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
    moved: int
    removed: int
    unchanged: int
    failed: int
    """These six count files."""
    encoded: int
    reused: int
    """These two count passages."""
    seconds: float
    problems: tuple[Problem, ...] = field(default=())


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
    with writing(plan.data_dir, wait=plan.wait):
        return _build(plan, paths, encoder, progress)


def _build(plan: Plan, paths: Sequence[Path], encoder: Encoder, progress: Progress) -> Report:
    started = time.perf_counter()
    with ExitStack() as stack:
        serving = None if plan.full else _serving(plan.data_dir)
        old = None
        if serving is not None:
            stack.enter_context(closing(serving.lease))
            stack.enter_context(naming_table(serving.folder / FILE_NAME))
            old = stack.enter_context(closing(Sources.open(serving.folder)))
        # Without "..": one folder under two names would hold every article twice.
        roots = {os.path.abspath(path) for path in paths}
        if old is not None:
            roots |= set(old.roots())
        elif not roots:
            roots = set(remembered_roots(plan.data_dir))
        if plan.inbox is not None and os.path.isdir(plan.inbox):
            roots.add(os.path.abspath(plan.inbox))
        if not roots:
            raise BadQueryError("no folder of articles was named yet; run `huiwen index FOLDER`")
        looked = look(sorted(roots), old, retry=plan.retry, leave_out=plan.data_dir, shard=plan.shard)
        as_it_was = (
            serving is not None
            and old is not None
            and serving.damage is None
            and _same_making(serving.manifest, plan, encoder)
            and roots == set(old.roots())
        )
        if as_it_was and serving and old and looked.finds_nothing_new(old):
            forget_encoded(plan.data_dir)
            unchanged = Counts(unchanged=old.count_holding())
            return _report(serving.manifest, False, 0, unchanged, old.problems(), started)
        wordings = stack.enter_context(closing(Wordings()))  # which loads its dictionaries
        found = read(looked, old, progress)
        _refuse_emptiness(found, sorted(roots), serving.manifest if serving else None)
        if as_it_was and serving and old and found.finds_nothing_new(old):
            return _report(serving.manifest, False, 0, found.counts, found.problems, started)
        load_ahead(encoder)  # not sooner: beside what reads SQLite row by row, each waits for the other
        from retrieval.writer import write_generation  # FAISS, which a run that finds nothing new can spare

        manifest, encoded = write_generation(plan, found, sorted(roots), encoder, serving, wordings, progress)
    prune(plan.data_dir, plan.keep)
    return _report(manifest, True, encoded, found.counts, found.problems, started)


def _serving(data_dir: Path) -> Serving | None:
    """Return the generation to build upon, None where there is none that is whole."""
    with suppress(BrokenIndexError, NoIndexError):
        return find_serving(data_dir)
    return None


def _refuse_emptiness(found: Scan, roots: Sequence[str], serving: Manifest | None) -> None:
    if found.articles:
        return
    from retrieval.reading import KINDS

    where = ", ".join(map(printable, roots))
    reasons = "".join(f"\n{problem.file}: {problem.reason}" for problem in found.problems)
    if serving is not None and serving.counts["articles"]:
        raise BadQueryError(
            f"none of the {serving.counts['articles']} indexed articles is left in {where}; the index stays"
            f" as it is. If they are meant to go, name the new folder: `huiwen index --full FOLDER`{reasons}"
        )
    raise NothingToIndexError(f"no articles in {where}; put {KINDS} files there{reasons}")


def _same_making(manifest: Manifest, plan: Plan, encoder: Encoder) -> bool:
    return (manifest.fingerprint, manifest.passage_chars) == (encoder.fingerprint, plan.passage_chars)


def _report(
    manifest: Manifest,
    published: bool,
    encoded: int,
    counts: Counts,
    problems: Sequence[Problem],
    started: float,
) -> Report:
    return Report(
        generation=manifest.generation,
        published=published,
        articles=manifest.counts["articles"],
        passages=manifest.counts["passages"],
        added=counts.added,
        changed=counts.changed,
        moved=counts.moved,
        removed=counts.removed,
        unchanged=counts.unchanged,
        failed=len({problem.file for problem in problems}),
        encoded=encoded,
        reused=manifest.counts["passages"] - encoded,
        seconds=round(time.perf_counter() - started, 3),
        problems=tuple(problems),
    )

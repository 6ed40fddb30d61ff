"""`huiwen index`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot.console import print_json, progress, say
from bot.inbox import inbox_folder
from bot.store_copying import copy_to_store, writing_store
from config import Settings
from embeddings import open_encoder
from retrieval.builder import Plan, Report, build
from retrieval.shards import Shard


def index(settings: Settings, paths: Sequence[Path], plan: Plan, *, as_json: bool) -> int:
    """Bring the index up to date and tell what changed."""
    with progress() as report_progress:
        report = build(
            plan, paths or settings.articles.paths, open_encoder(settings.embedding), report_progress
        )
        copied = copy_to_store(writing_store(settings), plan.data_dir, report_progress, wait=plan.wait)
    for problem in report.problems:
        say(f"{problem.file}: {problem.reason}")
    if as_json:
        print_json(asdict(report))
    else:
        print(summary(report))
    if copied:
        say(copied)
    return 0


def plan_of(settings: Settings, *, full: bool = False, retry: bool = False, wait: bool = False) -> Plan:
    """Return how the settings want the index built."""
    return Plan(
        data_dir=settings.data_dir,
        model=settings.embedding.model,
        passage_chars=settings.index.passage_chars,
        keep=settings.index.keep_generations,
        full=full,
        retry=retry,
        wait=wait,
        inbox=inbox_folder(settings),
        shard=Shard.parse(settings.index.shard),
    )


def summary(report: Report) -> str:
    """Return what a run did, in a line."""
    size = f"{report.articles} articles, {report.passages} passages"
    if not report.published:
        return f"nothing new; generation {report.generation} serves on ({size})"
    files = f"files: {report.added} added, {report.changed} changed, {report.removed} removed"
    if report.moved:
        files += f", {report.moved} moved"
    if report.failed:
        files += f"; {report.failed} with problems"
    if report.encoded:
        files += (
            f"; {report.encoded} passages encoded, {report.encoded / max(report.seconds, 1e-3):.0f} a second"
        )
    return f"generation {report.generation} published in {report.seconds:.1f} s: {size} ({files})"

"""Figures as a table, for the terminal and for the README."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Figures = dict[str, Any]


def markdown(results: Figures) -> str:
    """Return all figures as tables in Markdown."""
    return "\n".join(
        [*_archives(results), "", *_peers(results), "", *_vectors(results), "", _encoding(results)]
    )


def _archives(results: Figures) -> Iterator[str]:
    archives = [each["ours"] for each in results["archives"]]
    yield _row("会问", *(f"{own['passages']:,} passages" for own in archives))
    yield _rule(len(archives))
    rows = (
        ("one question in a new process, s", lambda own: f"{own['cold_s']:.2f}"),
        ("a question to an open index, ms, median and 95%", lambda own: _warm(own["warm"])),
        ("`ask --batch`, questions a second", lambda own: f"{own['batch_questions_per_s']:.0f}"),
        ("build, passages a second", lambda own: f"{own['build']['passages_per_s']:.0f}"),
        ("one article arrives, s", lambda own: f"{own['arrival_s']:.2f}"),
        ("nothing new, s", lambda own: f"{own['nothing_new_s']:.2f}"),
        ("on disk, KB a passage", lambda own: f"{own['disk_bytes_per_passage'] / 1000:.1f}"),
        ("in memory, own and mapped, MB", lambda own: _memory(own["warm"])),
        ("memory of the writer at most, MB", lambda own: f"{own['build']['peak_mb']:.0f}"),
    )
    for name, tell in rows:
        yield _row(name, *map(tell, archives))


def _peers(results: Figures) -> Iterator[str]:
    last = results["archives"][-1]
    yield _row(f"{last['ours']['passages']:,} passages", "new process, s", "open, ms", "KB a passage")
    yield _rule(3)
    for name, label in (("ours", "会问"), ("plain", "plain recipe"), ("txtai", "txtai"), ("bm25s", "bm25s")):
        own = last.get(name)
        if own is None:
            continue
        cold = f"{own['cold_s']:.2f}" if "cold_s" in own else "-"
        disk = own.get("disk_bytes_per_passage")
        yield _row(label, cold, _warm(own.get("warm", own)), f"{disk / 1000:.1f}" if disk else "-")
    other = results.get("sentence_transformers")
    if other:
        yield _row("sentence-transformers, a model of some KB", f"{other['cold_s']:.1f}", "-", "-")


def _vectors(results: Figures) -> Iterator[str]:
    yield _row("vectors", "all compared, ms", "会问, ms (recall@10)", "HNSW", "IVF", "own memory, B a vector")
    yield _rule(5)
    for own in results["vectors"]:
        others = (_found(own[name]) if name in own else "-" for name in ("hnsw", "ivf"))
        held = own["coarse"]["own_mb"] * (1 << 20) / own["size"]
        exact = f"{own['exact']['p50_ms']:.1f}"
        yield _row(f"{own['size']:,}", exact, _found(own["coarse"]), *others, f"{held:,.0f}")


def _encoding(results: Figures) -> str:
    own = results["encoding"]
    ours, package = (f"{own[f'{who}_texts_per_s']:.0f}" for who in ("ours", "package"))
    return (
        f"Texts encoded in bulk: {ours} a second; {package} by the package whose weights these are."
        f" The vectors of {own['same']:.1%} of them are the same to 1e-5; the others have runs of unknown"
        " characters, which the package takes one by one."
    )


def _found(own: Figures) -> str:
    return f"{own['p50_ms']:.1f} ({own['recall_at_10']:.3f})"


def _warm(own: Figures) -> str:
    return f"{own['p50_ms']:.1f}, {own['p95_ms']:.1f}"


def _memory(own: Figures) -> str:
    return f"{own['own_mb']:.0f} + {own['mapped_mb']:.0f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return "| --- |" + " ---: |" * columns

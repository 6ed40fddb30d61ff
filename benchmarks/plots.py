"""How figures grow, drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
_NAMES = {"ours": "huiwen", "plain": "plain recipe", "bm25s": "bm25s", "txtai": "txtai"}


def draw(results: Figures, folder: Path) -> None:
    """Write growth.png and growth.svg into `folder`."""
    import matplotlib as library

    library.use("Agg")
    from matplotlib import pyplot

    library.rcParams.update({"svg.hashsalt": "huiwen", "font.size": 9})
    figure, grid = pyplot.subplots(2, 2, figsize=(10, 7), constrained_layout=True)
    archives, vectors = results["archives"], results["vectors"]
    panels: Sequence[tuple[Any, str, str, Callable[[Figures], Any]]] = (
        (grid[0][0], "One question in a new process", "seconds", lambda own: own["cold_s"]),
        (grid[0][1], "A question to an open index", "milliseconds, median", _warm),
        (grid[1][0], "On disk", "bytes a passage", lambda own: own["disk_bytes_per_passage"]),
    )
    for axes, title, unit, take in panels:
        for name, label in _NAMES.items():
            points = [(own["ours"]["passages"], _or_none(take, own.get(name))) for own in archives]
            _line(axes, [point for point in points if point[1] is not None], label)
        _label(axes, title, "passages", unit)
    axes = grid[1][1]
    for name, label in (("exact", "all compared"), ("coarse", "huiwen"), ("hnsw", "HNSW"), ("ivf", "IVF")):
        found = [(own["size"], own[name]["p50_ms"]) for own in vectors if name in own]
        worst = min((own[name]["recall_at_10"] for own in vectors if name in own), default=0)
        _line(axes, found, f"{label}, recall@10 from {worst:.3f}")
    _label(axes, "Vector search alone, one core", "vectors", "milliseconds, median")
    figure.suptitle(f"{results['date']} · {results['machine']}", fontsize=8)
    for ending in ("png", "svg"):
        figure.savefig(
            folder / f"growth.{ending}", dpi=110, metadata={"Date": None} if ending == "svg" else {}
        )


def _warm(own: Figures) -> float:
    return float(own.get("warm", own)["p50_ms"])


def _or_none(take: Callable[[Figures], Any], own: Figures | None) -> float | None:
    try:
        return None if own is None else float(take(own))
    except KeyError:
        return None


def _line(axes: Any, points: Sequence[tuple[float, Any]], label: str) -> None:  # noqa: ANN401
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", label=label)


def _label(axes: Any, title: str, x: str, y: str) -> None:  # noqa: ANN401
    axes.set(title=title, xlabel=x, ylabel=y, xscale="log")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)

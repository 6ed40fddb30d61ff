"""Scores as tables in Markdown, to be read in a terminal and put into a README as they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len, set_cell_size

from retrieval.calibration import Bin
from retrieval.evaluation import Scores

_ORDER = {
    "recall_at_1": "R@1",
    "recall_at_5": "R@5",
    "mrr_at_10": "MRR@10",
    "ndcg_at_10": "nDCG@10",
}
_CONFIDENCE = {
    "answered": "answered",
    "wrongly_answered": "wrongly",
    "auroc": "AUROC",
    "calibration_error": "ECE",
    "marked": "marked",
}


def order_table(scores: Mapping[str, Scores]) -> str:
    """Return how well the right articles are placed, with the half of each 95% interval."""
    rows = ((group, str(row.questions), *_figures(row, _ORDER)) for group, row in scores.items())
    return _table(["", "questions", *_ORDER.values()], rows)


def confidence_table(scores: Mapping[str, Scores]) -> str:
    """Return how well confidence tells right from wrong, what is marked, and how long a question takes."""
    rows = (
        (group, *_figures(row, _CONFIDENCE), f"{row.p50_ms:.1f}", f"{row.p95_ms:.1f}")
        for group, row in scores.items()
    )
    return _table(["", *_CONFIDENCE.values(), "p50 ms", "p95 ms"], rows)


def reliability_table(bins: Iterable[Bin]) -> str:
    """Return what was claimed and what was right, by confidence."""
    names = ["confidence", "answers", "mean", "right"]
    return _table(names, (_reliability_row(part) for part in bins))


def ablation_table(ablation: Mapping[str, Mapping[str, float]]) -> str:
    """Return R@1 by variant, a column a group of questions."""
    groups = list(next(iter(ablation.values())))
    rows = ((name, *(_share(row[group]) for group in groups)) for name, row in ablation.items())
    return _table(["R@1", *groups], rows)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, *rows]
    widths = [max(3, *map(cell_len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(set_cell_size(*cell) for cell in zip(line, widths, strict=True))} |" for line in lines
    )


def _reliability_row(part: Bin) -> Sequence[str]:
    between = f"{_share(part.low)} to {_share(part.high)}"
    return between, str(part.answers), _share(part.confidence), _share(part.right)


def _figures(row: Scores, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        figure = _share(getattr(row, name))
        low, high = row.intervals.get(name, (math.nan, math.nan))
        yield figure if math.isnan(low) else f"{figure} ±{_share((high - low) / 2)}"


def _share(figure: float) -> str:
    """Return a share as tables print it: .960, 1.000, or – where there is none."""
    if math.isnan(figure):
        return "–"
    return f"{figure:.3f}".removeprefix("0")

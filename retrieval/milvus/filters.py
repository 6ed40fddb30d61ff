"""What a server is to look among, as its filters say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.milvus.days import listed
from retrieval.milvus.heads import Head
from retrieval.milvus.keys import SHIFT

_IN_LIST = 5000  # numbers in one condition


@dataclass(frozen=True, slots=True)
class Filters:
    """What a server is to look among."""

    strata: str
    """Rows of strata that serve."""
    passages: str
    """Passages and sentences that serve."""
    articles: str
    """Articles that serve."""


def filters(heads: Sequence[Head]) -> Filters:
    """Return the filters of what serves."""
    serving = [stratum for head in heads for stratum in head.strata]
    strata = f"stratum in {listed([one.number for one in serving if one.passages])}"
    gone = [stratum.number << SHIFT | row for stratum in serving for row in stratum.gone]
    parts = [listed(gone[start : start + _IN_LIST]) for start in range(0, len(gone), _IN_LIST)]
    passages, articles = (
        " and ".join([strata, *(f"{field} not in {part}" for part in parts)])
        for field in ("article", "number")
    )
    return Filters(strata, passages, articles)

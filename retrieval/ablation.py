"""What each score of a passage earns: the order of the same candidates with one left out, or one alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from retrieval.embedded_store import EmbeddedStore
from retrieval.finder import Candidates, Finder
from retrieval.fusion import FEATURES, FITTED, Fusions
from retrieval.queries import Query, grouped

_ALONE = ("units", "paragraph", "words", "bigrams")  # what could be a search of its own


def ablate(
    queries: Sequence[Query],
    store: EmbeddedStore,
    fusions: Fusions = FITTED,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, dict[str, float]]:
    """Return R@1 by variant of the fusion and by group of questions.

    The candidates are found in every way each time; only their order differs. Questions that no article
    answers are left out.
    """
    queries = [query for query in queries if query.relevant]
    variants = {"whole": fusions} | {f"without {name}": fusions.without(name) for name in FEATURES}
    finder = Finder.over(store.whole, store)
    rows: list[Mapping[str, bool]] = []
    for done, query in enumerate(queries, start=1):
        asked = finder.understand(query.text)
        found = finder.find(asked)
        scores = {name: half.of(asked.chinese).score(found.features) for name, half in variants.items()}
        scores |= {f"{name} alone": found.features[:, FEATURES.index(name)] for name in _ALONE}
        relevant = np.asarray(store.articles.numbers(query.relevant), np.int64)
        rows.append({name: _first_is_right(found, column, relevant) for name, column in scores.items()})
        progress(done)
    names = [*variants, *(f"{name} alone" for name in _ALONE)]
    groups = grouped(queries)
    return {
        name: {group: float(np.mean([rows[n][name] for n in numbers])) for group, numbers in groups.items()}
        for name in names
    }


def _first_is_right(
    found: Candidates, scores: npt.NDArray[np.float32], relevant: npt.NDArray[np.int64]
) -> bool:
    if not len(scores):
        return False
    return bool(np.isin(found.owners[np.argmax(scores)], relevant))

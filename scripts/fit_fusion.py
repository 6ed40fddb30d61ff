"""Fit the weights of `retrieval/fusion.py` and its confidence on sets of questions with known answers.

    python scripts/fit_fusion.py WORK_DIR SET_DIR...

Each SET_DIR holds corpus.jsonl and queries.jsonl as for `huiwen eval`; their indexes are kept in WORK_DIR.
Every question is asked twice: as it is, and with the articles that answer it left out, so that confidence
learns what a question without an answer looks like. Prints the values to be written into fusion.py, and how
well they do on the half of the questions (by a hash of the id) that they were not fitted on.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from config import EmbeddingSettings
from embeddings import Encoder, open_encoder
from retrieval.builder import Plan, build
from retrieval.fusion import FEATURES, evidence
from retrieval.queries import read_queries
from retrieval.searcher import Searcher

_STEPS = 600
_RATE = 0.03
_PULL = 1e-3  # towards zero, so that a feature that does not help stays out
_CROWDS = (0, 1, 3, 6, 20)  # other articles left in, for confidence to be right in small archives too
_EVERY = 3  # so many questions are asked of a small archive
_ANY_SIGN = {"length"}  # every other score can only speak for a passage

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One question's candidates."""

    group: str
    fold: int
    chinese: bool
    crowded: bool
    """Whether all the other articles were there."""
    features: Floats
    right: npt.NDArray[np.bool_]
    owners: npt.NDArray[np.int32]


def main(arguments: Sequence[str]) -> None:
    """Gather, fit, print."""
    work, *sets = map(Path, arguments)
    encoder = open_encoder(EmbeddingSettings())
    samples = [sample for folder in sets for sample in gather(work, folder, encoder)]
    for chinese in (True, False):
        own = [sample for sample in samples if sample.chinese == chinese]
        held_out = fit_weights([sample for sample in own if sample.fold == 0])
        weights = fit_weights(own)
        curve = fit_confidence(own, weights)
        print("CHINESE" if chinese else "FOREIGN")
        print("  weights   ", dict(zip(FEATURES, weights.round(3).tolist(), strict=True)))
        print("  confidence", curve.round(3).tolist())
        test = [sample for sample in own if sample.fold == 1 and sample.crowded]
        small = [sample for sample in own if sample.fold == 1 and not sample.crowded]
        print(f"  small archives: AUROC {auroc(small, weights, curve):.3f}")
        for group in sorted({sample.group for sample in own}):
            part = [sample for sample in test if sample.group == group]
            found = [sample for sample in part if len(sample.right)]
            recall = np.mean([first_is_right(sample, held_out) for sample in found if sample.right.any()])
            print(f"  {group}: R@1 among the found {recall:.3f}, AUROC {auroc(part, weights, curve):.3f}")


def gather(work: Path, folder: Path, encoder: Encoder) -> list[Sample]:
    """Return the candidates of every question of a set, with and without the articles that answer it."""
    plan = Plan(work / folder.name, "use-multilingual-v3", 600, keep=1)
    build(plan, [folder / "corpus.jsonl"], encoder)
    searcher = Searcher.open(plan.data_dir, encoder)
    shown = {article.id: number for number, article in enumerate(searcher.catalog.articles())}
    titles = [article.title or article.id for article in searcher.catalog.articles()]
    titled: dict[str, list[int]] = {}
    for number, title in enumerate(titles):
        titled.setdefault(title, []).append(number)
    samples: list[Sample] = []
    rng = np.random.default_rng(0)
    for query in read_queries(folder / "queries.jsonl"):
        asked = searcher.finder.understand(query.text)
        answers = filter(None, map(searcher.catalog.article, query.relevant))
        relevant = [shown[article.id] for article in answers]
        right = np.isin(searcher.finder.owners, relevant)
        # Parts of one article are articles of their own in some sets; without an answer means without all.
        about = np.isin(searcher.finder.owners, [n for number in relevant for n in titled[titles[number]]])
        masks = [None, ~(right | about)]
        if zlib.crc32(query.id.encode()) % _EVERY == 0:
            crowd = rng.choice(len(titles), 1 + rng.choice(_CROWDS), replace=False)
            masks += [
                right | np.isin(searcher.finder.owners, crowd[1:]),
                ~about & np.isin(searcher.finder.owners, crowd),
            ]
        for number, allowed in enumerate(masks):
            found = searcher.finder.find(asked, allowed)
            samples.append(
                Sample(
                    group=f"{folder.name}/{query.lang}",
                    fold=zlib.crc32(query.id.split("@")[0].encode()) % 2,
                    chinese=asked.chinese,
                    crowded=number < 2,
                    features=found.features.astype(np.float64),
                    right=right[found.numbers],
                    owners=found.owners,
                )
            )
    return samples


def fit_weights(samples: Sequence[Sample]) -> Floats:
    """Return weights (features,) under which a right passage stands first (softmax over the candidates)."""
    useful = [s for s in samples if s.crowded and s.right.any() and not s.right.all()]
    importance = _importance(useful)
    bound = np.array([name not in _ANY_SIGN for name in FEATURES])
    lengths = np.array([len(sample.right) for sample in useful])
    starts = np.cumsum(lengths) - lengths
    features = np.concatenate([sample.features for sample in useful])
    right = np.concatenate([sample.right for sample in useful])
    owner = np.repeat(np.arange(len(useful)), lengths)

    def gradient(weights: Floats) -> Floats:
        scores: Floats = features @ weights
        scores -= np.maximum.reduceat(scores, starts)[owner]
        grown = np.exp(scores)
        share = grown / np.add.reduceat(grown, starts)[owner]
        aimed = grown * right
        aimed /= np.add.reduceat(aimed, starts)[owner]
        return np.asarray(features.T @ ((share - aimed) * importance[owner]) + _PULL * weights)

    start = np.where(bound, 5.0, 0.0)
    weights = _descend(start, gradient, lambda w: np.where(bound, np.maximum(w, 0), w))
    return np.asarray(weights / weights[0])


def fit_confidence(samples: Sequence[Sample], weights: Floats) -> Floats:
    """Return the logistic curve, as of `fusion.evidence`, from a question's first passage to being right."""
    samples = [sample for sample in samples if len(sample.right)]
    rows = np.array([_first(sample, weights) for sample in samples])
    right = np.array([first_is_right(sample, weights) for sample in samples])
    importance = _importance(samples)

    def gradient(curve: Floats) -> Floats:
        wrong_by = 1 / (1 + np.exp(-np.clip(rows @ curve, -30, 30))) - right
        return np.asarray(rows.T @ (wrong_by * importance) + _PULL * 0.1 * curve)

    return _descend(np.zeros(rows.shape[1]), gradient, lambda curve: curve, steps=5 * _STEPS)


def first_is_right(sample: Sample, weights: Floats) -> bool:
    """Tell whether the passage that stands first answers."""
    return bool(sample.right[np.argmax(sample.features @ weights)])


def auroc(samples: Sequence[Sample], weights: Floats, curve: Floats) -> float:
    """Return how well confidence tells questions with an answer from those without, as an area."""
    logits = np.array([np.dot(curve, _first(s, weights)) for s in samples if len(s.right)])
    has_answer = np.array([s.right.any() for s in samples if len(s.right)])
    order = logits.argsort().argsort() + 1
    positive = has_answer.sum()
    area = order[has_answer].sum() - positive * (positive + 1) / 2
    return float(area / max(positive * (~has_answer).sum(), 1))


def _importance(samples: Sequence[Sample]) -> Floats:
    """Return what each sample counts, 1 in all, so that large sets do not drown the small ones."""
    sizes = Counter(sample.group for sample in samples)
    counts = np.array([1 / np.sqrt(sizes[sample.group]) for sample in samples])
    return np.asarray(counts / counts.sum())


def _first(sample: Sample, weights: Floats) -> list[float]:
    scores = sample.features @ weights
    best = int(np.argmax(scores))
    others = scores[sample.owners != sample.owners[best]]
    lead = float(scores[best] - others.max()) if len(others) else None
    return evidence(sample.features[best], lead)


def _descend(
    start: Floats,
    gradient: Callable[[Floats], Floats],
    project: Callable[[Floats], Floats],
    steps: int = _STEPS,
) -> Floats:
    """Minimise by Adam (Kingma and Ba 2015) with a projection after every step."""
    point, mean, spread = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, steps + 1):
        slope = gradient(point)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        move = (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-9)
        point = project(point - _RATE * 3 * move)
    return point


if __name__ == "__main__":
    main(sys.argv[1:])

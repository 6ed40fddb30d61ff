"""Fit the weights of `retrieval/fusion.py` and its confidence on sets of questions with known answers.

    python scripts/fit_fusion.py WORK_DIR SET_DIR...

Each SET_DIR holds corpus.jsonl and queries.jsonl as for `huiwen eval`; their indexes are kept in WORK_DIR.
Every question is asked twice: as it is, and with the articles that answer it left out, so that confidence
learns what a question without an answer looks like; and a second time with the articles of one title made
paragraphs of one article, where one of them answers. Prints the values to be written into fusion.py, and how
well they do on the half of the questions (by a hash of the id) that they were not fitted on.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from config import EmbeddingSettings
from embeddings import Encoder, open_encoder
from retrieval.builder import Plan, build
from retrieval.embedded_store import EmbeddedStore
from retrieval.finder import Finder
from retrieval.fusion import FEATURES, Margin, evidence
from retrieval.periods import period_in
from retrieval.queries import place, read_queries

_STEPS = 600
_RATE = 0.03
_PULL = 1e-3  # towards zero, so that a feature that does not help stays out
_CROWDS = (0, 0, 1, 3, 6, 20)  # other articles left in, for confidence to be right in small archives too
_EVERY = 3  # so many questions are asked of a small archive
_ANY_SIGN = {"length"}  # every other score can only speak for a passage, or against it
_AGAINST = {"lacks"}
# What these sets cannot teach, against the weight of "units": they hardly ask for names, for words of
# somebody or for days, nearly all their paragraphs have figures and are long, and headlines in Latin letters
# are not those of newspapers. BM25 and what the article has are alike where an article has one paragraph.
_BY_HAND = {
    True: {"names": 0.5, "words": 0.3, "length": 0.04, "kind": 0.4, "time": 0.3},
    False: {"names": 0.5, "headings": 0.3, "article": 0.2, "length": 0.01, "kind": 0.3, "time": 0.3},
}
_SURE_BY_HAND = {"names": 1.0, "kind": 1.5, "time": 0.0}
_TODAY = date(2026, 1, 1)  # from which "last year" is counted

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
    samples = [
        sample for folder in sets for join in (False, True) for sample in gather(work, folder, encoder, join)
    ]
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


def gather(work: Path, folder: Path, encoder: Encoder, join: bool) -> list[Sample]:
    """Return the candidates of every question of a set, with and without the articles that answer it."""
    corpus, places = joined(work, folder) if join else (folder / "corpus.jsonl", {})
    if join and not places:
        return []
    name = folder.name + ("-joined" if join else "")
    plan = Plan(work / name, "use-multilingual-v3", 600, keep=1)
    build(plan, [corpus], encoder)
    store = EmbeddedStore.open(plan.data_dir, encoder)
    finder, catalog = Finder.over(store.whole, store), store.articles
    numbers = {article.id: number for number, article in enumerate(catalog.articles())}
    paragraphs = np.array([p.paragraph for p, _ in catalog.passages(range(len(finder.owners)))])
    samples: list[Sample] = []
    rng = np.random.default_rng(0)
    queries = read_queries(folder / "queries.jsonl")
    for query in queries if join else place(queries, catalog)[0]:
        if join:
            answers = [places[article] for article in query.relevant]
            about = np.isin(finder.owners, [numbers[article] for article, _ in answers])
            right = np.zeros(len(about), np.bool_)
            for article, paragraph in answers:
                right |= (finder.owners == numbers[article]) & (paragraphs == paragraph)
        else:
            right = np.isin(finder.owners, catalog.numbers(query.relevant))
            about = right | np.isin(finder.owners, catalog.numbers(query.about))
        masks = [None, ~about]
        if zlib.crc32(query.id.encode()) % _EVERY == 0:
            crowd = rng.choice(len(numbers), 1 + rng.choice(_CROWDS), replace=False)
            others, fewer = (np.isin(finder.owners, part) & ~about for part in (crowd, crowd[1:]))
            masks += [fewer | (about if join else right), others]
        asked = finder.understand(query.text)
        period = period_in(query.text, _TODAY)
        of_time = store.times.score(period) if period else None
        for number, allowed in enumerate(masks):
            if allowed is not None and not allowed.any():
                continue
            found = finder.find(asked, allowed, of_time)
            samples.append(
                Sample(
                    group=f"{name}/{query.lang}",
                    fold=zlib.crc32(query.id.split("@")[0].encode()) % 2,
                    chinese=asked.chinese,
                    crowded=number < 2,
                    features=found.features.astype(np.float64),
                    right=right[found.numbers],
                    owners=found.owners,
                )
            )
    return samples


def joined(work: Path, folder: Path) -> tuple[Path, dict[str, tuple[str, int]]]:
    """Write a corpus in which the records of one title are paragraphs of one article.

    Return its path and, by the ids of the records, article and paragraph; nothing where no title is shared.
    """
    by_title: dict[str, list[dict[str, str]]] = {}
    for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        by_title.setdefault(record.get("title") or record["id"], []).append(record)
    path = work / f"{folder.name}-joined.jsonl"
    places: dict[str, tuple[str, int]] = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for title, records in by_title.items():
            texts = [" ".join(record["text"].split()) for record in records]
            places |= {record["id"]: (title, number) for number, record in enumerate(records, start=1)}
            article = {"id": title, "title": records[0].get("title", ""), "paragraphs": texts}
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return path, places if len(by_title) < len(places) else {}


def fit_weights(samples: Sequence[Sample]) -> Floats:
    """Return weights (features,) under which a right passage stands first (softmax over the candidates)."""
    useful = [s for s in samples if s.crowded and s.right.any() and not s.right.all()]
    by_hand = _BY_HAND[useful[0].chinese]
    fixed = np.array([by_hand.get(name, np.nan) for name in FEATURES])
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

    against = np.array([name in _AGAINST for name in FEATURES])

    def allow(weights: Floats) -> Floats:
        weights = np.where(against, np.minimum(weights, 0), np.where(bound, np.maximum(weights, 0), weights))
        return np.where(np.isnan(fixed), weights, fixed * weights[0])

    weights = _descend(allow(np.where(bound, 5.0, 0.0)), gradient, allow)
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

    fixed = np.full(rows.shape[1], np.nan)
    for name, value in _SURE_BY_HAND.items():
        fixed[1 + FEATURES.index(name)] = value

    def allow(curve: Floats) -> Floats:
        return np.where(np.isnan(fixed), curve, fixed)

    return _descend(allow(np.zeros(len(fixed))), gradient, allow, steps=5 * _STEPS)


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
    return evidence(sample.features[int(np.argmax(scores))], Margin.of(scores, sample.owners))


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

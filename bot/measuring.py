"""`huiwen eval`."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.console import print_json, progress, say
from bot.score_tables import ablation_table, confidence_table, order_table, reliability_table
from bot.store_copying import copy_to_store
from config import Settings
from embeddings import EmbeddingError, open_encoder, open_reranker
from retrieval.ablation import ablate
from retrieval.builder import Plan, Report, build
from retrieval.embedded_store import EmbeddedStore
from retrieval.errors import BadQueryError
from retrieval.evaluation import Scores, evaluate
from retrieval.fusion import FITTED
from retrieval.opening import open_source
from retrieval.queries import Query, place, read_queries
from retrieval.searcher import Searcher
from retrieval.segment_writer import Progress

_NAMES = {
    "questions": "questions",
    "recall_at_1": "R@1",
    "recall_at_5": "R@5",
    "mrr_at_10": "MRR@10",
    "ndcg_at_10": "nDCG@10",
    "answered": "answered",
    "ms": "ms",
    "wrongly_answered": "wrongly_answered",
    "auroc": "AUROC",
    "calibration_error": "ECE",
    "best_threshold": "best_threshold",
    "marked": "marked",
    "marked_of": "marked_of",
    "p50_ms": "p50_ms",
    "p95_ms": "p95_ms",
}
_LEGEND = """\
± half of the 95% interval. Each question is asked with the articles that answer it (answered) and without
(wrongly: answered all the same). AUROC: how surely confidence tells the two apart; ECE: how far it is from
the share of right first passages, below by confidence. Marked: the highlight has the answer that its
passage has. Milliseconds are for ten passages."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """What there is to tell of a set."""

    folder: Path
    settings: Settings
    report: Report
    scores: Mapping[str, Scores]
    unreranked: Mapping[str, Scores] | None
    """The scores without the reranker, where they were asked for."""
    ablation: Mapping[str, Mapping[str, float]] | None


def measure(
    settings: Settings,
    folder: Path,
    *,
    as_json: bool,
    ablating: bool = False,
    rerank: bool = False,
    langs: Sequence[str] = (),
) -> int:
    """Index the set's corpus beside the real index, ask its questions, print the scores by language.

    The answers are those that users get, from the reranker where one is set; with `rerank` the questions
    are asked a second time without it.
    """
    corpus = folder / "corpus.jsonl"
    if not corpus.is_file():
        raise BadQueryError(f"{folder}: needs corpus.jsonl and queries.jsonl")
    queries = _chosen(read_queries(folder / "queries.jsonl"), langs, folder / "queries.jsonl")
    encoder = open_encoder(settings.embedding)
    reranker = open_reranker(settings.search.reranker, settings.embedding)
    if rerank and reranker is None:
        raise EmbeddingError(
            "eval --rerank: there is no reranker; set search.reranker, as in HUIWEN_SEARCH__RERANKER="
            "sentence-transformers:NAME"
        )
    # Kept between runs: encoding the corpus takes far longer than asking.
    name = f"{folder.name}-{hashlib.sha256(str(corpus.absolute()).encode()).hexdigest()[:8]}"
    plan = Plan(
        settings.data_dir / "eval" / name, settings.embedding.model, settings.index.passage_chars, keep=1
    )
    with progress() as report_progress:
        report = build(plan, [corpus], encoder, report_progress)
        # On a server the set has collections of its own.
        store = settings.store.changed(prefix=f"{settings.store.prefix}_eval{name[-8:]}")
        copy_to_store(store, plan.data_dir, report_progress)
        source = open_source(plan.data_dir, store)
        searcher = Searcher(source.open(encoder), settings.search, FITTED, reranker)
        queries, unknown = place(queries, searcher.catalog)
        if unknown:
            named = ", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
            say(f"huiwen: {len(unknown)} relevant ids are not in {corpus}: {named}")
        plain = Searcher(source.open(encoder), settings.search, FITTED) if rerank else None
        measured = _Measured(
            folder,
            settings,
            report,
            scores=_evaluate(queries, searcher, report_progress),
            unreranked=_evaluate(queries, plain, report_progress) if plain else None,
            ablation=_ablate(queries, searcher, report_progress) if ablating else None,
        )
    if as_json:
        print_json(_record(measured))
    else:
        _print(measured)
    return 0


def _evaluate(
    queries: Sequence[Query], searcher: Searcher, report_progress: Progress
) -> Mapping[str, Scores]:
    searcher.ask(queries[0].text, 1)  # models are read with the first question, which is not to be timed
    return evaluate(queries, searcher.ask, lambda done: report_progress("questions", done, len(queries)))


def _ablate(
    queries: Sequence[Query], searcher: Searcher, report_progress: Progress
) -> Mapping[str, Mapping[str, float]]:
    if not isinstance(searcher.store, EmbeddedStore):
        raise BadQueryError("eval --ablate measures the embedded store; leave store.uri empty for it")
    return ablate(
        queries, searcher.store, progress=lambda done: report_progress("ablation", done, len(queries))
    )


def _chosen(queries: list[Query], langs: Sequence[str], path: Path) -> list[Query]:
    if not queries:
        raise BadQueryError(f"{path}: holds no questions")
    there = list(dict.fromkeys(query.lang for query in queries))
    for lang in langs:
        if lang not in there:
            raise BadQueryError(f"{path}: has no questions in {lang!r}; choose from {', '.join(there)}")
    return [query for query in queries if not langs or query.lang in langs]


def _record(measured: _Measured) -> dict[str, Any]:
    record: dict[str, Any] = {
        "set": measured.folder.name,
        "articles": measured.report.articles,
        "passages": measured.report.passages,
        "model": measured.settings.embedding.model,
        "threshold": measured.settings.search.threshold,
        "scores": {group: _row(row) for group, row in measured.scores.items()},
    }
    if measured.unreranked is not None:
        record["scores_without_reranker"] = {g: _row(row) for g, row in measured.unreranked.items()}
    if measured.ablation is not None:
        record["ablation"] = _rounded(measured.ablation)
    return record


def _row(scores: Scores) -> dict[str, Any]:
    record = {name: _rounded(getattr(scores, key)) for key, name in _NAMES.items()}
    record["intervals"] = {_NAMES[key]: _rounded(interval) for key, interval in scores.intervals.items()}
    record["reliability"] = [_rounded(asdict(part)) for part in scores.reliability]
    return record


def _rounded(value: Any) -> Any:  # noqa: ANN401  whatever JSON can say
    """Return figures with four digits, and null for those that there are not."""
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_rounded(part) for part in value]
    return value


def _print(measured: _Measured) -> None:
    scores, threshold = measured.scores, measured.settings.search.threshold
    whole = scores.get("all") or next(iter(scores.values()))
    model = measured.settings.embedding.model
    parts = [f"{measured.folder.name}: {measured.report.articles} articles, model {model}"]
    if measured.unreranked is not None:
        parts += ["without the reranker:", order_table(measured.unreranked), "with it:"]
    parts += [order_table(scores), confidence_table(scores), _LEGEND, reliability_table(whole.reliability)]
    if not math.isnan(whole.best_threshold):
        parts.append(f"search.threshold is {threshold:g}; mistakes are fewest at {whole.best_threshold:.2f}")
    if measured.ablation is not None:
        parts.append(ablation_table(measured.ablation))
    print("\n\n".join(parts))

"""`huiwen eval`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.table import Table

from bot.console import out, print_json, progress
from config import Settings
from embeddings import EmbeddingError, open_encoder, open_reranker
from retrieval.builder import Plan, build
from retrieval.catalog import Catalog
from retrieval.errors import BadQueryError
from retrieval.evaluation import Query, evaluate, read_queries
from retrieval.searcher import Searcher
from retrieval.writer import Progress

_NAMES = {
    "questions": "questions",
    "recall_at_1": "R@1",
    "recall_at_5": "R@5",
    "mrr_at_10": "MRR@10",
    "ndcg_at_10": "nDCG@10",
    "answered": "answered",
    "ms": "ms",
}


def measure(settings: Settings, folder: Path, *, as_json: bool, rerank: bool = False) -> int:
    """Index the set's corpus beside the real index, ask its questions, print the scores by language.

    The answers are those that users get, from the reranker where one is set; with `rerank` the questions
    are asked a second time without it.
    """
    corpus = folder / "corpus.jsonl"
    if not corpus.is_file():
        raise BadQueryError(f"{folder}: needs corpus.jsonl and queries.jsonl")
    queries = read_queries(folder / "queries.jsonl")
    if not queries:
        raise BadQueryError(f"{folder / 'queries.jsonl'}: holds no questions")
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
        measured = [("scores", reranker), ("scores_without_reranker", None)][: 2 if rerank else 1]
        rows = {}
        for name, used in measured:
            searcher = Searcher.open(plan.data_dir, encoder, settings.search, reranker=used)
            rows[name] = _scores(queries, searcher, report_progress)
    if as_json:
        print_json({"set": folder.name, "articles": report.articles, "passages": report.passages, **rows})
        return 0
    for name, scores in rows.items():
        without = ", without the reranker" if name != "scores" else ""
        title = f"{folder.name}: {report.articles} articles{without}"
        table = Table("", *_NAMES.values(), title=title, box=None)
        for lang, row in scores.items():
            table.add_row(
                lang, *(f"{value:.3f}" if key != "questions" else str(value) for key, value in row.items())
            )
        out().print(table)
    return 0


def _scores(
    queries: Sequence[Query], searcher: Searcher, report_progress: Progress
) -> dict[str, dict[str, float]]:
    searcher.ask(queries[0].text)  # models are loaded at the first question, which is not to be timed
    scores = evaluate(
        [_of_shown_articles(query, searcher.catalog) for query in queries],
        searcher.ask,
        lambda done: report_progress("questions", done, len(queries)),
    )
    return {lang: {_NAMES[key]: value for key, value in asdict(row).items()} for lang, row in scores.items()}


def _of_shown_articles(query: Query, catalog: Catalog) -> Query:
    """Return a question whose answers are named as they are shown: for reprints, by what stands for them."""
    shown = {name: catalog.article(name) for name in query.relevant}
    return replace(
        query, relevant=frozenset(article.id if article else name for name, article in shown.items())
    )

"""The best candidates in a new order: that of a model which reads question and passage together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embeddings import Reranker
from retrieval.ranked import Ranked
from retrieval.store import View


def rerank(reranker: Reranker, question: str, ranked: Ranked, top: int, view: View) -> Ranked:
    """Return candidates with the first `top` in the order of the reranker; of equals, as they were.

    Those after them stay behind: their scores are lowered to the least of the reranker's. Raises
    EmbeddingError where the model cannot be had.
    """
    top = min(top, len(ranked))
    if not top:
        return ranked
    found = view.passages(ranked.numbers[:top].tolist())
    # A passage seldom names its meeting; the headline does. Both as they are printed, which is what such
    # models have read.
    texts = [f"{article.title or article.kicker}\n{passage.text}".strip() for passage, article in found]
    given = reranker.score(question, texts)
    order = np.concatenate([np.argsort(-given, kind="stable"), np.arange(top, len(ranked))])
    rest = ranked.fusion[top:]
    lowered = rest - rest[0] + given.min() if len(rest) else rest
    return replace(
        ranked,
        numbers=ranked.numbers[order],
        owners=ranked.owners[order],
        features=ranked.features[order],
        fusion=ranked.fusion[order],
        scores=np.concatenate([given[order[:top]], lowered]).astype(np.float32),
        places=ranked.places[order],
        reranked=top,
    )

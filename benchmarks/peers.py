"""What others take for the same passages: the plain recipe, bm25s, txtai with the same encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.plain import Recipe
from benchmarks.processes import python, run, size_of, typical
from benchmarks.warm import timed


def plain(paragraphs: Sequence[str], questions: Sequence[str], place: Path) -> dict[str, float]:
    """Return the figures of the plain recipe."""
    place.mkdir(parents=True)
    listed = place / "paragraphs.txt"
    listed.write_text("\n".join(paragraphs), encoding="utf-8")
    built = run(python("-m", "benchmarks.plain", "build", str(listed), str(place / "index")))
    cold = typical(python("-m", "benchmarks.plain", "ask", str(place / "index"), questions[0]), 3)
    recipe = Recipe(place / "index")
    return {
        "build_s": built.seconds,
        "passages_per_s": len(paragraphs) / built.seconds,
        "cold_s": cold,
        **timed(recipe.ask, questions),
        "disk_bytes_per_passage": size_of(place / "index") / len(paragraphs),
    }


def bm25s(paragraphs: Sequence[str], questions: Sequence[str]) -> dict[str, float] | None:
    """Return the figures of bm25s over jieba's words, None where it is not installed."""
    if find_spec("bm25s") is None:
        return None
    import bm25s as library
    import rjieba

    started = time.perf_counter()
    index = library.BM25()
    index.index([rjieba.cut(paragraph) for paragraph in paragraphs], show_progress=False)
    built = time.perf_counter() - started

    def ask(question: str) -> object:
        return index.retrieve([rjieba.cut(question)], k=min(5, len(paragraphs)), show_progress=False)

    return {"build_s": built, "passages_per_s": len(paragraphs) / built, **timed(ask, questions)}


def txtai(
    paragraphs: Sequence[str], questions: Sequence[str], place: Path, encode: Callable[[list[str]], Any]
) -> dict[str, float] | None:
    """Return the figures of txtai with `encode`, vectors of `place` taken as they are; None without txtai."""
    if find_spec("txtai") is None:
        return None
    from txtai import Embeddings

    stored = faiss.read_index(str(place / "index" / "index.faiss")).reconstruct_n(0, len(paragraphs))
    known = dict(zip(paragraphs, np.asarray(stored), strict=True))

    def transform(texts: list[str]) -> Any:  # noqa: ANN401  an array
        missing = [text for text in texts if text not in known]
        new = dict(zip(missing, encode(missing), strict=True)) if missing else {}
        return np.stack([known[text] if text in known else new[text] for text in texts])

    started = time.perf_counter()
    index = Embeddings({"method": "external", "transform": transform, "backend": "faiss", "content": True})
    index.index(list(paragraphs))
    built = time.perf_counter() - started
    index.save(str(place / "txtai"))
    figures = {"build_s_without_encoding": built, **timed(lambda asked: index.search(asked, 5), questions)}
    return {**figures, "disk_bytes_per_passage": size_of(place / "txtai") / len(paragraphs)}


def sentence_transformers(place: Path) -> dict[str, float] | None:
    """Return the seconds of a question in a new process by that library, its model of some kilobytes."""
    if find_spec("sentence_transformers") is None:
        return None
    from tests.embeddings.tiny import save_tiny_model

    model = save_tiny_model(place / "model")
    code = (
        "import sys; from sentence_transformers import SentenceTransformer;"
        "SentenceTransformer(sys.argv[1], device='cpu').encode([sys.argv[2]])"
    )
    imports = typical(python("-c", "import sentence_transformers"), 3)
    return {"import_s": imports, "cold_s": typical(python("-c", code, str(model), "谁主持了大会？"), 3)}

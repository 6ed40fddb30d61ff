"""Vector search alone, at sizes beyond any archive at hand: made-up vectors, in topics as those of texts are.

    python -m benchmarks.vectors SIZE FOLDER

Prints JSON: for each kind of index milliseconds a question, one at a time on one core, and the share of the
ten nearest that it finds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from benchmarks.warm import memory, summary
from retrieval.places import Places
from retrieval.vector_parts import VectorParts
from retrieval.vectors import VectorIndex

_DIM = 512
_FREEDOM = 96  # dimensions that the vectors of texts vary in, about
_A_TOPIC = 50  # vectors
_SEGMENT = 50_000  # vectors, as the writer cuts them
_QUESTIONS = 200
_NEAREST = 10
_CANDIDATES = 100  # that a question takes
_ENOUGH = 0.99
_OTHERS_UP_TO = 100_000  # vectors for which graphs and cells are built: they take long

_EFFORT = {"hnsw": "efSearch", "ivf": "nprobe"}
_MOST_EFFORT = 1024

_faiss: Any = faiss  # its stubs know the C++ signatures, not the Python ones that wrap them

Floats = npt.NDArray[np.float32]


def main() -> None:
    """Measure, and print figures."""
    size, place = int(sys.argv[1]), Path(sys.argv[2])
    started = time.perf_counter()
    folders = [_write(place / str(number), block) for number, block in enumerate(_blocks(size))]
    built = time.perf_counter() - started
    questions = _questions(size)
    exact, figures = _measured(folders, questions, None, coarse=False)
    _, coarse = _measured(folders, questions, exact, coarse=True)
    found = {"size": size, "build_s": built, "exact": figures, "coarse": {**coarse, **memory()}}
    if size <= _OTHERS_UP_TO:
        vectors = np.concatenate(list(_blocks(size)))
        found |= _others(vectors, questions, exact)
    print(json.dumps(found))


def _write(folder: Path, vectors: Floats) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    index = VectorIndex.empty(_DIM, half=True)
    index.add(vectors)
    index.write(folder / "v.faiss")
    return folder


def _measured(
    folders: list[Path], questions: Floats, exact: list[set[int]] | None, *, coarse: bool
) -> tuple[list[set[int]], dict[str, float]]:
    indexes = [VectorIndex.open(folder / "v.faiss", searched=coarse) for folder in folders]
    sizes = [index.size for index in indexes]
    segments = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    rows = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    places = Places(segments, rows, sizes)
    parts = VectorParts(indexes, places.numbers, places)
    return _timed(lambda asked: parts.search(asked, _CANDIDATES)[0][:_NEAREST], questions, exact)


def _timed(
    search: Callable[[Floats], npt.NDArray[Any]], questions: Floats, exact: list[set[int]] | None
) -> tuple[list[set[int]], dict[str, float]]:
    for question in questions[:_NEAREST]:
        search(question)
    took, found = [], []
    for question in questions:
        started = time.perf_counter()
        found.append(set(search(question).tolist()))
        took.append((time.perf_counter() - started) * 1000)
    shares = [len(one & other) / _NEAREST for one, other in zip(found, exact or found, strict=True)]
    return found, {**summary(took), "recall_at_10": float(np.mean(shares))}


def _others(vectors: Floats, questions: Floats, exact: list[set[int]]) -> dict[str, dict[str, float]]:
    """Return the figures of FAISS's graphs and cells, each asked for as much as finds enough."""
    half = faiss.ScalarQuantizer.QT_fp16
    graph = _faiss.IndexHNSWSQ(_DIM, half, 32, faiss.METRIC_INNER_PRODUCT)
    cells = _faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(_DIM), _DIM, 1024, half, faiss.METRIC_INNER_PRODUCT
    )
    figures = {}
    for name, index, effort in (("hnsw", graph, 64), ("ivf", cells, 16)):
        began = time.perf_counter()
        index.train(vectors)
        index.add(vectors)
        built = time.perf_counter() - began
        while True:
            faiss.ParameterSpace().set_index_parameter(index, _EFFORT[name], effort)
            _, own = _timed(_first_of(index), questions, exact)
            if own["recall_at_10"] >= _ENOUGH or effort >= _MOST_EFFORT:
                break
            effort *= 2
        figures[name] = {**own, "build_s": built, "effort": effort}
    return figures


def _first_of(index: Any) -> Callable[[Floats], npt.NDArray[Any]]:  # noqa: ANN401  faiss has no types
    def search(question: Floats) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = index.search(question[None, :], _CANDIDATES)[1][0][:_NEAREST]
        return found

    return search


def _blocks(size: int) -> Iterator[Floats]:
    """Yield the vectors, so many at a time that memory does not grow with their number."""
    rng = np.random.default_rng(1)
    spread = _unit(rng.standard_normal((_FREEDOM, _DIM)))
    topics = _unit(rng.standard_normal((max(1, size // _A_TOPIC), _FREEDOM)))
    sizes = rng.zipf(1.3, len(topics)).clip(max=10_000).astype(float)  # of some topics much is written
    for start in range(0, size, _SEGMENT):
        count = min(_SEGMENT, size - start)
        about = topics[rng.choice(len(topics), count, p=sizes / sizes.sum())]
        own = about + 0.7 * _unit(rng.standard_normal((count, _FREEDOM)))
        yield _unit(own @ spread + 0.3 * _unit(rng.standard_normal((count, _DIM))))


def _questions(size: int) -> Floats:
    """Return vectors about as far from what answers them as questions are from passages."""
    rng = np.random.default_rng(2)
    answers = next(_blocks(size))[: 20 * _QUESTIONS : 20]
    return _unit(answers + 1.5 * _unit(rng.standard_normal(answers.shape)))


def _unit(vectors: npt.NDArray[Any]) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


if __name__ == "__main__":
    main()

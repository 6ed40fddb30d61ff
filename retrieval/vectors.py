"""Vectors in FAISS: inner product over unit vectors, memory-mapped; of many, coarse copies are read first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from retrieval.coarse import COMPONENTS, Coarse
from retrieval.storing import naming

# One question is too little work to share out: more threads only wait for one another (4 ms instead of 0.1).
faiss.omp_set_num_threads(1)

_faiss: Any = faiss  # its stubs know the C++ signatures, not the Python ones that wrap them

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


_COARSE_FROM = 4096  # vectors; to compare so many takes half a millisecond, and segments may be many


class VectorIndex:
    """Vectors numbered from 0 in the order in which they were added."""

    def __init__(self, index: Any, coarse: Coarse | None = None) -> None:  # noqa: ANN401  faiss has no types
        self._index = index
        self._coarse = coarse
        self.size = int(index.ntotal)
        self.dim = int(index.d)

    @classmethod
    def empty(cls, dim: int, *, half: bool = False) -> VectorIndex:
        """Return an index to add to; `half` keeps 16 bits a component instead of 32."""
        if half:
            kind = faiss.ScalarQuantizer.QT_fp16
            return cls(faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT))
        return cls(faiss.IndexFlatIP(dim))

    @classmethod
    def open(cls, path: Path, *, searched: bool = True) -> VectorIndex:
        """Return the index in `path`; its vectors stay on disk until they are compared.

        One that is not `searched` has no coarse copies in memory.
        """
        with naming(path, RuntimeError):
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        return cls(index, Coarse.open(_coarse_path(path)) if searched else None)

    def add(self, vectors: Floats) -> None:
        """Append unit vectors, float32 (n, dim)."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, np.float32))
            self.size = int(self._index.ntotal)

    def write(self, path: Path, coarse_from: int = _COARSE_FROM) -> None:
        """Write the index to `path`, and coarse copies beside it where it has so many vectors."""
        with naming(path, RuntimeError), path.open("wb") as file:  # by itself it loses the last error
            _faiss.write_index(self._index, _faiss.PyCallbackIOWriter(file.write))
        if self.size >= coarse_from and self.dim % COMPONENTS == 0:
            Coarse.of(self._index).write(_coarse_path(path))

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Numbers, Floats]:
        """Return the numbers and similarities of the `count` nearest to `query` (dim,), best first.

        `allowed` (size,) leaves the others out; fewer come back where fewer there are. Where there are coarse
        copies one of the nearest may be missing, seldom; similarities are exact in any case.
        """
        if not self.size:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        compared = self._compared(query, count, allowed)
        if compared is not None:
            bits = np.packbits(compared, bitorder="little")
            selector = _faiss.IDSelectorBitmap(bits)
            parameters = _faiss.SearchParameters(sel=selector)
        found, numbers = self._index.search(query[None, :], min(count, self.size), params=parameters)
        kept = numbers[0] >= 0
        return numbers[0][kept], found[0][kept]

    def _compared(self, query: Floats, count: int, allowed: Mask | None) -> Mask | None:
        """Return which vectors (size,) are compared with `query`, None for all."""
        if self._coarse is None:
            return allowed
        numbers = self._coarse.candidates(query, count)
        if allowed is not None:
            numbers = numbers[allowed[numbers]]
            if len(numbers) < count:  # few are allowed: to compare these takes less time than all
                return allowed
        compared = np.zeros(self.size, np.bool_)
        compared[numbers] = True
        return compared

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the stored vectors, float32 (len(numbers), dim)."""
        return np.asarray(self._index.reconstruct_batch(numbers), np.float32).reshape(len(numbers), self.dim)


def _coarse_path(path: Path) -> Path:
    return path.with_suffix(".coarse.faiss")

"""Vectors in FAISS: exact inner product over unit vectors, opened memory-mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from retrieval.storing import naming

# One question is too little work to share out: more threads only wait for one another (4 ms instead of 0.1).
faiss.omp_set_num_threads(1)

_faiss: Any = faiss  # its stubs know the C++ signatures, not the Python ones that wrap them

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class VectorIndex:
    """Vectors numbered from 0 in the order in which they were added."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401  faiss has no types
        self._index = index
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
    def open(cls, path: Path) -> VectorIndex:
        """Return the index in `path`; its vectors stay on disk until they are compared."""
        with naming(path, RuntimeError):
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def add(self, vectors: Floats) -> None:
        """Append unit vectors, float32 (n, dim)."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, np.float32))
            self.size = int(self._index.ntotal)

    def write(self, path: Path) -> None:
        """Write the index to `path`."""
        with naming(path, RuntimeError), path.open("wb") as file:  # by itself it loses the last error
            _faiss.write_index(self._index, _faiss.PyCallbackIOWriter(file.write))

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Numbers, Floats]:
        """Return the numbers and similarities of the `count` nearest to `query` (dim,), best first.

        `allowed` (size,) leaves the others out; fewer come back where fewer there are.
        """
        if not self.size:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = _faiss.IDSelectorBitmap(bits)
            parameters = _faiss.SearchParameters(sel=selector)
        found, numbers = self._index.search(query[None, :], min(count, self.size), params=parameters)
        kept = numbers[0] >= 0
        return numbers[0][kept], found[0][kept]

    def vectors(self, numbers: Numbers) -> Floats:
        """Return the stored vectors, float32 (len(numbers), dim)."""
        return np.asarray(self._index.reconstruct_batch(numbers), np.float32).reshape(len(numbers), self.dim)

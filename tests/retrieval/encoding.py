"""A small deterministic encoder: hashed character pairs. For tests in which the model is not the point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash

from embeddings import Vectors

DIM = 64


class PairEncoder:
    """Texts that share character pairs are near to each other. Counts what it is asked to encode."""

    def __init__(self, name: str = "pairs", dim: int = DIM) -> None:
        self._name = name
        self._dim = dim
        self.encoded: list[str] = []
        """Passages, in order."""

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def fingerprint(self) -> str:
        return f"{self._name}-{self._dim}"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dim), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            padded = f" {text} "
            for start in range(len(padded) - 1):
                pair = padded[start : start + 2].encode("utf-8", "surrogatepass")
                place = xxhash.xxh3_64_intdigest(pair, seed=len(self._name))
                row[place % self._dim] += 1 if place >> 63 else -1
        vectors[:, 0] += 0.01  # nothing is the null vector
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

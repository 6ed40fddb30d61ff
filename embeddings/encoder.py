"""What every sentence model looks like from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product says how near in meaning they are.

    Implementations are deterministic, keep the order of the texts, give the same vector whatever else
    is in the batch (to about 1e-5), accept empty texts, and may be called from several threads.
    """

    @property
    def dim(self) -> int:
        """Return the number of components of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the vectors would."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dim), for texts that are searched."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dim), for questions."""
        ...

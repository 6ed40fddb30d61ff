"""What a reranker looks like from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .encoder import Vectors


class Reranker(Protocol):
    """Reads a question and a text together and says how well the one answers the other.

    Slower by far than comparing vectors, therefore for the best candidates alone. May be called from
    several threads.
    """

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return a finite score a text, float32 (n,), in any unit; higher is better."""
        ...

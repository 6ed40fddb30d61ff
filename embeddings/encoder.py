"""What every sentence model looks like from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

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


Ranges = Sequence[tuple[int, int]]


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder that gives the parts of a text nearly for free once it has read the whole."""

    def encode_spans(self, texts: Sequence[Sequence[str]], spans: Sequence[Ranges]) -> list[Vectors]:
        """Return for each text unit vectors, float32 (1 + its spans, dim): the whole, then each span.

        A text is given as its consecutive segments; a span is a half-open range of segments, not empty.
        """
        ...


@runtime_checkable
class AheadLoader(Protocol):
    """An encoder that can load its model beside other work."""

    def load_ahead(self, *, for_many: bool = False) -> None:
        """Begin to load; `for_many` texts all of it."""
        ...


def load_ahead(encoder: Encoder) -> None:
    """Let an encoder that can do so begin to load its model, for many texts."""
    if isinstance(encoder, AheadLoader):
        encoder.load_ahead(for_many=True)


def encode_spans(encoder: Encoder, texts: Sequence[Sequence[str]], spans: Sequence[Ranges]) -> list[Vectors]:
    """Return what `SpanEncoder.encode_spans` does, with any encoder."""
    if isinstance(encoder, SpanEncoder):
        return encoder.encode_spans(texts, spans)
    parts = [
        "".join(segments[start:end])
        for segments, own in zip(texts, spans, strict=True)
        for start, end in [(0, len(segments)), *own]
    ]
    vectors = encoder.encode_passages(parts)
    ends = np.cumsum([1 + len(own) for own in spans])
    return np.split(vectors, ends[:-1]) if len(ends) else []

"""Sentence models: text in, unit vectors out; and what scores a question with a text."""

from .blas import one_thread_a_product
from .cores import usable_cores
from .encoder import Encoder, SpanEncoder, Vectors, encode_spans, load_ahead
from .errors import EmbeddingError
from .factory import open_encoder, open_reranker
from .reranker import Reranker

__all__ = [
    "EmbeddingError",
    "Encoder",
    "Reranker",
    "SpanEncoder",
    "Vectors",
    "encode_spans",
    "load_ahead",
    "one_thread_a_product",
    "open_encoder",
    "open_reranker",
    "usable_cores",
]

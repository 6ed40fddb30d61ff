"""Sentence models: text in, unit vectors out."""

from .encoder import Encoder, SpanEncoder, Vectors, encode_spans
from .errors import EmbeddingError
from .factory import open_encoder

__all__ = ["EmbeddingError", "Encoder", "SpanEncoder", "Vectors", "encode_spans", "open_encoder"]

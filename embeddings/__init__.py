"""Sentence models: text in, unit vectors out."""

from .encoder import Encoder, Vectors
from .errors import EmbeddingError
from .factory import open_encoder

__all__ = ["EmbeddingError", "Encoder", "Vectors", "open_encoder"]

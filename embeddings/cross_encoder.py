"""Any CrossEncoder of the sentence-transformers library as a reranker."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from .encoder import Vectors
from .errors import EmbeddingError
from .library import Role, expanded, load
from .text import encodable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_SCORING = ("ForSequenceClassification", "ForCausalLM")  # how models that score pairs by themselves end


class CrossEncoderReranker:
    """Scores pairs of question and text with a CrossEncoder; texts beyond its window are cut by the model.

    Nothing is imported or read before the first use, which raises `EmbeddingError` where the model cannot
    be had.
    """

    def __init__(self, name: str, *, device: str = "", batch_size: int = 32) -> None:
        """Take a model's name on the hub or a folder; an empty `device` is the best there is."""
        self._name = expanded(name)
        self._device = device
        self._batch_size = batch_size
        self._lock = threading.Lock()  # the library's models may not be called from two threads at once
        self._loaded: CrossEncoder | None = None

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return the model's raw score of each text, float32 (n,): what comes before any sigmoid."""
        with self._lock:
            if self._loaded is None:
                self._loaded = load(
                    partial(_open, self._name, self._device),
                    self._name,
                    Role.RERANKER,
                    device=self._device,
                    backend="torch",
                )
            if not texts:
                return np.zeros(0, np.float32)
            from torch.nn import Identity  # a sigmoid would make equals of all that is surely right or wrong

            pairs = [(encodable(question), encodable(text)) for text in texts]
            scores = self._loaded.predict(
                pairs, batch_size=self._batch_size, show_progress_bar=False, activation_fn=Identity()
            )
        return _finite(np.asarray(scores, np.float32))


def _open(name: str, device: str, local_files_only: bool) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    model: CrossEncoder = CrossEncoder(name, device=device or None, local_files_only=local_files_only)
    # The library puts untrained weights where a model has none for scoring, and says so in a warning.
    built = getattr(model.config, "architectures", None) or [""]
    # A head may also be a module of its own behind the network.
    has_head = any(getattr(module, "module_output_name", "") == "scores" for module in list(model)[1:])
    if not has_head and not str(built[0]).endswith(_SCORING):
        raise EmbeddingError(f"{built[0] or 'its model'} does not score pairs of texts")
    if model.num_labels != 1:
        raise EmbeddingError(f"it gives {model.num_labels} scores a pair, where one is needed")
    return model


def _finite(scores: Vectors) -> Vectors:
    """Return scores with what is not a number as the least of them."""
    good = np.isfinite(scores)
    least = scores[good].min() if good.any() else np.float32(0)
    return np.where(good, scores, least).astype(np.float32, copy=False)

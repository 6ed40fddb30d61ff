"""Damaged files of every format: an article or one line that says why, soon and in little memory."""

from __future__ import annotations

import random
import resource
import time
from pathlib import Path

import pytest

from retrieval.errors import UnreadableError
from retrieval.reading import read_articles

from .making import PARAGRAPHS, TITLE, markdown_text, web_page, word_document
from .typesetting import PrintedArticle, Setting, print_pdf, set_page

_SEEDS = {
    ".txt": set_page(PARAGRAPHS, [TITLE], Setting()).encode("gb18030"),
    ".jsonl": (f'{{"id": "1", "title": "{TITLE}", "text": "{PARAGRAPHS[0]}"}}\n' * 3).encode(),
    ".md": markdown_text(),
    ".html": web_page(),
    ".docx": word_document(),
    ".pdf": print_pdf([[PrintedArticle(TITLE, PARAGRAPHS, 3)]], Setting(indents_printed=True)),
}
_ROUNDS = 150
_LONGEST_S = 5.0
_MOST_BYTES = 1 << 30


def _damaged(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        start = rng.randrange(len(damaged) + 1)
        end = min(len(damaged), start + rng.randrange(1, 200))
        match rng.randrange(5):
            case 0:
                del damaged[start:end]
            case 1:
                damaged[start : start + 1] = rng.randbytes(1)
            case 2:
                damaged[start:start] = damaged[start:end] * rng.randrange(1, 50)
            case 3:
                damaged[start:start] = rng.randbytes(rng.randrange(30))
            case 4 if rng.random() < 0.3:
                del damaged[start:]
    return bytes(damaged)


@pytest.mark.parametrize("suffix", _SEEDS)
def test_damaged_files_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    rng = random.Random(suffix)
    path = tmp_path / f"page{suffix}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(_ROUNDS):
        data = rng.randbytes(rng.randrange(3000)) if number % 10 == 0 else _damaged(_SEEDS[suffix], rng)
        path.write_bytes(data)
        started = time.monotonic()
        try:
            reading = read_articles(path, path.name)
        except UnreadableError as error:
            assert str(error) and "\n" not in str(error)
        else:
            assert reading.articles or reading.problems
            for article in reading.articles:
                assert article.paragraphs and all(map(str.strip, article.paragraphs))
        assert time.monotonic() - started < _LONGEST_S, data
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < _MOST_BYTES

"""The vector cache, on real SQLite files, in real processes."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.cache import VectorCache
from embeddings.encoder import Vectors

DIM = 4


class Counting:
    """Encodes a text as its first code points, and remembers what it was asked for."""

    def __init__(self, fail_after: int | None = None) -> None:
        self.seen: list[str] = []
        self._fail_after = fail_after

    def __call__(self, texts: Sequence[str]) -> Vectors:
        if self._fail_after is not None and len(self.seen) >= self._fail_after:
            raise KeyboardInterrupt
        self.seen += texts
        return vectors_of(texts)


def vectors_of(texts: Sequence[str]) -> Vectors:
    rows = [[ord(character) for character in text[:DIM].ljust(DIM)] for text in texts]
    return np.array(rows, dtype=np.float32).reshape(-1, DIM) / np.float32(3)


def test_a_text_is_encoded_once(tmp_path: Path) -> None:
    encode = Counting()
    with VectorCache(tmp_path / "deep" / "v.db", "m", DIM) as cache:
        found = cache.get_or_encode(["一", "二", "二", "一", "三", "三"], encode)
        assert np.array_equal(found, vectors_of(["一", "二", "二", "一", "三", "三"]))
    with VectorCache(tmp_path / "deep" / "v.db", "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(["三", "四"], encode), vectors_of(["三", "四"]))
        assert cache.get_or_encode([], encode).shape == (0, DIM)
    assert encode.seen == ["一", "二", "三", "四"]


@given(st.lists(st.lists(st.text(st.characters(), max_size=5), max_size=8), max_size=4))
def test_any_texts_in_any_order(batches: list[list[str]]) -> None:
    with VectorCache(Path(":memory:"), "m", DIM) as cache:
        for texts in batches:
            found = cache.get_or_encode(texts, vectors_of)
            assert found.dtype == np.float32
            assert np.array_equal(found, vectors_of(texts))


def test_models_do_not_mix_and_can_be_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    for model in ("old", "new"):
        encode = Counting()
        with VectorCache(path, model, DIM) as cache:
            cache.get_or_encode(["一", "二"], encode)
        assert encode.seen == ["一", "二"]
    with VectorCache(path, "new", DIM) as cache:
        assert cache.prune(["new"]) == 2
        assert cache.prune(["new"]) == 0
        again = Counting()
        cache.get_or_encode(["一", "二"], again)
    assert again.seen == []


def test_another_size_of_vector_is_not_believed(tmp_path: Path) -> None:
    with VectorCache(tmp_path / "v.db", "m", DIM) as cache:
        cache.get_or_encode(["一"], vectors_of)
    with VectorCache(tmp_path / "v.db", "m", 2) as cache:
        assert cache.get_or_encode(["一"], lambda texts: vectors_of(texts)[:, :2]).shape == (1, 2)


def test_an_interruption_keeps_what_was_encoded(tmp_path: Path) -> None:
    texts = [f"{number:05}" for number in range(2000)]
    told: list[tuple[int, int]] = []
    with (
        VectorCache(tmp_path / "v.db", "m", DIM) as cache,
        pytest.raises(KeyboardInterrupt),
    ):
        cache.get_or_encode(
            texts, Counting(fail_after=1000), progress=lambda done, of: told.append((done, of))
        )
    assert told[0] == (0, 2000)
    kept = told[-1][0]
    assert 1000 <= kept < 2000
    rest = Counting()
    with VectorCache(tmp_path / "v.db", "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(texts, rest), vectors_of(texts))
    assert rest.seen == texts[kept:]


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING), VectorCache(path, "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(["一"], vectors_of), vectors_of(["一"]))
    assert (tmp_path / "v.db.damaged-1").read_bytes() == content
    assert "set aside" in caplog.text
    encode = Counting()
    with VectorCache(path, "m", DIM) as cache:
        cache.get_or_encode(["一"], encode)
    assert encode.seen == []


def test_damage_found_late_is_mended_too(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    texts = [f"{number:05}" for number in range(3000)]
    with VectorCache(path, "m", DIM) as cache:
        cache.get_or_encode(texts, vectors_of)
    content = bytearray(path.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xee" * 64
    path.write_bytes(content)
    with VectorCache(path, "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(texts, vectors_of), vectors_of(texts))
    encode = Counting()
    with VectorCache(path, "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(texts, encode), vectors_of(texts))
        assert len(encode.seen) < len(texts)


def test_a_file_of_another_version_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with VectorCache(path, "m", DIM) as cache:
        cache.get_or_encode(["一"], vectors_of)
    assert (tmp_path / "v.db.damaged-1").exists()


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with VectorCache(tmp_path / "file" / "v.db", "m", DIM) as cache:
        assert np.array_equal(cache.get_or_encode(["一"], vectors_of), vectors_of(["一"]))
    assert "cannot be opened" in caplog.text


_WRITER = """
import sys
from pathlib import Path
from embeddings.cache import VectorCache
from tests.embeddings.test_cache import Counting, vectors_of
encode = Counting()
with VectorCache(Path(sys.argv[1]), "m", 4) as cache:
    for start in range(0, 3000, 100):
        texts = [f"{number:05}" for number in range(start, start + 100)]
        assert (cache.get_or_encode(texts, encode) == vectors_of(texts)).all()
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    started = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3
    encode = Counting()
    with VectorCache(path, "m", DIM) as cache:
        cache.get_or_encode([f"{number:05}" for number in range(3000)], encode)
    assert encode.seen == []

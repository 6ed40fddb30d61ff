"""What was encoded once is not encoded again, whatever interrupted the run, and nothing wrong is recalled."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retrieval.builder import build
from retrieval.embedded_store import EmbeddedStore
from retrieval.errors import EncoderMismatchError, NoIndexError
from retrieval.known import Known, PassageVectors
from retrieval.units import quantise

from .building import index, plan, put, put_all, record, said, searcher
from .encoding import DIM, PairEncoder

_PASSAGES = 100
_AT_ONCE = 32
_TEXTS = st.text(max_size=20) | st.sampled_from(["\ud800", "\x00", "会议" * 300])
_VECTORS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.just(DIM)),
    elements=st.floats(-1, 1, width=32, allow_subnormal=False),
)


class _InterruptedError(Exception):
    pass


def _put_many(folder: Path) -> None:
    put(folder, "many.jsonl", *(record(f"a{n}", f"第{n}次会议，研究第{n}项工作。") for n in range(_PASSAGES)))


def _interrupted(data: Path, folder: Path, encoder: PairEncoder, after: int) -> None:
    """Build until so many passages are done."""

    def stop(step: str, done: int, total: int) -> None:
        if step == "passages" and done >= after:
            raise _InterruptedError

    with pytest.raises(_InterruptedError):
        build(plan(data), [folder], encoder, stop)


def _left(data: Path) -> list[str]:
    return sorted(path.name for path in data.iterdir() if path.name.startswith("encoded"))


def _same(one: PassageVectors, other: PassageVectors) -> bool:
    return (
        np.array_equal(one.whole, other.whole)
        and one.spans == other.spans
        and np.array_equal(one.codes, other.codes)
        and np.array_equal(one.scales, other.scales)
    )


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(_TEXTS, _VECTORS, min_size=1, max_size=6), _TEXTS)
def test_what_was_put_by_comes_back(texts: dict[str, np.ndarray], other: str) -> None:
    computed = {
        text: PassageVectors(vectors[0], [(0, i) for i in range(len(vectors))], *quantise(vectors))
        for text, vectors in texts.items()
    }
    with tempfile.TemporaryDirectory() as name:
        for _ in range(2):
            with closing(Known(Path(name), [], PairEncoder())) as known:
                known.remember(computed)
        with closing(Known(Path(name), [], PairEncoder())) as known:
            found = known.passages([*texts, other])
            assert found.keys() == texts.keys()
            assert all(_same(found[text], computed[text]) for text in texts)
        with closing(Known(Path(name), [], PairEncoder("other"))) as known:
            assert known.passages(texts) == {}
        with closing(Known(Path(name), [], PairEncoder())) as known:
            known.forget()
        assert list(Path(name).iterdir()) == []


def test_segments_know_their_passages_and_words(folder: Path, data: Path) -> None:
    put_all(folder)
    _put_many(folder)
    encoder = PairEncoder()
    index(data, folder, encoder=encoder)
    (segment,) = (data / "segments").iterdir()
    encoder.encoded.clear()
    store = EmbeddedStore.open(data, encoder)
    texts = store.articles.texts(range(store.manifest.counts["passages"]))
    with closing(Known(data, [segment], encoder)) as known:
        assert known.passages([*texts, "未曾见过。"]).keys() == set(texts)
        vectors = known.terms(["会议", "未见", "会议"], encoder)
        assert encoder.encoded == ["未见"]
        assert vectors == pytest.approx(encoder.encode_passages(["会议", "未见", "会议"]), abs=1e-3)
        assert np.array_equal(vectors[0], vectors[2])


def test_an_interrupted_first_build_goes_on_where_it_stopped(folder: Path, data: Path) -> None:
    _put_many(folder)
    done = 0
    for after in (_AT_ONCE, 2 * _AT_ONCE):
        encoder = PairEncoder()
        _interrupted(data, folder, encoder, after)
        assert encoder.encoded
        done = after
        with pytest.raises(NoIndexError):
            searcher(data)
        assert _left(data) == ["encoded.sqlite"]
        assert list((data / "segments").iterdir()) == []
    report = index(data, folder)
    assert (report.encoded, report.reused) == (_PASSAGES - done, done)
    assert _left(data) == []
    assert index(data, folder).published is False


def test_an_interrupted_arrival_too(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    _put_many(folder)
    _interrupted(data, folder, PairEncoder(), _AT_ONCE)
    assert searcher(data).ask("会议").generation == 1
    # What was being written goes with it, and one of what came is gone meanwhile.
    put(folder, "many.jsonl", *(record(f"a{n}", f"第{n}次会议，研究第{n}项工作。") for n in range(50)))
    old = 3  # of the articles that were there come before them, and are written again with them
    assert index(data).encoded == 50 - (_AT_ONCE - old)
    assert _left(data) == []


def test_another_encoder_is_built_for_beside_the_one_that_serves(folder: Path, data: Path) -> None:
    _put_many(folder)
    index(data, folder)
    before = said([searcher(data).ask("第17次会议", 3)])
    _interrupted(data, folder, PairEncoder("other", 32), _AT_ONCE)
    assert said([searcher(data).ask("第17次会议", 3)]) == before
    with pytest.raises(EncoderMismatchError, match="run `huiwen index` to rebuild it"):
        searcher(data, PairEncoder("other", 32))
    report = index(data, encoder=PairEncoder("other", 32))
    assert (report.encoded, report.generation) == (_PASSAGES - _AT_ONCE, 2)
    assert _left(data) == []
    assert searcher(data, PairEncoder("other", 32)).ask("第17次会议", 3).hits[0].article.id == "a17"
    with pytest.raises(EncoderMismatchError):
        searcher(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _replace(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)


def _forge(path: Path) -> None:
    """Change every value, which SQLite does not see."""
    with closing(sqlite3.connect(path)) as table:
        rows = table.execute("SELECT rowid, vector FROM vectors").fetchall()
        for row, value in rows:
            table.execute(
                "UPDATE vectors SET vector = ? WHERE rowid = ?", (bytes([value[0] ^ 8]) + value[1:], row)
            )
        table.commit()


@pytest.mark.parametrize("damage", [_cut, _replace, _forge])
def test_what_is_damaged_does_no_harm(folder: Path, data: Path, damage: Callable[[Path], None]) -> None:
    _put_many(folder)
    _interrupted(data, folder, PairEncoder(), _AT_ONCE)
    damage(data / "encoded.sqlite")
    assert index(data, folder).encoded == _PASSAGES
    assert _left(data) == []
    whole = data.with_name("whole")
    index(whole, folder)
    asked = [f"第{n}次会议" for n in range(0, _PASSAGES, 9)]
    assert said([searcher(data).ask(text) for text in asked]) == said(
        [searcher(whole).ask(text) for text in asked]
    )

"""Parts of an archive: each file is in one of them, on whatever machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.builder import build
from retrieval.plan import Plan
from retrieval.shards import Shard

from .building import ids, put, record
from .encoding import PairEncoder


@given(st.text(max_size=50), st.integers(1, 20))
def test_each_file_is_in_one_part(name: str, of: int) -> None:
    assert sum(Shard(number, of).has(name) for number in range(1, of + 1)) == 1


def test_parts_together_have_all(tmp_path: Path) -> None:
    for number in range(20):
        put(tmp_path / "articles", f"{number}.jsonl", record(f"a{number}", f"第{number}次会议。"))
    found: list[str] = []
    for number in (1, 2, 3):
        data = tmp_path / f"data{number}"
        plan = Plan(data, "pairs", 600, 3, shard=Shard(number, 3))
        for _ in range(2):  # the second finds nothing new
            report = build(plan, [tmp_path / "articles"], PairEncoder())
        assert not report.published
        own = ids(data)
        assert own
        found += own
    assert sorted(found) == sorted(f"a{number}" for number in range(20))


@pytest.mark.parametrize("text", ["0/3", "4/3"])
def test_a_part_must_be_one(text: str) -> None:
    with pytest.raises(ValueError, match="there is no part"):
        Shard.parse(text)


def test_a_part_is_written_as_a_fraction() -> None:
    assert Shard.parse("") is None
    assert Shard.parse("3/8") == Shard(3, 8)
    assert Shard(3, 8).writer("main") == "main-3-of-8"

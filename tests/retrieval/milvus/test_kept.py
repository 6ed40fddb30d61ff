"""What was fetched is not fetched again while there is room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from retrieval.milvus.kept import Kept


class _Far:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.asked += keys
        return {key: key.upper() for key in keys if key != "none"}


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "none"]), max_size=7), max_size=9))
def test_whatever_is_asked_the_values_are_right(asked: list[list[str]]) -> None:
    far = _Far()
    kept = Kept(far.fetch, 3)
    for keys in asked:
        there = [key for key in dict.fromkeys(keys) if key != "none"]
        assert kept.get(keys) == {key: key.upper() for key in there}
        assert list(kept.get(keys)) == there


def test_what_was_asked_longest_ago_goes_first() -> None:
    far = _Far()
    kept = Kept(far.fetch, 2)
    for keys in (["a", "b"], ["a"], ["c"], ["a"], ["b"]):
        kept.get(keys)
    assert far.asked == ["a", "b", "c", "b"]


def test_what_is_not_there_may_come() -> None:
    far = _Far()
    kept = Kept(far.fetch, 2)
    assert kept.get(["none"]) == kept.get(["none"]) == {}
    assert far.asked == ["none", "none"]

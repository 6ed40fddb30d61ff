"""Tables of settings: what is taken, what is refused, and that nothing changes or shows by chance."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.fields import (
    Problem,
    Secret,
    Table,
    WrongValuesError,
    choice,
    number,
    path,
    path_if_any,
    secret,
    section,
    several,
    switch,
    text,
    to_path,
    to_whole,
    whole,
)


class _Inner(Table):
    count: int = whole(5, 1, 10)
    share: float = number(0.5, 0.0, 1.0)
    on: bool = switch(False)
    kind: str = choice("a", "b", "c")


class _Outer(Table):
    name: str = text("x", "[a-z]+")
    key: Secret | None = secret()
    home: Path = path(lambda: Path("/home"))
    file: Path | None = path_if_any()
    numbers: tuple[int, ...] = several(to_whole)
    paths: tuple[Path, ...] = several(to_path)
    inner: _Inner = section(_Inner)


def _refusal(**values: object) -> list[Problem]:
    with pytest.raises(WrongValuesError) as raised:
        _Outer.of(values)
    return list(raised.value.problems)


def test_what_is_not_given_is_as_declared() -> None:
    assert dict(_Outer().leaves()) == {
        "name": "x",
        "key": None,
        "home": Path("/home"),
        "file": None,
        "numbers": (),
        "paths": (),
        "inner.count": 5,
        "inner.share": 0.5,
        "inner.on": False,
        "inner.kind": "a",
    }


@given(st.integers(1, 10), st.floats(0, 1), st.booleans(), st.sampled_from("abc"))
def test_values_are_taken_as_themselves_and_as_text(count: int, share: float, on: bool, kind: str) -> None:
    plain = _Inner.of({"count": count, "share": share, "on": on, "kind": kind})
    written = _Inner.of({"count": str(count), "share": str(share), "on": str(on), "kind": kind})
    assert plain == written == _Inner.of({**vars(plain)})
    assert (plain.count, plain.share, plain.on, plain.kind) == (count, share, on, kind)
    assert hash(plain) == hash(written)
    assert type(_Inner.of({"share": 1}).share) is float


@pytest.mark.parametrize(
    ("on", "off"), [("1", "0"), ("on", "OFF"), ("T", "f"), ("True", "false"), ("YES", "no"), (1, 0)]
)
def test_a_switch_is_on_or_off(on: object, off: object) -> None:
    assert _Inner.of({"on": on}).on is True
    assert _Inner.of({"on": off}).on is False


_WRONG: dict[str, list[object]] = {
    "count": [0, 11, 2.5, "", "x", True, None, [1], float("nan"), float("inf")],
    "share": [-0.1, 1.1, "x", True, None, [], float("nan"), "inf", 10**400],
    "on": [2, "perhaps", "", None, 1.0, []],
    "kind": ["d", "", None, 1, ["a"], {"a": 1}],
}


@pytest.mark.parametrize(
    ("name", "wrong"), [(name, value) for name, values in _WRONG.items() for value in values]
)
def test_what_cannot_be_is_named(name: str, wrong: object) -> None:
    ((key, value, reason),) = _refusal(inner={name: wrong})
    assert (key, value is wrong) == (f"inner.{name}", True)
    assert reason.startswith("should be ")


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = _refusal(name="X", numbers=[1, "2", "x", 3.5], inner={"count": 99, "cuont": 1}, other=1, self=2)
    assert [(key, value) for key, value, _ in found] == [
        ("name", "X"),
        ("numbers", "x"),
        ("numbers", 3.5),
        ("inner.count", 99),
        ("inner.cuont", 1),
        ("other", 1),
        ("self", 2),
    ]
    assert [key for key, _, reason in found if not reason] == ["inner.cuont", "other", "self"]


@pytest.mark.parametrize("wrong", ["abc\n", "abc ", "", " abc", "abcD"])
def test_a_pattern_is_of_all_of_a_text(wrong: str) -> None:
    ((key, _, reason),) = _refusal(name=wrong)
    assert key == "name" and "pattern" in reason


def test_a_table_is_a_table() -> None:
    inner = _Inner.of({"count": 2})
    assert _Outer.of({"inner": inner}).inner is inner
    wrong: object
    for wrong in (3, "x", [], None, _Outer()):
        ((key, _, _),) = _refusal(inner=wrong)
        assert key == "inner"


def test_paths_are_filled_in_and_empty_ones_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/here")
    found = _Outer.of({"home": "~/a", "file": "", "paths": ["~", Path("b")]})
    assert (found.home, found.file, found.paths) == (Path("/here/a"), None, (Path("/here"), Path("b")))
    assert _Outer.of({"file": "~/c"}).file == Path("/here/c")


def test_nothing_changes() -> None:
    table = _Outer()
    with pytest.raises(AttributeError, match="frozen"):
        table.name = "y"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del table.name
    other = table.changed(name="y")
    assert (table.name, other.name, other.inner) == ("x", "y", table.inner)
    assert other != table and other == table.changed(name="y")
    with pytest.raises(TypeError, match="nmae"):
        table.changed(nmae="y")


def test_a_table_can_be_copied_and_sent() -> None:
    table = _Outer.of({"key": "k", "numbers": [1]})
    assert copy.deepcopy(table) == pickle.loads(pickle.dumps(table)) == table


def test_a_secret_shows_nowhere() -> None:
    table = _Outer.of({"key": "hush"})
    assert table.key is not None and table.key.get_secret_value() == "hush"
    assert "hush" not in f"{table} {table!r} {table.key} {table.key!r} {[table.key]}"
    assert _Outer.of({"key": table.key}) == table and _Outer.of({"key": "hushed"}) != table
    assert _Outer.of({"key": ""}).key is None and not Secret("")
    with pytest.raises(WrongValuesError) as raised:
        _Outer.of({"key": ["hush"], "name": "HUSH"})
    assert "hush" not in str(raised.value).casefold()

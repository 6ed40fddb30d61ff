"""What is kept of people: survives everything, and goes when it is to go."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.state import FILE_NAME, Counts, Forgotten, State
from bot.state_file import Feedback, StateError, read_feedback

_DAY = 86_400
_Result = TypeVar("_Result")


def _with(
    file: Path, work: Callable[[State], Awaitable[_Result]], keep_days: int = 0, now: float = 0.0
) -> _Result:
    """Open, work, close."""

    async def run() -> _Result:
        with contextlib.closing(State.open(file, keep_days, lambda: now)) as state:
            return await work(state)

    return asyncio.run(run())


def _feedback(user: int = 1, message: int = 5, good: bool = True, question: str = "谁主持？") -> Feedback:
    return Feedback(user, -100, message, (("a1", 3),), question, 7, good, 1000 + message)


async def _fill(state: State) -> None:
    await state.set_language(1, "zh-hant")
    await state.set_language(2, "en")
    await state.ban(3, by=9)
    await state.ban(-100, by=9)
    await state.add_feedback(_feedback())
    await state.add_feedback(_feedback(user=2, message=6, good=False))


async def _known(state: State) -> tuple[str | None, str | None, list[int], Counts]:
    return state.language_of(1), state.language_of(2), sorted(state.banned()), await state.counts()


_FULL = ("zh-hant", "en", [-100, 3], Counts(2, 2, 1, 1))


def test_nothing_is_made_before_something_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "none" / FILE_NAME
    assert _with(file, _known) == (None, None, [], Counts(0, 0, 0, 0))
    assert not file.parent.exists()
    assert read_feedback(file) == []


def test_what_is_kept_is_there_after_a_restart_and_nobody_else_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / FILE_NAME
    _with(file, _fill)
    assert _with(file, _known) == _FULL
    assert read_feedback(file) == [_feedback(), _feedback(user=2, message=6, good=False)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_thought_replaces_the_first(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME

    async def change(state: State) -> None:
        await state.add_feedback(_feedback(good=True))
        await state.add_feedback(_feedback(good=False))
        await state.set_language(1, "zh")
        await state.set_language(1, None)
        await state.ban(4, by=9)
        assert await state.unban(4) and not await state.unban(4)

    _with(file, change)
    assert read_feedback(file) == [_feedback(good=False)]
    assert _with(file, _known)[0] is None


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=50), article=st.text(st.characters(codec="utf-8"), max_size=50))
def test_feedback_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, question: str, article: str
) -> None:
    file = tmp_path_factory.mktemp("state") / FILE_NAME
    given_ = Feedback(1, 2, 3, ((article, 4),), question, 5, True, 6)
    _with(file, lambda state: state.add_feedback(given_))
    (found,) = read_feedback(file)
    assert found.passages == given_.passages
    assert found.question == question.encode("utf-8", "replace").decode()


def test_what_is_forgotten_is_gone_from_the_disk(tmp_path: Path) -> None:
    file, secret = tmp_path / FILE_NAME, "谁泄露了机密文件？"

    async def forget(state: State) -> Forgotten:
        for message in range(200):
            await state.add_feedback(_feedback(user=2, message=message))
        for message in range(20):
            await state.add_feedback(_feedback(message=message, question=secret))
        await state.set_language(1, "zh")
        forgotten = await state.forget(1)
        assert all(secret.encode() not in path.read_bytes() for path in tmp_path.iterdir())
        assert await state.forget(1) == Forgotten(False, 0)
        return forgotten

    assert _with(file, forget) == Forgotten(True, 20)
    assert {each.user for each in read_feedback(file)} == {2}
    assert _with(file, _known)[0] is None


def test_what_is_old_goes_and_who_comes_back_keeps_the_language(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    _with(file, _fill, now=1000.0)
    _with(file, lambda state: state.touch(2), keep_days=10, now=9 * _DAY)
    assert _with(file, _known, keep_days=10, now=9 * _DAY) == _FULL
    late = _with(file, _known, keep_days=10, now=12 * _DAY)
    assert late == (None, "en", [-100, 3], Counts(1, 2, 0, 0))  # bans are kept until they are lifted
    assert read_feedback(file) == []


@pytest.mark.parametrize("damage", ["no database", "all but the first page"])
def test_a_damaged_file_is_set_aside_in_one_line(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / FILE_NAME
    _with(file, _fill)
    raw = b"this is no database, whatever its name says " * 200
    if damage == "all but the first page":
        raw = file.read_bytes()[:4096]
        raw += b"\xa5" * (file.stat().st_size - len(raw))
    file.write_bytes(raw)
    with pytest.raises(StateError, match="start `huiwen bot`, which mends it"):
        read_feedback(file)
    with caplog.at_level(logging.INFO):
        assert _with(file, _known) == (None, None, [], Counts(0, 0, 0, 0))
    (record,) = caplog.records
    assert "set aside as people.sqlite.damaged-1" in record.message
    assert file.with_name("people.sqlite.damaged-1").read_bytes() == raw
    _with(file, _fill)
    assert _with(file, _known) == _FULL


def test_a_file_damaged_while_it_is_used_keeps_what_is_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / FILE_NAME
    _with(file, _fill)

    async def damage(state: State) -> Counts:
        size = file.stat().st_size
        with file.open("r+b") as raw:
            raw.seek(4096)
            raw.write(b"\xa5" * (size - 4096))
        await state._run(lambda connection: connection.execute("PRAGMA shrink_memory"))  # read it again
        return await state.counts()

    assert _with(file, damage) == Counts(2, 2, 0, 0)
    assert sum("set aside" in record.message for record in caplog.records) == 1
    _with(file, lambda state: state.add_feedback(_feedback(message=77)))
    assert _with(file, _known) == ("zh-hant", "en", [-100, 3], Counts(2, 2, 1, 0))


def test_files_that_cannot_be_used_are_told_with_what_mends_it(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    _with(file, _fill)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    for use in (State.open, read_feedback):
        with pytest.raises(StateError, match="written by a newer huiwen"):
            use(file)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StateError, match="cannot be opened"):
        State.open(folder)


def test_two_at_once_do_not_lose_anything(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME

    async def both() -> None:
        states = [State.open(file), State.open(file)]
        await asyncio.gather(
            *(
                state.add_feedback(_feedback(user=user, message=message))
                for user, state in enumerate(states)
                for message in range(30)
            )
        )
        for state in states:
            state.close()

    asyncio.run(both())
    assert len(read_feedback(file)) == 60

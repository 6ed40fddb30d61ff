"""What `huiwen doctor` says of the file of people."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.doctor import check_people
from bot.state import FILE_NAME, State


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "我的 data" / FILE_NAME

    async def fill() -> None:
        with contextlib.closing(State.open(file)) as state:
            await state.set_language(1, "en")
            await state.ban(2, by=9)
            await state.ban(3, by=9)

    asyncio.run(fill())
    return file


def test_none_is_fine_and_is_not_made(tmp_path: Path) -> None:
    check = check_people(tmp_path / "none" / FILE_NAME)
    assert (check.state, check.detail) == ("ok", "nothing kept yet")
    assert list(tmp_path.iterdir()) == []


def test_a_healthy_one_is_told_in_a_line(file: Path) -> None:
    line = f"{FILE_NAME}, version 1, healthy: 1 languages, 2 bans, 0 feedback"
    assert (check_people(file).state, check_people(file).detail) == ("ok", line)
    with contextlib.closing(State.open(file)):  # while a bot is running
        assert check_people(file).detail == line


def test_an_empty_one_was_just_begun(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    assert check_people(tmp_path / FILE_NAME).state == "ok"


def test_what_is_wrong_is_named_and_how_to_mend_it(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    newer = check_people(file)
    assert newer.state == "wrong" and "newer huiwen" in newer.detail
    for content in (b"SQLite format 3\0" + b"\0" * 4000, b"nonsense" * 1000):
        file.write_bytes(content)
        damaged = check_people(file)
        assert damaged.state == "wrong" and "sets it aside" in damaged.detail
        assert "\n" not in damaged.detail and str(file) in damaged.detail
    file.unlink()
    file.mkdir()
    refused = check_people(file)
    assert refused.state == "wrong" and "permissions" in refused.detail

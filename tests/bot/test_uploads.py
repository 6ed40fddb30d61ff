from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bot.inbox import Inbox
from bot.index_queue import IndexQueue
from bot.index_run import IndexRun
from bot.uploads import RefusedError, Stored, ThereAlreadyError, Uploads
from tests.bot.uploading import RIVER
from tests.retrieval.building import index, put


def _uploads(folder: Path) -> Uploads:
    queue = IndexQueue(IndexRun(["nothing"], {}))
    return Uploads(Inbox(folder / "data" / "uploads"), folder / "data", queue, dict(os.environ))


async def _store(uploads: Uploads, content: bytes, suffix: str = ".txt") -> Stored:
    incoming = await uploads.begin(suffix)
    incoming.write_bytes(content)
    return await uploads.store(incoming, "")


def test_the_same_file_twice_at_once_is_stored_once(tmp_path: Path) -> None:
    async def main() -> list[Stored]:
        uploads = _uploads(tmp_path)
        return await asyncio.gather(*(_store(uploads, RIVER.encode(), suffix) for suffix in (".txt", "")))

    one, other = asyncio.run(main())
    assert one.name == other.name and sorted((one.again, other.again)) == [False, True]
    assert [each.name for each in (tmp_path / "data" / "uploads").iterdir() if each.is_file()] == [one.name]
    assert list((tmp_path / "data" / "uploads" / ".incoming").iterdir()) == []


def test_a_file_of_the_operator_is_known_while_it_is_there(tmp_path: Path) -> None:
    river = put(tmp_path / "articles", "river.txt", RIVER)
    index(tmp_path / "data", tmp_path / "articles")
    uploads = _uploads(tmp_path)
    with pytest.raises(ThereAlreadyError, match=r"river\.txt"):
        asyncio.run(_store(uploads, river.read_bytes()))
    river.unlink()
    stored = asyncio.run(_store(uploads, RIVER.encode()))
    assert stored.known == {stored.contents.headlines[0].id}


def test_a_folder_that_is_not_mounted_is_not_made_anew(tmp_path: Path) -> None:
    uploads = _uploads(tmp_path)
    stored = asyncio.run(_store(uploads, RIVER.encode()))
    folder = tmp_path / "data" / "uploads"
    index(tmp_path / "data", folder)
    shutil.move(folder, tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="mount it"):
        asyncio.run(uploads.begin(".txt"))
    assert not folder.exists()
    assert asyncio.run(uploads.catch_up()) is None
    shutil.move(tmp_path / "elsewhere", folder)
    assert asyncio.run(_store(uploads, RIVER.encode())).name == stored.name


def test_what_a_killed_process_has_stored_is_noticed(tmp_path: Path) -> None:
    uploads = _uploads(tmp_path)
    assert asyncio.run(uploads.catch_up()) is None
    stored = asyncio.run(_store(uploads, RIVER.encode()))
    put(tmp_path / "articles", "other.txt", "会议召开。会议强调，要抓好落实。")
    index(tmp_path / "data", tmp_path / "articles")

    def is_behind() -> bool:
        # Its own queue: a run of what cannot be started is told of, and no run at all is not.
        return asyncio.run(_uploads(tmp_path).catch_up()) is not None

    assert is_behind()
    index(tmp_path / "data", tmp_path / "data" / "uploads")
    assert not is_behind()
    assert asyncio.run(uploads.withdraw(stored.name)) and is_behind()

"""What stands in a real index, over several generations."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot.shelf import Shelf
from retrieval.errors import NoIndexError
from retrieval.rollback import roll_back
from tests.retrieval.building import index, put, put_all, record


def _dates(shelf: Shelf) -> list[tuple[str, str]]:
    return [(article.id, article.date) for article in shelf.contents().articles]


def test_the_shelf_follows_the_index(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "articles"
    shelf = Shelf(data)
    with pytest.raises(NoIndexError):
        shelf.contents()
    put_all(folder)
    index(data, folder)
    assert _dates(shelf) == [("clinic", "2023"), ("metro", "2022-03"), ("flood", "2021-07-13"), ("fire", "")]
    assert list(shelf.contents().months) == ["2023", "2022-03", "2021-07", ""]
    first = shelf.contents()
    assert shelf.contents() is first  # read once a generation
    put(
        folder,
        "new.jsonl",
        record("new", "11月20日，省委召开会议。", date="2024-11-20", url="https://e.com/1"),
    )
    (folder / "metro.jsonl").unlink()
    index(data, folder)
    assert _dates(shelf)[0] == ("new", "2024-11-20")
    assert shelf.contents().articles[0].url == "https://e.com/1"
    assert "metro" not in dict(_dates(shelf))
    assert shelf.contents().generation == 2 and shelf.contents().passages == 4
    roll_back(data, None, wait=False)
    assert [article.id for article in shelf.contents().articles] == [each.id for each in first.articles]


def test_several_may_ask_at_once(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "articles"
    put_all(folder)
    index(data, folder)
    shelf, seen = Shelf(data), []
    threads = [threading.Thread(target=lambda: seen.append(shelf.contents())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8 and all(each is seen[0] for each in seen)

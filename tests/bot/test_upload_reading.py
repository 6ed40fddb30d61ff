from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from bot import upload_reading
from bot.upload_reading import SHOWN, Contents, read_apart
from tests.bot.uploading import RIVER, word_of


def _read(path: Path, name: str = "") -> Contents | str:
    return asyncio.run(read_apart(path, name or path.name, dict(os.environ)))


def test_what_is_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(RIVER.encode("gb18030"))
    read = _read(path, "2026-06-02-x.txt")
    assert isinstance(read, Contents) and (read.articles, read.paragraphs, read.problems) == (1, 1, ())
    (headline,) = read.headlines
    assert headline.title == "临江市召开防汛工作会议" and headline.date == "2026-06-02"


def test_of_many_the_first_few_are_told(tmp_path: Path) -> None:
    records = [
        json.dumps({"id": f"r{n}", "title": f"题{n}", "text": f"第{n}次会议召开。"}) for n in range(40)
    ]
    (tmp_path / "x.jsonl").write_text("\n".join([*records, *["[]"] * 9]), encoding="utf-8")
    read = _read(tmp_path / "x.jsonl")
    assert isinstance(read, Contents) and read.articles == read.paragraphs == 40
    assert [each.id for each in read.headlines] == [f"r{n}" for n in range(SHOWN)]
    assert len(read.problems) == SHOWN and read.more_problems == 9 - SHOWN


def test_a_document_that_swells_is_refused(tmp_path: Path) -> None:
    swollen = io.BytesIO(word_of(("题", "文")))
    with zipfile.ZipFile(swollen, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/x", bytes(301_000_000))
    (tmp_path / "x.docx").write_bytes(swollen.getvalue())
    assert len(swollen.getvalue()) < 1_000_000
    assert "unpacked" in str(_read(tmp_path / "x.docx"))


def test_what_takes_too_long_or_too_much_ends_that_process_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.txt").write_text(RIVER, encoding="utf-8")
    monkeypatch.setattr(upload_reading, "_WALL_S", 0.0)
    assert "too long" in str(_read(tmp_path / "x.txt"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert "cannot be started" in str(_read(tmp_path / "x.txt"))

from __future__ import annotations

from pathlib import Path

import pytest

from bot.upload_notes import Note, Notes

NOTE = Note(1001, 7, "zh", "报.pdf")


def test_what_is_under_way_outlives_the_process(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "data")
    notes.put(NOTE)
    notes.put(Note(1001, 8, "en", "x", undo=True))
    stored = Note(1001, 7, "zh", "报.pdf", "abcdefghijklmnopabcd.pdf")
    notes.put(stored)
    notes.drop(Note(1001, 8, "en", "x"))
    after = Notes(tmp_path / "data")
    assert after.recall() == [stored]
    after.put(Note(1001, 9, "en", "y"))
    assert len(Notes(tmp_path / "data").recall()) == 2
    after.drop(NOTE)
    assert [each.message for each in Notes(tmp_path / "data").recall()] == [9]


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"chat": 1}]', "\xff"])
def test_what_cannot_be_read_is_done_without(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "uploads.json").write_text(content, encoding="latin-1")
    notes = Notes(tmp_path)
    assert notes.recall() == [] and "cannot be read" in caplog.text
    notes.put(NOTE)
    assert Notes(tmp_path).recall() == [NOTE]


def test_what_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    Notes(tmp_path / "data").put(NOTE)
    assert "cannot be noted" in caplog.text

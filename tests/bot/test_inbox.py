from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inbox import Inbox, Place, digest_of, is_stored_name, name_for
from bot.upload_rendering import UNDO_PREFIX, read_undo
from retrieval.dates import date_from_name

DIGEST = "0123456789abcdef0123456789abcdef"


def _put(inbox: Inbox, content: bytes, called: str = "") -> str:
    incoming = inbox.begin(".txt")
    incoming.write_bytes(content)
    name = name_for(digest_of(incoming), ".txt", called)
    inbox.store(incoming, name)
    return name


@given(st.text(max_size=300), st.sampled_from([".txt", ".jsonl", ".md", ".html", ".docx", ".pdf"]))
def test_names_are_our_own_whatever_a_file_is_called(called: str, suffix: str) -> None:
    name = name_for(DIGEST, suffix, called)
    assert is_stored_name(name) and os.path.basename(name) == name
    assert len(f"{UNDO_PREFIX}{name}".encode()) <= 64 and read_undo(f"{UNDO_PREFIX}{name}") == name


@pytest.mark.parametrize(
    ("called", "date"),
    [
        ("日报20190604.pdf", "2019-06-04"),
        ("../2019/06/04/../../etc/passwd.txt", None),
        ("2019年6月 要闻.txt", "2019-06"),
        ("2019.txt", "2019"),
        ("6月4日.txt", None),
        ("page.txt", None),
    ],
)
def test_the_date_in_a_name_outlives_it(called: str, date: str | None) -> None:
    name = name_for(DIGEST, ".txt", called)
    kept = date_from_name(name)
    assert (str(kept) if kept else None) == date or called.startswith("..")
    assert name.endswith("abcdefghijklmnopabcd.txt")


@pytest.mark.parametrize(
    "data",
    [
        "u:",
        "u:../../etc/passwd.txt",
        "u:abcdefghijklmnopabcd.exe",
        "u:abcdefghijklmnopabcd.txt/..",
        "u:abcdefghijklmnopabcd.txt\n",
        "a:abcdefghijklmnopabcd.txt",
    ],
)
def test_no_button_of_other_origin_names_a_file(data: str) -> None:
    assert read_undo(data) is None


def test_a_file_is_found_by_what_is_in_it_and_taken_out(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "in")
    assert inbox.stored() == set() and inbox.find(DIGEST) is None and inbox.sweep() == 0
    name = _put(inbox, b"one", "2019-06-04")
    assert inbox.stored() == {name} and inbox.find(digest_of(inbox.path(name))) == name
    assert inbox.place(name) is Place.INBOX
    assert inbox.withdraw(name) and not inbox.withdraw(name)
    assert inbox.place(name) is Place.WITHDRAWN and inbox.stored() == set()
    assert _put(inbox, b"one", "2019-06-04") == name and inbox.withdraw(name)
    assert (tmp_path / "in" / ".withdrawn" / name).read_bytes() == b"one"
    assert inbox.place("aaaaaaaaaaaaaaaaaaaa.txt") is Place.NOWHERE


def test_what_was_left_half_written_is_swept_away(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    old, new = inbox.begin(".pdf"), inbox.begin(".pdf")
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert inbox.sweep() == 1
    assert not old.exists() and new.exists() and inbox.stored() == set()

"""One writer at a time, and the others are told who it is."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from datetime import datetime
from pathlib import Path

import pytest

from retrieval.errors import BusyError
from retrieval.writer_lock import writing

from .waiting import other_process

_HOLDER = """
import sys
from pathlib import Path
from retrieval.writer_lock import writing
with writing(Path(sys.argv[1]), wait=False):
    print("holds", flush=True)
    sys.stdin.readline()
print("let go", flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def _refusal(home: Path) -> str:
    with pytest.raises(BusyError) as raised, writing(home, wait=False):
        pass
    return str(raised.value)


def test_another_is_told_who_writes_and_since_when(home: Path) -> None:
    before = datetime.now().replace(microsecond=0)
    with other_process(_HOLDER, home) as holder:
        said = _refusal(home)
        found = re.fullmatch(
            r"another huiwen \(process (\d+), since (.+)\) is writing the index in (.+);"
            r" try again when it is done, or wait for it with --wait",
            said,
        )
        assert found is not None, said
        assert int(found[1]) == holder.pid
        assert before <= datetime.fromisoformat(found[2]) <= datetime.now()
        assert found[3] == str(home)


def test_what_is_let_go_can_be_taken(home: Path) -> None:
    for _ in range(3):
        with writing(home, wait=False):
            assert f"process {os.getpid()}," in _refusal(home)
    with pytest.raises(ZeroDivisionError), writing(home, wait=False):
        raise ZeroDivisionError
    with writing(home, wait=False):
        pass
    assert [path.name for path in home.iterdir() if path.name != "writer.lock"] == []


def test_who_waits_comes_next(home: Path) -> None:
    with other_process(_HOLDER, home) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        holder.stdin.write("\n")  # lets go
        holder.stdin.flush()
        with writing(home, wait=True):
            assert holder.stdout.readline() == "let go\n"
            assert f"process {os.getpid()}," in _refusal(home)


def test_one_that_is_killed_leaves_no_lock_and_no_wrong_words(home: Path) -> None:
    with other_process(_HOLDER, home) as holder:
        pid = holder.pid
    until = time.monotonic() + 10
    while True:
        try:
            with writing(home, wait=False):
                said = _refusal(home)
            break
        except BusyError:  # the system is still clearing up after it
            assert time.monotonic() < until
            time.sleep(0.01)
    assert f"process {pid}," not in said
    assert f"process {os.getpid()}," in said


@pytest.mark.parametrize(
    "record", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "host": "", "since": 1}', "\\xff"]
)
def test_what_cannot_be_told_is_left_out(home: Path, record: str) -> None:
    with writing(home, wait=False):
        (home / "writer.json").write_text(record, encoding="utf-8")
        assert _refusal(home).startswith("another huiwen is writing the index in ")
        (home / "writer.json").unlink()
        assert _refusal(home).startswith("another huiwen is writing the index in ")


def test_one_on_another_machine_is_named_with_it(home: Path) -> None:
    with writing(home, wait=False):
        record = json.loads((home / "writer.json").read_text(encoding="utf-8"))
        assert record["host"] == socket.gethostname()
        (home / "writer.json").write_text(json.dumps(record | {"host": "elsewhere"}), encoding="utf-8")
        assert f"(process {os.getpid()} on elsewhere, since " in _refusal(home)

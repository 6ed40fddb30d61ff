"""A damaged file is seen on opening and by the doctor; it never makes a wrong answer or a crash."""

from __future__ import annotations

import sys

import pytest

from .forking import run_script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


_SOME = ("--each", "3", "--most", "24", "--seed", "1")  # the script takes all files and all damages
_FEWER = ("--each", "1", "--most", "24", "--seed", "1", "--doctor")


@pytest.mark.parametrize("arguments", [_SOME, _FEWER])
def test_damage_to_any_file_is_seen_and_harms_no_answer(arguments: tuple[str, ...]) -> None:
    ran = run_script("corruption_test.py", *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 faults" in ran.stdout

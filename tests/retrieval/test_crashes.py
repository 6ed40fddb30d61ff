"""A writer that is killed at any moment harms neither those who ask nor the run after it."""

from __future__ import annotations

import sys

import pytest

from .forking import run_script

_KILLS = "12"  # the script does two hundred


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_nobody_notices_that_the_writer_was_killed() -> None:
    ran = run_script("crash_test.py", "--kills", _KILLS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{_KILLS} kills" in ran.stdout

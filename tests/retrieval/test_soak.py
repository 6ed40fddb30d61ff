"""Several writers and many readers get on with one another; the script has them do so for minutes."""

from __future__ import annotations

import sys

import pytest

from .forking import run_script


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory by /proc")
def test_two_writers_and_some_readers_for_some_seconds() -> None:
    ran = run_script("soak.py", "--minutes", "0.15", "--readers", "4")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 writers, 4 readers" in ran.stdout

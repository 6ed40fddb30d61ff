"""Whatever file operation of the writer fails: the old generation serves, and the error names the file."""

from __future__ import annotations

import pytest

from . import preloading
from .forking import run_script

# Some thirty operations of each, each run a little elsewhere would find no more: the script does all.
_STRIDES = {"first": "29", "arrival": "41", "full": "47"}


@pytest.mark.skipif(bool(preloading.missing()), reason=preloading.missing() or "nothing is missing")
@pytest.mark.parametrize("scene", _STRIDES)
def test_a_file_operation_that_fails_costs_no_more_than_its_run(scene: str) -> None:
    ran = run_script("fault_test.py", "--scene", scene, "--stride", _STRIDES[scene])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{scene}: " in ran.stdout

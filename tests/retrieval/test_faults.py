"""Whatever file operation of the writer fails: the old generation serves, and the error names the file."""

from __future__ import annotations

import pytest

from . import preloading
from .faulting import SCENES
from .forking import run_script

_MOST = "10"  # operations of a scene; the script lets all of them fail


@pytest.mark.skipif(bool(preloading.missing()), reason=preloading.missing() or "nothing is missing")
@pytest.mark.parametrize("scene", SCENES)
def test_a_file_operation_that_fails_costs_no_more_than_its_run(scene: str) -> None:
    ran = run_script("fault_test.py", "--scene", scene, "--most", _MOST)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{scene}: " in ran.stdout

"""A real Milvus server, alone in a network of its own: see `real_milvus`."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .real_milvus import STEPS
from .stores import needs_milvus

_ALONE = 'ip link set lo up && exec "$0" -m tests.retrieval.real_milvus "$1"'


def _has_namespaces() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    command = ["unshare", "-rn", "ip", "link", "set", "lo", "up"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.milvus_server
@pytest.mark.timeout(600)
@needs_milvus
@pytest.mark.skipif(importlib.util.find_spec("milvus") is None, reason="needs pip install milvus==2.3.5")
@pytest.mark.skipif(not _has_namespaces(), reason="needs unshare, so that the server listens to nobody else")
def test_dense_search_on_a_real_server(tmp_path: Path) -> None:
    command = ["unshare", "-rn", "sh", "-c", _ALONE, sys.executable, str(tmp_path)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=580)
    assert (run.returncode, run.stdout.splitlines()) == (0, list(STEPS)), run.stderr[-3000:]

"""NumPy's matrix products: in the thread that asks, however NumPy came to be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_VARIABLE = "OPENBLAS_NUM_THREADS"
_TELL = """
import os
import threadpoolctl
embeddings.one_thread_a_product()
found = threadpoolctl.threadpool_info()
print({library["num_threads"] for library in found if "numpy" in library["filepath"]})
print(os.environ.get("OPENBLAS_NUM_THREADS"))
"""


@pytest.mark.parametrize("before", ["", "import numpy\n"])
@pytest.mark.parametrize("said", [None, "2"])
def test_products_stay_in_their_thread_and_the_environment_as_it_was(before: str, said: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != _VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", f"{before}import embeddings{_TELL}"],
        env=environment | ({_VARIABLE: said} if said else {}),
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"{{1}}\n{said}\n", "")

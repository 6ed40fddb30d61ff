"""NumPy, imported so that its matrix products are computed in the thread that asks for them.

Threads inside a product wait for one another by spinning: on two cores that others use as well a question
took 100 ms instead of 2, and already starting them takes as long as the rest of the import. Whole batches in
threads of our own gain as much and never wait.
"""

from __future__ import annotations

import os
import sys

_VARIABLE = "OPENBLAS_NUM_THREADS"
_ours = "numpy" not in sys.modules and _VARIABLE not in os.environ

if _ours:
    os.environ[_VARIABLE] = "1"  # read by the library when it is loaded

import numpy as np  # noqa: E402

if _ours:
    del os.environ[_VARIABLE]  # other programs and libraries do as they like


def one_thread_a_product() -> None:
    """Let numpy compute a matrix product in one thread, for good, also where others imported it before."""
    blas = np.show_config("dicts")["Build Dependencies"]["blas"]["name"]
    if _ours and "openblas" in blas:
        return
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas")
    own = [library["filepath"] for library in found.info() if "numpy" in library["filepath"]]
    (found.select(filepath=own) if own else found).limit(limits=1)

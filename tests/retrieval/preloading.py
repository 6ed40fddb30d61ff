"""The library that fails file operations: made with the machine's compiler, loaded before all others."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("faults.c")


def missing() -> str:
    """Return what this machine lacks to fail file operations, "" where nothing."""
    if platform.libc_ver()[0] != "glibc":
        return "fails calls of the GNU C library, which only Linux has"
    return "" if shutil.which("cc") else "needs a C compiler, cc"


def run_again_preloaded() -> int:
    """Run this program anew with the library loaded; return its status."""
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "faults.so"
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        environment = {**os.environ, "LD_PRELOAD": str(library), "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode


@dataclass(frozen=True, slots=True)
class Failed:
    """The operation that was made to fail."""

    function: str
    path: str


class Faults:
    """The loaded library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        library.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int]
        library.faults_count.restype = ctypes.c_long
        library.faults_last.restype = ctypes.c_char_p

    @classmethod
    def loaded(cls) -> Faults | None:
        """Return the library where it was loaded into this process."""
        own = ctypes.CDLL(None)
        return cls(own) if hasattr(own, "faults_arm") else None

    def arm(self, folder: Path, nth: int, code: int) -> None:
        """From now on count operations below `folder` and fail the `nth` with errno `code`; 0 fails none."""
        self._library.faults_arm(os.fsencode(folder), nth, code)

    def disarm(self) -> int:
        """Fail no more; return how many operations were counted."""
        self._library.faults_disarm()
        return int(self._library.faults_count())

    def last(self) -> Failed | None:
        """Return the operation that was made to fail."""
        function, _, path = os.fsdecode(self._library.faults_last()).partition("\t")
        return Failed(function, path) if function else None

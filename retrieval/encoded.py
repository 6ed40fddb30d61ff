"""Where vectors are put by until a generation holds them; `known` fills and reads it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

ENCODED = "encoded.sqlite"


def forget_encoded(data_dir: Path) -> None:
    """Remove the file of what was encoded, where nothing of it is still to be published."""
    for path in data_dir.glob(f"{ENCODED}*"):
        with suppress(OSError):  # what stays only takes room
            path.unlink()

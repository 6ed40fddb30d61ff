"""Where this user's settings and data are, as the system has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NAME = "huiwen"


def user_config_folder() -> Path:
    """Return the folder that `huiwen.toml` may be in."""
    return _folder("config", "XDG_CONFIG_HOME", "~/.config")


def user_data_folder() -> Path:
    """Return the folder that data is kept in where no other one is named."""
    return _folder("data", "XDG_DATA_HOME", "~/.local/share")


def _folder(kind: str, variable: str, usual: str) -> Path:
    if sys.platform == "linux" and not hasattr(sys, "getandroidapilevel"):
        # What platformdirs does as well, and takes longer to import than the rest of the settings.
        named = os.environ.get(variable, "").strip()
        return Path(named if os.path.isabs(named) else os.path.expanduser(usual)) / _NAME
    import platformdirs

    find = platformdirs.user_config_path if kind == "config" else platformdirs.user_data_path
    return find(_NAME, appauthor=False)

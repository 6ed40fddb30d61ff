"""What holds for all tests: none fails because the machine is busy, and the long ones do not come last.

The dictionaries are loaded once: builds here cut words themselves, where each would start a process for it.
"""

from __future__ import annotations

import pypinyin  # noqa: F401
import pytest
import rjieba  # noqa: F401
from hypothesis import settings

settings.register_profile("huiwen", deadline=None)
settings.load_profile("huiwen")

# Files that take minutes: begun when the others are done, one core would wait for them.
_LONG = ("test_store.py", "test_quality.py", "test_cli.py", "test_alerts_process.py", "test_presentation.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files be handed out first."""
    items.sort(key=lambda item: item.path.name not in _LONG)

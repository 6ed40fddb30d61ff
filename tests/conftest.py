"""What holds for all tests: none fails because the machine is busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("huiwen", deadline=None)
settings.load_profile("huiwen")

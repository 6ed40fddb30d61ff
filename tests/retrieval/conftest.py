from __future__ import annotations

from pathlib import Path

import pytest

from .encoding import PairEncoder


@pytest.fixture
def encoder() -> PairEncoder:
    return PairEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for articles."""
    path = tmp_path / "articles"
    path.mkdir()
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder for the index."""
    return tmp_path / "data"

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.transformer import SentenceTransformerEncoder
from embeddings.use import UseEncoder

from .tiny import save_tiny_model, save_tiny_reranker


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny(tiny_model: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(tiny_model), device="cpu")


@pytest.fixture(scope="session")
def tiny_reranker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_reranker(tmp_path_factory.mktemp("reranker"))


@pytest.fixture(scope="session")
def use() -> UseEncoder:
    return UseEncoder()

"""Any sentence-transformers model, here a tiny real one; hubs are sockets of our own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from config.settings import EmbeddingSettings
from embeddings import EmbeddingError, open_encoder
from embeddings.transformer import SentenceTransformerEncoder

from .tiny import PASSAGE_PROMPT, QUERY_PROMPT, save_tiny_model

TEXT = "会议什么时候召开？"


def refusal(name: str, **options: str) -> str:
    with pytest.raises(EmbeddingError) as caught:
        SentenceTransformerEncoder(name, **options).encode_queries([TEXT])  # type: ignore[arg-type]
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 400
    return said


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_the_models_own_prompts_are_used(tiny: SentenceTransformerEncoder, tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    bare = SentenceTransformer(str(tiny_model), device="cpu")
    for encode, prompt in ((tiny.encode_queries, QUERY_PROMPT), (tiny.encode_passages, PASSAGE_PROMPT)):
        expected = bare.encode([prompt + TEXT], prompt="", normalize_embeddings=True)
        np.testing.assert_allclose(encode([TEXT]), expected, atol=1e-5)


def test_given_prompts_come_first(tiny: SentenceTransformerEncoder, tiny_model: Path) -> None:
    turned = SentenceTransformerEncoder(
        str(tiny_model), query_prompt=PASSAGE_PROMPT, passage_prompt=QUERY_PROMPT, device="cpu"
    )
    np.testing.assert_allclose(turned.encode_queries([TEXT]), tiny.encode_passages([TEXT]), atol=1e-6)
    np.testing.assert_allclose(turned.encode_passages([TEXT]), tiny.encode_queries([TEXT]), atol=1e-6)
    assert turned.fingerprint != tiny.fingerprint


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_batch_size_makes_no_difference(
    tiny: SentenceTransformerEncoder, tiny_model: Path, batch_size: int
) -> None:
    texts = [TEXT * length for length in (5, 1, 0, 3, 2, 9, 1)]
    other = SentenceTransformerEncoder(str(tiny_model), device="cpu", batch_size=batch_size)
    np.testing.assert_allclose(other.encode_passages(texts), tiny.encode_passages(texts), atol=1e-5)


def test_a_model_without_prompts(tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder(str(save_tiny_model(tmp_path, prompts=False)), device="cpu")
    np.testing.assert_array_equal(encoder.encode_queries([TEXT]), encoder.encode_passages([TEXT]))


def test_the_fingerprint_follows_what_the_files_hold(tiny_model: Path, tmp_path: Path) -> None:
    def fingerprint(model: Path) -> str:
        return SentenceTransformerEncoder(str(model), device="cpu").fingerprint

    copy = tmp_path / tiny_model.name
    shutil.copytree(tiny_model, copy)
    os.utime(copy / "model.safetensors", (0, 0))
    (copy / "README.md").write_text("another text")
    assert fingerprint(copy) == fingerprint(tiny_model)
    window = json.loads((copy / "sentence_bert_config.json").read_text())
    (copy / "sentence_bert_config.json").write_text(json.dumps(window | {"max_seq_length": 32}))
    assert fingerprint(copy) != fingerprint(tiny_model)
    assert fingerprint(save_tiny_model(tmp_path / "other", seed=1)) != fingerprint(tiny_model)


def test_settings_name_a_model(tiny: SentenceTransformerEncoder, tiny_model: Path) -> None:
    encoder = open_encoder(EmbeddingSettings(model=f"sentence-transformers:{tiny_model}", device="cpu"))
    assert encoder.dim == tiny.dim == 32
    assert encoder.fingerprint == tiny.fingerprint


def test_a_vector_of_nothing_is_a_unit_vector(tmp_path: Path) -> None:
    """A model whose weights are all zero gives zero vectors, one of NaN weights NaN."""
    import torch
    from safetensors.torch import load_file, save_file

    saved = save_tiny_model(tmp_path)
    for value in (0.0, float("nan")):
        weights = {
            name: torch.full_like(tensor, value)
            for name, tensor in load_file(saved / "model.safetensors").items()
        }
        save_file(weights, saved / "model.safetensors", metadata={"format": "pt"})
        vectors = SentenceTransformerEncoder(str(saved), device="cpu").encode_passages([TEXT, ""])
        np.testing.assert_array_equal(np.linalg.norm(vectors, axis=1), 1)


def test_missing_folders_are_named(tmp_path: Path) -> None:
    for name in ("./no-such", str(tmp_path / "no-such"), "~/no-such-model", "a/b/c"):
        assert "there is no folder" in refusal(name)


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    assert "cannot be loaded" in refusal(str(tmp_path))


def test_broken_weights(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"cut short")
    assert "cannot be loaded" in refusal(str(tmp_path / "broken"))


@pytest.mark.parametrize("device", ["nonsense", "cuda:77", "mps:9"])
def test_unknown_devices(tiny_model: Path, device: str) -> None:
    said = refusal(str(tiny_model), device=device)
    assert f"embedding.device = {device!r}" in said and '"cpu"' in said


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_backends_that_are_not_installed(tiny_model: Path, backend: str) -> None:
    pytest.importorskip("sentence_transformers")
    try:
        __import__({"onnx": "optimum.onnxruntime", "openvino": "optimum.intel"}[backend])
    except ImportError:
        assert f'pip install "sentence-transformers[{backend}]"' in refusal(str(tiny_model), backend=backend)
    else:
        pytest.skip(f"{backend} is installed here")


_ASK = """
import sys, time
from embeddings import EmbeddingError
from embeddings.transformer import SentenceTransformerEncoder
encoder = SentenceTransformerEncoder(sys.argv[1], device="cpu")
try:
    print(encoder.encode_queries(["会议"]).shape, encoder.fingerprint)
except EmbeddingError as error:
    print("refused:", error)
"""


def test_without_the_extra() -> None:
    done = run(
        "import sys; sys.modules['sentence_transformers'] = None\n" + _ASK, "intfloat/multilingual-e5-small"
    )
    assert done.stderr == ""
    assert done.stdout.startswith("refused: ")
    assert 'pip install "huiwen[sentence-transformers]"' in done.stdout


def test_nothing_is_printed(tiny_model: Path) -> None:
    done = run(_ASK, str(tiny_model))
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("(1, 32) sentence-transformers/tiny/")


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "closed"])
def test_a_hub_that_does_not_answer_fails_soon(silent: bool, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hub:
        endpoint = f"http://127.0.0.1:{hub.getsockname()[1]}"
        if not silent:
            hub.close()
        started = time.monotonic()
        done = run(_ASK, "owner/model", HF_ENDPOINT=endpoint, HF_HOME=str(tmp_path), HF_HUB_OFFLINE="0")
        took = time.monotonic() - started
    assert done.stderr == ""
    assert "refused: embedding.model: 'owner/model'" in done.stdout
    assert "does not answer" in done.stdout and "HF_ENDPOINT" in done.stdout
    assert done.stdout.count("\n") == 1
    assert took < 60  # nearly all of it imports


def test_a_model_in_the_cache_needs_no_hub(
    tiny: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--owner--tiny"
    shutil.copytree(tiny_model, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    with socket.create_server(("127.0.0.1", 0)) as hub:  # accepts, never answers
        endpoint = f"http://127.0.0.1:{hub.getsockname()[1]}"
        done = run(_ASK, "owner/tiny", HF_ENDPOINT=endpoint, HF_HOME=str(tmp_path))
    assert done.stderr == ""
    assert done.stdout == f"(1, 32) {tiny.fingerprint}\n"

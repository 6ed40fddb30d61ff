"""Any CrossEncoder as a reranker, here a tiny real one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from config.settings import EmbeddingSettings
from embeddings import EmbeddingError, open_reranker
from embeddings.cross_encoder import CrossEncoderReranker

from .tiny import save_tiny_reranker

QUESTION = "会议什么时候召开？"
TEXTS = ["会议在3月召开。", "", "出席会议的了", "讲话" * 200, "query 2", "会议强调" * 9, "?"]


@pytest.fixture(scope="module")
def reranker(tiny_reranker: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(str(tiny_reranker), device="cpu")


def refusal(name: str, device: str = "") -> str:
    with pytest.raises(EmbeddingError) as caught:
        CrossEncoderReranker(name, device=device).score(QUESTION, TEXTS)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 400
    return said


def test_scores_are_the_library_s_own_before_the_sigmoid(
    reranker: CrossEncoderReranker, tiny_reranker: Path
) -> None:
    from sentence_transformers import CrossEncoder

    expected = CrossEncoder(str(tiny_reranker), device="cpu").predict([(QUESTION, text) for text in TEXTS])
    scores = reranker.score(QUESTION, TEXTS)
    assert scores.dtype == np.float32
    assert scores.shape == (len(TEXTS),)
    np.testing.assert_allclose(1 / (1 + np.exp(-scores)), expected, atol=1e-5)
    assert len(set(scores.round(3).tolist())) > 3


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_batch_size_makes_no_difference(
    reranker: CrossEncoderReranker, tiny_reranker: Path, batch_size: int
) -> None:
    other = CrossEncoderReranker(str(tiny_reranker), device="cpu", batch_size=batch_size)
    np.testing.assert_allclose(
        other.score(QUESTION, TEXTS), reranker.score(QUESTION, TEXTS), rtol=1e-4, atol=1e-5
    )


def test_nothing_and_what_cannot_be_encoded_are_scored(reranker: CrossEncoderReranker) -> None:
    assert reranker.score(QUESTION, []).shape == (0,)
    assert np.isfinite(reranker.score("\ud800", ["\udfff", "\x00"])).all()


def test_threads_do_not_disturb_one_another(reranker: CrossEncoderReranker) -> None:
    alone = reranker.score(QUESTION, TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for scores in pool.map(lambda _: reranker.score(QUESTION, TEXTS), range(16)):
            np.testing.assert_array_equal(scores, alone)


def test_what_is_not_a_number_comes_last(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    saved = save_tiny_reranker(tmp_path)
    weights = load_file(saved / "model.safetensors")
    weights["classifier.bias"] = torch.full_like(weights["classifier.bias"], float("nan"))
    save_file(weights, saved / "model.safetensors", metadata={"format": "pt"})
    scores = CrossEncoderReranker(str(saved), device="cpu").score(QUESTION, TEXTS)
    np.testing.assert_array_equal(scores, 0)


def test_settings_name_a_reranker(reranker: CrossEncoderReranker, tiny_reranker: Path) -> None:
    settings = EmbeddingSettings(device="cpu")
    named = open_reranker(f" sentence-transformers: {tiny_reranker} ", settings)
    assert named is not None
    np.testing.assert_array_equal(named.score(QUESTION, TEXTS), reranker.score(QUESTION, TEXTS))
    for nothing in ("", "  "):
        assert open_reranker(nothing, settings) is None


@pytest.mark.parametrize("name", ["owner/model", "sentence-transformers:", "use-multilingual-v3"])
def test_names_of_no_known_form_are_refused(name: str) -> None:
    with pytest.raises(EmbeddingError, match=r"unknown search.reranker .*'sentence-transformers:NAME'"):
        open_reranker(name, EmbeddingSettings())


def test_missing_folders_are_named() -> None:
    assert refusal("./no-such").startswith("search.reranker: there is no folder './no-such'")


def test_a_sentence_model_is_no_reranker(tiny_model: Path) -> None:
    said = refusal(str(tiny_model))
    assert said.startswith("search.reranker: ") and "CrossEncoder" in said


def test_a_model_of_several_classes_is_refused(tmp_path: Path) -> None:
    assert "3 scores a pair" in refusal(str(save_tiny_reranker(tmp_path, labels=3)))


def test_unknown_devices(tiny_reranker: Path) -> None:
    assert "embedding.device = 'nonsense'" in refusal(str(tiny_reranker), "nonsense")


_SCORE = """
import sys
from embeddings import EmbeddingError
from embeddings.cross_encoder import CrossEncoderReranker
try:
    print(CrossEncoderReranker(sys.argv[1], device="cpu").score("会议", ["会议", "讲话"]).shape)
except EmbeddingError as error:
    print("refused:", error)
"""


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_without_the_extra() -> None:
    done = run("import sys; sys.modules['sentence_transformers'] = None\n" + _SCORE, "owner/model")
    assert done.stderr == ""
    assert done.stdout.startswith("refused: search.reranker needs the sentence-transformers library")
    assert 'pip install "huiwen[sentence-transformers]"' in done.stdout


def test_nothing_is_printed(tiny_reranker: Path) -> None:
    done = run(_SCORE, str(tiny_reranker))
    assert (done.stdout, done.stderr, done.returncode) == ("(2,)\n", "", 0)


def test_a_hub_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hub:
        endpoint = f"http://127.0.0.1:{hub.getsockname()[1]}"
    done = run(_SCORE, "owner/model", HF_ENDPOINT=endpoint, HF_HOME=str(tmp_path), HF_HUB_OFFLINE="0")
    assert done.stderr == ""
    assert "refused: search.reranker: 'owner/model'" in done.stdout
    assert "does not answer" in done.stdout and 'search.reranker = ""' in done.stdout

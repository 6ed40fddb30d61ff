"""The sentence-transformers library: imported when it is needed, quiet, its models from here or the hub."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from textwrap import shorten
from typing import Literal, TypeVar

from .errors import EmbeddingError
from .model_files import folder_of, looks_like_path, require_reachable

Backend = Literal["torch", "onnx", "openvino"]

_BACKEND_MODULES = {
    "torch": (),
    "onnx": ("onnxruntime", "optimum.onnxruntime"),
    "openvino": ("optimum.intel",),
}

_log = logging.getLogger(__name__)

_Network = TypeVar("_Network")


class Role(Enum):
    """What a model is for: the setting that names it, its kind, and how to do without one from the hub."""

    ENCODER = (
        "embedding.model",
        "sentence-transformers model",
        "take the embedded model (use-multilingual-v3)",
    )
    RERANKER = ("search.reranker", "CrossEncoder", 'do without (search.reranker = "")')

    def __init__(self, setting: str, kind: str, otherwise: str) -> None:
        self.setting = setting
        self.kind = kind
        self.otherwise = otherwise


def load(
    open_network: Callable[[bool], _Network], name: str, role: Role, *, device: str, backend: Backend
) -> _Network:
    """Return the model `name`, opened by `open_network`, which is told whether to keep off the hub.

    What is on this machine is taken without asking the hub. Raises EmbeddingError.
    """
    local = Path(name).is_dir()
    if not local and looks_like_path(name):
        raise EmbeddingError(
            f"{role.setting}: there is no folder {name!r}: name a folder or a model on the hub"
        )
    _import_all(backend, role)
    _check_device(device)
    if local or folder_of(name) is not None:
        try:
            return open_network(True)
        except Exception as error:
            if local:
                raise _cannot_load(name, error, role) from None
            _log.info("the local copy of %s is not complete: %s", name, _first_line(error))
    require_reachable(name, role.setting, role.otherwise)
    _log.info("fetching %s from the model hub", name)
    try:
        return open_network(False)
    except Exception as error:
        raise _cannot_load(name, error, role) from None


def expanded(name: str) -> str:
    """Return a model's name with `~` filled in where it is a folder below somebody's home."""
    return str(Path(name).expanduser()) if name.startswith("~") else name


def _cannot_load(name: str, error: Exception, role: Role) -> EmbeddingError:
    """Return what to tell of a model that is there and cannot be opened."""
    return EmbeddingError(
        f"{role.setting}: {name!r} cannot be loaded ({_first_line(error)}): check the name, or give the "
        f"folder of a complete {role.kind}"
    )


def _first_line(error: Exception) -> str:
    """Return the beginning of what an error of the library says."""
    lines = str(error).strip().splitlines()
    return shorten(lines[0], 160).rstrip(".:") if lines else type(error).__name__


def _import_all(backend: Backend, role: Role) -> None:
    try:
        import huggingface_hub
        import sentence_transformers
        import transformers
        from huggingface_hub.utils.tqdm import disable_progress_bars
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise EmbeddingError(
            f"{role.setting} needs the sentence-transformers library ({_first_line(error)}): "
            'pip install "huiwen[sentence-transformers]"'
        ) from None
    disable_progress_bars()
    transformers_logging.disable_progress_bar()
    # What matters of theirs becomes an EmbeddingError; the rest would stand between question and answer.
    for library in (sentence_transformers, transformers, huggingface_hub):
        logging.getLogger(library.__name__).setLevel(logging.ERROR)
    for module in _BACKEND_MODULES[backend]:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise EmbeddingError(
                f"embedding.backend = {backend!r} needs more packages ({_first_line(error)}): "
                f'pip install "sentence-transformers[{backend}]"'
            ) from None


def _check_device(device: str) -> None:
    if not device:
        return
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError, ValueError) as error:
        raise EmbeddingError(
            f"embedding.device = {device!r} is not on this machine ({_first_line(error)}): "
            'leave it empty or say "cpu"'
        ) from None

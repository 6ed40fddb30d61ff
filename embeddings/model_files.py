"""Where a model's files are, and what tells them from another's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .errors import EmbeddingError

_HUB_TIMEOUT = 5.0  # seconds
_SAMPLES, _SAMPLE_BYTES = 64, 1 << 14
_OF_THE_MODEL = (".json", ".txt", ".model", ".safetensors", ".bin", ".onnx", ".xml")
_NOT_THE_MODEL = {"README.md", "training_args.bin"}


def looks_like_path(name: str) -> bool:
    """Return whether `name` can only be a path: a name on the hub is `model` or `owner/model`."""
    return name.startswith((".", "~")) or os.path.isabs(name) or "\\" in name or name.count("/") > 1


def folder_of(name: str) -> Path | None:
    """Return the folder of a model that is on this machine: itself, or the hub's cache; else None."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import try_to_load_from_cache

    for repository in _repositories(name):
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(repository, file)
            if isinstance(found, str):
                return Path(found).parent
    return None


def require_reachable(name: str, setting: str, otherwise: str) -> None:
    """Raise `EmbeddingError` where the hub cannot be asked about a model, in seconds, not after retries.

    `setting` is what names the model and `otherwise` what else could be done.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        HfApi().model_info(_repositories(name)[0], timeout=_HUB_TIMEOUT)
    except (HfHubHTTPError, HFValidationError) as error:
        status = getattr(getattr(error, "response", None), "status_code", 0)
        if status in (401, 403, 404) or isinstance(error, HFValidationError):
            raise EmbeddingError(
                f"{setting}: there is no model {name!r} on the hub, or it is not public: check the "
                "name, or log in with `hf auth login`"
            ) from None
        raise _unreachable(name, error, setting, otherwise) from None
    except Exception as error:
        raise _unreachable(name, error, setting, otherwise) from None


def digest_of(name: str, backend: str) -> str:
    """Return a digest of a model's configuration and weights; of large weights, of a sample spread evenly."""
    folder = folder_of(name)
    if folder is None:
        return ""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not path.is_file() or path.name in _NOT_THE_MODEL or _hidden(relative):
            continue
        if path.suffix in _OF_THE_MODEL and _in_use(relative, backend):
            digest.update(f"{relative.as_posix()}\0{path.stat().st_size}\0".encode())
            _update(digest, path)
    return digest.hexdigest()


def _update(digest: hashlib._Hash, path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _SAMPLES * _SAMPLE_BYTES:
            digest.update(file.read())
            return
        for sample in range(_SAMPLES):
            file.seek((size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE_BYTES))


def _in_use(relative: Path, backend: str) -> bool:
    """Return whether a file belongs to the backend in use: the hub keeps them all in one folder."""
    others = {"onnx", "openvino"} - {backend}
    return not others.intersection(relative.parts)


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _repositories(name: str) -> tuple[str, ...]:
    """Return the names that the library tries: its own models may be named without their owner."""
    return (name,) if "/" in name else (f"sentence-transformers/{name}", name)


def _unreachable(name: str, error: Exception, setting: str, otherwise: str) -> EmbeddingError:
    return EmbeddingError(
        f"{setting}: {name!r} is not on this machine and the model hub does not answer "
        f"({type(error).__name__}): name a folder, set HF_ENDPOINT to a mirror, or {otherwise}"
    )

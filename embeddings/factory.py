"""From settings to a sentence model and a reranker."""

from __future__ import annotations

from collections.abc import Sequence

from config.settings import EmbeddingSettings

from .encoder import Encoder
from .errors import EmbeddingError
from .reranker import Reranker

_EMBEDDED = "use-multilingual-v3"
_PREFIX = "sentence-transformers:"


def open_encoder(settings: EmbeddingSettings, *, ahead: bool = False, texts: Sequence[str] = ()) -> Encoder:
    """Return the encoder that `settings.model` names; nothing is loaded before its first use.

    With `ahead` the embedded model begins to load at once, beside what the program does next, and with it
    what these `texts` need, which will be asked for first.

    Raises `EmbeddingError` where the name is of no known form.
    """
    if settings.model == _EMBEDDED:
        from .use import UseEncoder

        encoder = UseEncoder(settings.threads)
        if ahead:
            encoder.load_ahead(texts=texts)
        return encoder
    name = settings.model.removeprefix(_PREFIX).strip()
    if name and settings.model.startswith(_PREFIX):
        from .transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(
            name,
            query_prompt=settings.query_prompt,
            passage_prompt=settings.passage_prompt,
            device=settings.device,
            backend=settings.backend,
            batch_size=settings.batch_size,
        )
    raise EmbeddingError(
        f"unknown embedding.model {settings.model!r}: it is {_EMBEDDED!r} or '{_PREFIX}NAME', where NAME is "
        "a model's name on the hub or a folder"
    )


def open_reranker(name: str, settings: EmbeddingSettings) -> Reranker | None:
    """Return the reranker that `name`, as of `search.reranker`, names; None where it is empty.

    It runs as `settings` say of device and batches; nothing is loaded before its first use. Raises
    `EmbeddingError` where the name is of no known form.
    """
    if not name.strip():
        return None
    model = name.strip().removeprefix(_PREFIX).strip()
    if model and name.strip().startswith(_PREFIX):
        from .cross_encoder import CrossEncoderReranker

        return CrossEncoderReranker(model, device=settings.device, batch_size=settings.batch_size)
    raise EmbeddingError(
        f"unknown search.reranker {name!r}: it is '{_PREFIX}NAME', where NAME is a CrossEncoder's name on "
        "the hub or a folder, or empty for none"
    )

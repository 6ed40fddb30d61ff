"""From settings to a sentence model."""

from __future__ import annotations

from config.settings import EmbeddingSettings

from .encoder import Encoder
from .errors import EmbeddingError

_EMBEDDED = "use-multilingual-v3"
_PREFIX = "sentence-transformers:"


def open_encoder(settings: EmbeddingSettings, *, ahead: bool = False) -> Encoder:
    """Return the encoder that `settings.model` names; nothing is loaded before its first use.

    With `ahead` the embedded model begins to load at once, beside what the program does next.

    Raises `EmbeddingError` where the name is of no known form.
    """
    if settings.model == _EMBEDDED:
        from .use import UseEncoder

        encoder = UseEncoder(settings.threads)
        if ahead:
            encoder.load_ahead()
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

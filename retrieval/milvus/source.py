"""What is published on a server, for who searches it and who reads it."""

from __future__ import annotations

from collections.abc import Sequence

from config import EmbeddingSettings, StoreSettings
from embeddings import Encoder, open_encoder
from retrieval.embedded_store import require_model
from retrieval.errors import StoreError
from retrieval.milvus.articles import RemoteArticles
from retrieval.milvus.heads import Head, head_keys, serving_heads
from retrieval.milvus.link import Link
from retrieval.milvus.records import Records
from retrieval.milvus.store import MilvusStore
from retrieval.opening import Holdings


class MilvusSource:
    """The publications of all writers to one store."""

    look_every = 2.0
    """Keys of a few rows are asked for."""

    def __init__(self, settings: StoreSettings) -> None:
        """Take where the server is; nothing is asked of it yet."""
        self.link = Link(settings)
        self._records: Records | None = None

    def stamp(self) -> object | None:
        """Return what changes with every publication, None where the server is away."""
        try:
            return head_keys(self.link)
        except StoreError:
            return None

    def open(self, encoder: Encoder | None) -> MilvusStore:
        """Return what serves. Raises StoreError, NoIndexError, EncoderMismatchError, EmbeddingError."""
        heads = serving_heads(self.link)
        model, fingerprint = heads[0].model, heads[0].fingerprint
        encoder = encoder or open_encoder(EmbeddingSettings(model=model))
        require_model(model, fingerprint, encoder)
        return MilvusStore(self.link, heads, self._records_of(heads), encoder)

    def about(self) -> str:
        """Return what there is to say of the server. Raises StoreError."""
        ways = (
            "finds by vectors and words"
            if self.link.has_bm25
            else "finds by vectors alone; for words it is too old (2.5)"
        )
        return f"{self.link.uri}, {self.link.version}, {len(self.link.collections())} collections, {ways}"

    def holdings(self) -> Holdings:
        """Return what serves, to be read. Raises StoreError, NoIndexError."""
        heads = serving_heads(self.link)
        return Holdings(
            sum(head.generation for head in heads),
            max(head.created for head in heads),
            heads[0].model,
            heads[0].fingerprint,
            {
                "articles": sum(head.articles for head in heads),
                "passages": sum(head.passages for head in heads),
                "segments": sum(1 for head in heads for stratum in head.strata if stratum.passages),
            },
            RemoteArticles(self.link, self._records_of(heads), heads),
        )

    def _records_of(self, heads: Sequence[Head]) -> Records:
        """Return what reads records, with what it has fetched for generations before."""
        epoch = heads[0].epoch
        if self._records is None or self._records.epoch != epoch:
            self._records = Records(self.link, epoch)
        return self._records

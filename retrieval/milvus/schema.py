"""The collections of a store: their fields and indexes."""

from __future__ import annotations

from typing import Any

import xxhash

from retrieval.errors import StoreError
from retrieval.milvus.link import Link

ROWS = 1  # raised when rows change their form or their meaning
ID_BYTES = 1024  # of an article's id that are compared by their beginning
TEXT_BYTES = 65_000
MOST_DAYS = 1024  # tokens of an article
DATES = ("day_first", "day_last", "paper_first", "paper_last")


def epoch_of(fingerprint: str, dim: int, words: bool) -> str:
    """Return what tells collections of one encoder and form of rows from others, in their names.

    `words` tells whether they are found by words, which a server learns when it is brought up to date.
    """
    return xxhash.xxh3_64_hexdigest(f"{ROWS} {dim} {words} {fingerprint}".encode())[:8]


def ensure_heads(link: Link) -> None:
    """Make the collection of heads where there is none. Raises StoreError."""
    name = link.name("heads")
    if name not in link.collections():
        _create(link, name, _keyed(_schema()), {"spare": "L2"})


def ensure(link: Link, epoch: str, dim: int, words: bool) -> None:
    """Make the collections of an epoch where there are none. Raises StoreError."""
    from pymilvus import DataType

    there = link.collections()

    def missing(name: str) -> bool:
        return link.name(epoch, name) not in there

    if missing("passages"):
        schema = _numbered(_schema())
        schema.add_field("article", DataType.INT64)
        _dated(schema)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        _create(link, link.name(epoch, "passages"), schema, {"vector": "IP"} | _worded(schema, words))
    if missing("sentences"):
        schema = _numbered(_schema())
        schema.add_field("article", DataType.INT64)
        schema.add_field("passage", DataType.INT64)
        _dated(schema)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        _create(link, link.name(epoch, "sentences"), schema, {"vector": "IP"})
    if missing("articles"):
        schema = _numbered(_schema())
        schema.add_field("name", DataType.VARCHAR, max_length=ID_BYTES)
        schema.add_field("ref", DataType.VARCHAR, max_length=65_535)
        _dated(schema)
        schema.add_field("spare", DataType.FLOAT_VECTOR, dim=2)
        _create(link, link.name(epoch, "articles"), schema, {"spare": "L2"} | _worded(schema, words))
    if missing("terms"):
        schema = _numbered(_schema())
        schema.add_field("term", DataType.VARCHAR, max_length=TEXT_BYTES)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
        _create(link, link.name(epoch, "terms"), schema, {"vector": "IP"})
    if missing("records"):
        _create(link, link.name(epoch, "records"), _keyed(_schema()), {"spare": "L2"})


COLLECTIONS = ("passages", "sentences", "articles", "terms", "records")


def _schema() -> Any:  # noqa: ANN401  pymilvus has no types
    from pymilvus import MilvusClient

    return MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)


def _keyed(schema: Any) -> Any:  # noqa: ANN401
    """Return a schema of values by their keys; a collection must have a vector, this one needs none."""
    from pymilvus import DataType

    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=512)
    schema.add_field("stratum", DataType.INT64)
    schema.add_field("kind", DataType.VARCHAR, max_length=16)
    schema.add_field("value", DataType.VARCHAR, max_length=65_535)
    schema.add_field("spare", DataType.FLOAT_VECTOR, dim=2)
    return schema


def _numbered(schema: Any) -> Any:  # noqa: ANN401
    from pymilvus import DataType

    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("stratum", DataType.INT64)
    return schema


def _dated(schema: Any) -> None:  # noqa: ANN401
    from pymilvus import DataType

    for name in DATES:
        schema.add_field(name, DataType.INT64)
    schema.add_field("days", DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_DAYS)


def _worded(schema: Any, words: bool) -> dict[str, str]:  # noqa: ANN401
    """Give a schema a text that is found by its words, where the server can; return the metric of that."""
    from pymilvus import DataType

    if not words:
        return {}
    from pymilvus import Function, FunctionType

    schema.add_field(
        "text",
        DataType.VARCHAR,
        max_length=65_535,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "jieba"},
    )
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["text"],
            output_field_names=["sparse"],
        )
    )
    return {"sparse": "BM25"}


def _create(link: Link, name: str, schema: Any, metrics: dict[str, str]) -> None:  # noqa: ANN401
    from pymilvus import MilvusClient

    indexes = MilvusClient.prepare_index_params()
    for field, metric in metrics.items():
        kind = "SPARSE_INVERTED_INDEX" if metric == "BM25" else "FLAT" if field == "spare" else "AUTOINDEX"
        indexes.add_index(field, index_type=kind, metric_type=metric)
    # What finds by words has inverted indexes as well; what is older sorts.
    indexes.add_index("stratum", index_type="INVERTED" if link.has_bm25 else "STL_SORT")
    try:
        link.run("create_collection", name, schema=schema, index_params=indexes, consistency_level="Bounded")
    except StoreError:
        if name not in link.collections():  # else another writer has made it in this moment
            raise
    link.run("load_collection", name)

"""Heads: what each writer has published, and which strata its readers are to search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import xxhash

from retrieval.errors import NoIndexError, StoreError
from retrieval.milvus.link import Link, Row
from retrieval.milvus.packing import in_parts, packed_json, parts_of, unpacked_json
from retrieval.milvus.schema import ROWS, ensure_heads

_MOST_ROWS = 16_000  # Milvus gives no more at once
_DIGITS = 12  # of a number in a key, so that keys sort as numbers do


@dataclass(frozen=True, slots=True)
class Stratum:
    """The rows of one segment, or of what corrects the counts of a generation."""

    number: int
    buckets: Mapping[str, int]
    """By field, over how many its terms are spread; no such field, no terms."""
    gone: tuple[int, ...] = ()
    """Rows of articles that this generation no longer has."""
    passages: int = 0
    """0 for what only corrects counts."""


@dataclass(frozen=True, slots=True)
class Head:
    """One publication of one writer."""

    writer: str
    number: int
    """Rises with every publication, going back included."""
    rows: int
    """The form of the rows, `schema.ROWS`."""
    epoch: str
    """In the names of its collections."""
    words: bool
    """Whether these are found by words as well."""
    generation: int
    """The writer's."""
    created: str
    """When that generation was written: another one may come to have its number."""
    model: str
    fingerprint: str
    dim: int
    articles: int
    passages: int
    fields: Mapping[str, tuple[int, int]]
    """By field, its documents and all their terms."""
    strata: tuple[Stratum, ...]
    common: str
    """`common.npy` as text."""
    scale: tuple[float, float]


def read_heads(link: Link) -> list[Head]:
    """Return all heads there are, of each writer the oldest first. Raises StoreError."""
    name = link.name("heads")
    if name not in link.collections():
        return []
    found: list[Row] = link.run(
        "query",
        name,
        filter="stratum == 0",
        output_fields=["key", "value"],
        limit=_MOST_ROWS,
        consistency_level="Strong",
    )
    values = {row["key"]: row["value"] for row in found}
    heads = (_read(key, values) for key in sorted(values) if key.count("/") == 1)
    return [head for head in heads if head is not None]


def head_keys(link: Link) -> tuple[str, ...]:
    """Return the keys of all heads, which are others after every publication. Raises StoreError."""
    found: list[Row] = link.run(
        "query",
        link.name("heads"),
        filter="stratum == 0",
        output_fields=["key"],
        limit=_MOST_ROWS,
        consistency_level="Strong",
    )
    return tuple(sorted(row["key"] for row in found))


def serving_heads(link: Link) -> list[Head]:
    """Return the last head of each writer, at least one. Raises StoreError, NoIndexError."""
    heads = newest(read_heads(link))
    if not heads:
        raise NoIndexError(
            f"no index yet in the store at {link.uri}; run `huiwen index FOLDER` with the same store.uri"
        )
    return heads


def newest(heads: Iterable[Head]) -> list[Head]:
    """Return the last head of each writer, by the writers' names. Raises StoreError."""
    last: dict[str, Head] = {}
    for head in heads:
        last[head.writer] = head
    serving = [last[name] for name in sorted(last)]
    forms = {(head.rows, head.epoch) for head in serving}
    if len(forms) > 1:
        writers = ", ".join(f"{head.writer} ({head.model})" for head in serving)
        raise StoreError(
            f"the writers of the store use different models or versions: {writers}; run `huiwen index` with"
            " the same on each of them"
        )
    if serving and serving[0].rows != ROWS:
        raise StoreError(
            f"the store was written by another version of huiwen (form {serving[0].rows}, this one reads"
            f" {ROWS}); run `huiwen index` of this version where the articles are"
        )
    return serving


def write_head(link: Link, head: Head) -> None:
    """Publish: from here on readers follow this head. Raises StoreError."""
    ensure_heads(link)
    told = packed_json(asdict(head))
    text = f"{xxhash.xxh3_64_hexdigest(told.encode())}{told}"
    # The part that tells of the others comes last.
    rows = [_row(key, value) for key, value in reversed(list(in_parts(_key(head), text)))]
    for row in rows:
        link.run("upsert", link.name("heads"), [row])


def remove_heads(link: Link, heads: Sequence[Head]) -> None:
    """Forget publications. Raises StoreError."""
    for head in heads:
        key = _key(head)
        link.run("delete", link.name("heads"), filter=f'key == "{key}" or key like "{key}/%"')


def _key(head: Head) -> str:
    return f"{head.writer}/{head.number:0{_DIGITS}d}"


def _row(key: str, value: str) -> Row:
    return {"key": key, "stratum": 0, "kind": "head", "value": value, "spare": [1.0, 0.0]}


def _read(key: str, values: Mapping[str, str]) -> Head | None:
    """Return a head, None where it is not whole."""
    try:
        count, text = parts_of(values[key])
        text += "".join(values[f"{key}/{number}"] for number in range(1, count))
        told = text[16:]
        if xxhash.xxh3_64_hexdigest(told.encode()) != text[:16]:
            return None
        record: dict[str, Any] = unpacked_json(told)
        strata = tuple(
            Stratum(one["number"], one["buckets"], tuple(one["gone"]), one["passages"])
            for one in record["strata"]
        )
        fields = {name: (size, total) for name, (size, total) in record["fields"].items()}
        mean, deviation = record["scale"]
        return Head(**{**record, "strata": strata, "fields": fields, "scale": (mean, deviation)})
    except (KeyError, ValueError, TypeError):
        return None

"""Writing the postings of a field: which documents of a segment have each term, and how often.

A term's number is the place of its hash among those of all terms: it is found by bisection, of all terms of a
question at once, where a table would be asked for each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from retrieval.storing import load_array, naming, save_array
from retrieval.wording import Told

_MOST = 65535  # of a count
_BREAK = "\n"  # no term has one

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


class Stored(NamedTuple):
    """The index of one field of one segment, memory-mapped."""

    hashes: Hashes
    """Of the terms, rising; a term's number is its place."""
    offsets: Numbers
    """Where the postings of each term begin, and one entry more."""
    documents: npt.NDArray[np.int32]
    """Rows of the segment, rising within a term."""
    counts: npt.NDArray[np.uint16]
    usual: Floats
    """The share of all words of the language that each term is."""
    lengths: npt.NDArray[np.int32]
    """How many terms each document has."""


@dataclass(frozen=True, slots=True)
class Postings:
    """What one segment's index of a field has, in the numbers of another."""

    terms: tuple[str, ...]
    usual: Floats
    """The share of all words of the language that each term is."""
    term_of: Numbers
    """The place of its term, of each posting, (n,)."""
    documents: Numbers
    """(n,)"""
    counts: Numbers
    """(n,)"""
    all_documents: Numbers
    """Those too that have no term, (m,)."""
    lengths: Numbers
    """How many terms each of these has, (m,)."""


def term_hashes(terms: Iterable[str]) -> Hashes:
    """Return what tells terms apart, uint64 (n,)."""
    return np.fromiter((xxhash.xxh3_64_intdigest(term.encode()) for term in terms), np.uint64)


def write_postings(
    folder: Path, field: str, told: Told, documents: Numbers, size: int, taken: Iterable[Postings] = ()
) -> list[str]:
    """Write the index of a field under `folder`; return all terms.

    `told` is what `documents` (n,) of the `size` documents say; the others are those in `taken`.
    """
    numbers = {term: number for number, term in enumerate(told.terms)}
    own_lengths = np.frombuffer(told.lengths, np.int32)
    lengths = np.zeros(size, np.int64)
    lengths[documents] = own_lengths
    # By term, and within a term by document: as one number, which sorts faster than two.
    size = max(size, 1)
    said = np.frombuffer(told.said, np.int32).astype(np.int64)
    spoken = np.sort(said * size + np.repeat(documents, own_lengths))
    firsts = np.flatnonzero(np.diff(spoken, prepend=-1))
    places, counts = [spoken[firsts]], [np.diff(firsts, append=len(spoken))]
    shares = np.frombuffer(told.usual, np.float32)
    for part in taken:
        here = np.asarray([numbers.setdefault(term, len(numbers)) for term in part.terms], np.int64)
        shares = np.concatenate([shares, np.zeros(len(numbers) - len(shares), np.float32)])
        shares[here] = part.usual
        places.append(here[part.term_of] * size + part.documents)
        counts.append(part.counts)
        lengths[part.all_documents] = part.lengths
    terms, hashes = list(numbers), term_hashes(numbers)
    order = np.argsort(hashes)
    rank = np.empty(len(terms), np.int64)
    rank[order] = np.arange(len(terms))
    save_array(folder / f"{field}.hashes.npy", hashes[order])
    save_array(folder / f"{field}.usual.npy", shares[order])
    _write_terms(_terms_path(folder, field), [terms[place] for place in order.tolist()])
    own_terms, own_documents = np.divmod(np.concatenate(places), size)
    _save(folder, field, rank[own_terms] * size + own_documents, np.concatenate(counts), lengths, len(terms))
    return terms


def open_postings(folder: Path, field: str) -> Stored:
    """Return what `write_postings` left in `folder`. Raises OSError."""
    return Stored(*(load_array(folder / f"{field}.{part}.npy", mapped=True) for part in Stored._fields))


def read_terms(folder: Path, field: str) -> list[str]:
    """Return all terms of a field by their numbers. Raises OSError."""
    path = _terms_path(folder, field)
    with naming(path, ValueError):
        return path.read_text(encoding="utf-8").split(_BREAK)[:-1]


def read_postings(folder: Path, field: str, rows: Numbers) -> Postings:
    """Return what `write_postings` left of the documents that have a number in `rows` (documents,).

    The others are at -1. Terms that none of these documents has are left out.
    """
    _, offsets, documents, counts, usual, lengths = open_postings(folder, field)
    there = rows[documents] >= 0
    term_of = np.repeat(np.arange(len(usual)), np.diff(offsets))[there]
    used = np.zeros(len(usual), np.bool_)
    used[term_of] = True
    terms, known = read_terms(folder, field), np.flatnonzero(rows >= 0)
    return Postings(
        terms=tuple(terms[number] for number in np.flatnonzero(used).tolist()),
        usual=usual[used],
        term_of=(np.cumsum(used) - 1)[term_of],
        documents=rows[documents[there]],
        counts=counts[there].astype(np.int64),
        all_documents=rows[known],
        lengths=lengths[known].astype(np.int64),
    )


def _terms_path(folder: Path, field: str) -> Path:
    return folder / f"{field}.terms.txt"


def _write_terms(path: Path, terms: Iterable[str]) -> None:
    with naming(path), path.open("wb") as file:
        file.write("".join(f"{term}{_BREAK}" for term in terms).encode())


def _save(folder: Path, field: str, places: Numbers, counts: Numbers, lengths: Numbers, size: int) -> None:
    order = np.argsort(places)
    terms, documents = np.divmod(places[order], max(len(lengths), 1))
    offsets = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(terms, minlength=size), out=offsets[1:])
    save_array(folder / f"{field}.offsets.npy", offsets)
    save_array(folder / f"{field}.documents.npy", documents.astype(np.int32))
    save_array(folder / f"{field}.counts.npy", counts[order].clip(max=_MOST).astype(np.uint16))
    save_array(folder / f"{field}.lengths.npy", lengths.astype(np.int32))

"""Signatures find the texts that share most of their runs of letters."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.signatures import alike, runs, signature, similarity

_TEXTS = st.text(st.sampled_from("全省安全生产警示教育大会召开强调要求"), max_size=60)
_ANY = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(_ANY)
def test_any_text_has_runs_and_a_signature(text: str) -> None:
    hashes = runs(text)
    assert 1 <= len(hashes) <= max(len(text), 1)
    assert np.array_equal(np.unique(hashes), hashes)
    assert signature(hashes).shape == (64,)
    assert similarity(hashes, hashes) == 1.0


@given(_TEXTS, _TEXTS)
def test_similarity_is_the_share_of_common_runs(one: str, other: str) -> None:
    def of(text: str) -> set[str]:
        padded = text.ljust(4, "\0")
        return {padded[start : start + 4] for start in range(len(padded) - 3)}

    expected = len(of(one) & of(other)) / len(of(one) | of(other))
    assert similarity(runs(one), runs(other)) == expected
    assert similarity(runs(other), runs(one)) == expected


def test_near_duplicates_are_found_and_hardly_anything_else() -> None:
    rng = random.Random(7)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 800)]
    originals = ["".join(rng.choices(letters, k=rng.randrange(150, 900))) for _ in range(300)]
    copies = []
    for text in originals:
        changed = list(text)
        for _ in range(len(text) // 60):
            changed[rng.randrange(len(changed))] = rng.choice(letters)
        copies.append("".join(changed))
    hashes = [runs(text) for text in [*originals, *copies]]
    pairs = set(alike([signature(own) for own in hashes]))
    true = {(number, number + 300) for number in range(300)}
    assert all(similarity(hashes[one], hashes[other]) > 0.75 for one, other in true)
    assert len(true - pairs) <= 1
    assert len(pairs - true) <= 5


def test_boilerplate_that_everyone_shares_does_not_make_all_pairs() -> None:
    same = signature(runs("版权所有"))
    assert len(list(alike([same] * 2000))) < 2000

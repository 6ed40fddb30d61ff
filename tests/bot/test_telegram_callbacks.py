from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_callbacks import DATA_BYTES, Action, Press, article_key, decode, encode, key_beginning

_NASTY = st.sampled_from(list("ab/.~ \n\t\x00\ud800会😀é\u0301\u2028"))
_IDS = st.one_of(
    st.text(max_size=80), st.text(_NASTY, max_size=80), st.just("a1b2c3d4e5f6"), st.uuids().map(str)
)
_PRESSES = st.builds(
    Press,
    st.sampled_from(Action),
    generation=st.integers(0, 36**6 - 1),
    article=_IDS.map(article_key),
    position=st.integers(1, 36**2 - 1),
    paragraph=st.integers(1, 36**4 - 1),
    number=st.integers(0, 36**3 - 1),
    listed=st.booleans(),
    alone=st.booleans(),
    follows=st.booleans(),
)


@given(_PRESSES)
def test_it_comes_back_and_fits(press: Press) -> None:
    data = encode(press)
    assert 1 <= len(data.encode()) <= DATA_BYTES
    assert data == data.strip()
    assert decode(data) == press


@given(_IDS, _IDS)
def test_keys_tell_articles_apart(one: str, other: str) -> None:
    assert (article_key(one) == article_key(other)) == (one == other)


@given(_IDS)
def test_a_key_is_the_id_or_how_it_begins(article_id: str) -> None:
    key = article_key(article_id)
    beginning = key_beginning(key)
    assert key == article_id if beginning is None else article_id.startswith(beginning)
    assert article_key(key) == key or beginning is not None


def test_usual_ids_are_their_own_keys() -> None:
    for usual in ("a1b2c3d4e5f6", "550e8400-e29b-41d4-a716-446655440000", "日报/2024/3"):
        assert article_key(usual) == usual
    long = "https://paper.example.cn/2024/06/03/page1/article7.html"
    assert long.startswith(key_beginning(article_key(long)) or "!")
    assert len(key_beginning(article_key(long)) or "") == 30


@given(st.integers(36**6, 10**12), st.integers(36**4, 10**9))
def test_numbers_beyond_measure_still_fit(generation: int, paragraph: int) -> None:
    data = encode(Press(Action.MORE, generation, "a" * 42, paragraph=paragraph))
    assert len(data.encode()) <= DATA_BYTES
    assert decode(data) is not None


@given(st.text(max_size=64))
def test_what_others_wrote_is_none_of_ours(data: str) -> None:
    press = decode(data)
    assert press is None or decode(encode(press)) == press


@pytest.mark.parametrize(
    "data", ["", "h", "x0.1.1.1.0.a", "h8.1.1.1.0.a", "h0.1.1.1.0.", "h0.1.1.a", "H0.1.1.1.0.a"]
)
def test_misshapen_data(data: str) -> None:
    assert decode(data) is None

"""The data of 👍 and 👎: comes back as it was, within Telegram's limit, whatever the article's id."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_callbacks import DATA_BYTES, Action, Press, article_key, decode
from bot.telegram_ratings import rating_row, read_rating


@given(st.text(min_size=1, max_size=80), st.integers(0, 36**6 - 1), st.integers(1, 36**4 - 1))
def test_ratings_come_back(article: str, generation: int, paragraph: int) -> None:
    shown = Press(Action.HIT, generation, article_key(article), 3, paragraph)
    row = rating_row(shown)
    assert [button.label for button in row] == ["👍", "👎"]
    for button, good in zip(row, (True, False), strict=True):
        assert len(button.data.encode()) <= DATA_BYTES
        assert read_rating(button.data) == (good, Press(Action.HIT, generation, shown.article, 1, paragraph))
        assert decode(button.data) is None  # no other handler takes it


@given(st.text(max_size=70))
def test_other_data_is_none(data: str) -> None:
    assert data.startswith("f:") or read_rating(data) is None

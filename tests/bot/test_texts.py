from __future__ import annotations

import dataclasses
import string

import pytest

from bot.telegram_menus import ADMINS, GROUPS, PRIVATE
from bot.texts import LANGUAGES, Texts, texts_for
from tests.bot.botapi_checks import units
from tests.bot.telegram_html import parse


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_there_and_takes_the_same_values(code: str) -> None:
    for field in dataclasses.fields(Texts):
        text, english = getattr(LANGUAGES[code], field.name), getattr(LANGUAGES["en"], field.name)
        if field.name == "months":
            assert len(text) == 12 and all(text)
            continue
        assert text.strip()
        assert _placeholders(text) == _placeholders(english), field.name
        assert parse(text).text, field.name


def test_languages_differ() -> None:
    assert len({texts.start for texts in LANGUAGES.values()}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-CN", "zh"),
        ("zh_CN", "zh"),
        ("zh-TW", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("zh-hant", "zh-hant"),
        ("zh-Hant-TW", "zh-hant"),
        ("en", "en"),
        ("en-GB", "en"),
        ("ru", "en"),
        ("zhuang", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_texts_for(code: str | None, language: str) -> None:
    assert texts_for(code) is LANGUAGES[language]


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(TypeError, match="missing"):
        Texts(start="")  # type: ignore[call-arg]


@pytest.mark.parametrize("texts", LANGUAGES.values())
def test_what_is_shown_without_markup_has_none_and_fits(texts: Texts) -> None:
    notes = (
        "sent_as_file",
        "question_gone",
        "article_gone",
        "searched_anew",
        "button_gone",
        "no_others",
        "trouble",
    )
    labels = ("button_more", "button_whole", "button_others", "button_back", "button_file", "button_inline")
    for names, limit in ((notes, 200), (labels, 24), (("inline_empty", "inline_nothing"), 64)):
        for name in names:
            text = getattr(texts, name)
            assert units(text) <= limit and not set(text) & set("<>&{}"), name


@pytest.mark.parametrize("texts", LANGUAGES.values())
def test_what_presses_and_menus_say_has_no_markup_and_fits(texts: Texts) -> None:
    said = [texts.language_chosen, texts.thanks_good, texts.thanks_bad, texts.slow_down.format(seconds=600)]
    assert all(units(text) <= 200 and not set(text) & set("<>&{}") for text in said)
    for name in {*PRIVATE, *GROUPS, *ADMINS}:
        assert 1 <= units(getattr(texts, f"command_{name}")) <= 60, name
    assert texts.language in {"简体中文", "繁體中文", "English"}

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_articles import (
    PAGES,
    find_hit,
    pages_of,
    ref_of,
    render_context,
    render_file,
    render_page,
)
from bot.telegram_callbacks import Action, Press, article_key, decode
from bot.telegram_markup import MESSAGE_UNITS, clean
from bot.telegram_screens import Screen
from bot.texts import LANGUAGES, Texts, texts_for
from retrieval.model import Answer, Article, Hit, PartialDate
from tests.bot.botapi_checks import units
from tests.bot.telegram_html import parse

ZH = texts_for("zh")

_NASTY = st.sampled_from(list("<>&\"'/b好的。，😀𠮷👨\u200dé\u0301\n\t\x00\x1b\ud800\udfff ;#x"))
_LINES = st.one_of(st.text(_NASTY, max_size=60), st.text(max_size=30))


@st.composite
def _articles(draw: st.DrawFn) -> Article:
    paragraphs = [
        draw(_LINES) * draw(st.sampled_from([1, 1, 2, 30, 150])) for _ in range(draw(st.integers(0, 8)))
    ]
    return Article(
        draw(st.sampled_from(["a", "https://paper.example.cn/2024/06/03/page1/article7.html"])),
        draw(_LINES) * draw(st.sampled_from([0, 1, 40])),
        draw(_LINES),
        tuple(paragraphs),
        draw(st.sampled_from([None, PartialDate(2019, 11, 20)])),
        draw(_LINES) * 5,
        url=draw(st.sampled_from(["", "https://例.cn/?a=<b>&c", "javascript:x"])),
        also=tuple(draw(st.lists(_LINES, max_size=20))),
    )


def _check(screen: Screen) -> str:
    shown = parse(screen.text).text
    assert shown.strip()
    assert units(shown) <= MESSAGE_UNITS
    screen.text.encode("utf-8")
    assert all(decode(button.data) for row in screen.rows for button in row)
    return shown


def _press(action: Action, article: Article, paragraph: int = 1, number: int = 0) -> Press:
    return Press(action, 1, article_key(article.id), paragraph=paragraph, number=number)


def _article(*paragraphs: str) -> Article:
    return Article("a", "标题", "肩题", paragraphs, PartialDate(2019, 11, 20), "日报")


@given(_articles(), st.integers(-1, 20), st.sampled_from(list(LANGUAGES.values())))
def test_pages_are_within_limits_and_lose_nothing(article: Article, number: int, texts: Texts) -> None:
    _check(render_page(article, _press(Action.WHOLE, article, number=number), texts))
    whole = "".join(clean("".join((article.kicker, *article.paragraphs))).split())
    assert "".join("".join(pages_of(article)).split()) == whole


@given(_articles(), st.integers(0, 12), st.integers(0, 9), st.data())
def test_a_paragraph_among_its_neighbours(
    article: Article, paragraph: int, number: int, data: st.DataObject
) -> None:
    hit = None
    if article.paragraphs:
        text = article.paragraphs[min(max(paragraph, 1), len(article.paragraphs)) - 1]
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        hit = Hit(1, 1.0, ref_of(article), paragraph, text, (start, end))
    press = _press(Action.MORE, article, paragraph, number)
    _check(render_context(article, press, data.draw(st.sampled_from([None, hit])), ZH))


def test_more_and_more_of_it() -> None:
    article = _article("一。", "二。", "三。四。", "五。", "六。")
    hit = Hit(1, 1.0, ref_of(article), 3, "四。", (0, 2))
    press, shown, offered = _press(Action.MORE, article, 3, 0), [], []
    for number in range(4):
        screen = render_context(article, replace(press, number=number), hit, ZH)
        shown.append(parse(screen.text).under("blockquote")[0])
        offered.append(screen.rows[0][0].label)
        assert parse(screen.text).under("b")[1] == "四。"
    whole = "一。\n\n二。\n\n三。四。\n\n五。\n\n六。"
    assert shown == ["三。四。", "二。\n\n三。四。\n\n五。", whole, whole]
    assert offered == [ZH.button_more, ZH.button_more, ZH.button_whole, ZH.button_whole]


def test_neighbours_that_do_not_fit_are_left_out() -> None:
    article = _article("长" * 3000, "二。", "三。")
    screen = render_context(article, _press(Action.MORE, article, 2, 2), None, ZH)
    assert parse(screen.text).under("blockquote") == ["二。\n\n三。"]
    assert screen.rows[0][0].label == ZH.button_whole


def test_pages_break_at_paragraphs_and_sentences() -> None:
    article = _article("甲" * 2000, "乙" * 1500, "丙" * 1799 + "。" + "丁" * 2000)
    pages = pages_of(article)
    assert [(page[0], page[-1]) for page in pages] == [("肩", "甲"), ("乙", "乙"), ("丙", "。"), ("丁", "丁")]
    assert all(units(page) <= 3000 for page in pages)
    screen = render_page(article, _press(Action.WHOLE, article, number=1), ZH)
    assert [button.label for button in screen.rows[0]] == ["◀", f"2/{len(pages)}", "▶"]
    assert [button.label for button in screen.rows[1]] == [ZH.button_file, ZH.button_back]


def test_a_file_has_a_harmless_name_and_all_of_it() -> None:
    article = Article(
        "a", "../<会>/ 安全\n大会 ", "肩题", ("一。\x00", "二 & <三>。"), None, "日报", "https://a.cn/"
    )
    name, text, caption = render_file(article, ZH)
    assert name == "会_安全_大会.txt"
    assert text == "肩题\n../<会>/ 安全 大会\n日报 · https://a.cn/\n\n一。 \n\n二 & <三>。\n"
    assert parse(caption).text.startswith("../<会>/ 安全 大会")
    assert render_file(_article(), ZH)[0] == "标题.txt"
    assert len(pages_of(_article(*["长" * 2900] * 9))) > PAGES


@given(_articles(), st.sampled_from(list(LANGUAGES.values())))
def test_files_and_captions_can_be_sent(article: Article, texts: Texts) -> None:
    name, text, caption = render_file(article, texts)
    assert name.endswith(".txt") and "/" not in name and len(name) <= 44
    text.encode()
    assert 0 < units(parse(caption).text) <= 1024


def test_the_hit_of_a_press() -> None:
    article = _article("一。", "二。")
    hits = [Hit(1, 1.0, ref_of(article), paragraph, "文。", (0, 2)) for paragraph in (1, 2)]
    answer = Answer("问", True, 0.9, 1, 1.0, tuple(hits))
    assert find_hit(answer, _press(Action.MORE, article, 2)) is hits[1]
    assert find_hit(answer, _press(Action.MORE, article, 3)) is None

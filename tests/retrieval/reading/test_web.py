"""Web pages: the article, and nothing of what stands around it."""

from __future__ import annotations

import pytest

from retrieval.errors import UnreadableError
from retrieval.reading import web

from .making import PARAGRAPHS, TITLE, web_page


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gb2312", "utf-16"])
def test_the_article_is_found_in_any_encoding(encoding: str) -> None:
    document = web.read(web_page(encoding=encoding))
    (draft,) = document.drafts
    assert (draft.title, draft.paragraphs) == (TITLE, PARAGRAPHS)


def test_a_page_that_names_the_wrong_encoding_is_read_all_the_same() -> None:
    page = web_page().replace(b'charset="utf-8"', b'charset="big5"')
    assert web.read(page).drafts[0].paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    ("head", "about"),
    [
        ('<meta property="article:published_time" content="2024-06-04T08:30:00+08:00">', ""),
        ('<meta name="publishdate" content="2024-06-04">', ""),
        ("", '<p class="info">2024年06月04日 来源：云泊日报 作者：张三</p>'),
    ],
)
def test_the_date_of_publication_is_found(head: str, about: str) -> None:
    document = web.read(web_page(head=head, about=about))
    assert str(document.published) == "2024-06-04"
    assert document.drafts[0].paragraphs == PARAGRAPHS  # the line about it is none of the text


def test_site_and_address_are_kept() -> None:
    head = (
        '<meta property="og:site_name" content="云泊日报">'
        '<link rel="canonical" href="https://news.example/2024/a.html">'
    )
    document = web.read(web_page(head=head))
    assert (document.source, document.url) == ("云泊日报", "https://news.example/2024/a.html")


@pytest.mark.parametrize(
    "page", [b"<html></html>", b"<", b"\xef\xbb\xbf", b"<html><body><p></p></body></html>"]
)
def test_a_page_without_an_article_says_so(page: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"save its text as \.txt|not text"):
        web.read(page)


def test_markup_without_end_takes_no_time() -> None:
    for page in (b"<div>" * 100_000 + web_page(), web_page() + b"<b><i>" * 50_000, b"<!--" * 100_000):
        try:
            web.read(page)
        except UnreadableError as error:
            assert "\n" not in str(error)


def _paragraphs(form: str, between: str = "") -> str:
    return between.join(form.format(paragraph) for paragraph in PARAGRAPHS)


@pytest.mark.parametrize(
    "body",
    [
        f"<h2>{TITLE}</h2><div id='content'>{_paragraphs('　　{}', '<br>')}</div>",
        "<div class='head'>首页 时政 财经</div>"
        f"<h1>{TITLE}</h1><div><span>2024-06-04 08:30</span> <span>来源：云泊网</span></div>"
        f"<div id='detail'>{_paragraphs('<div>{}</div>')}</div><div>Copyright © 2000-2024</div>",
        "<table><tr><td><table><tr><td>2024年06月04日 星期二</td><td>上一版 下一版</td></tr></table></td>"
        f"<td><table><tr><td><founder-title>{TITLE}</founder-title></td></tr><tr><td><div id='ozoom'>"
        f"<founder-content>{_paragraphs('<P>　　{}</P>')}</founder-content></div></td></tr>"
        "</table></td></tr></table>",
    ],
    ids=["line breaks", "blocks", "digital newspaper"],
)
def test_pages_as_newspapers_make_them(body: str) -> None:
    page = f"<html><head><meta charset='utf-8'><title>{TITLE}</title></head><body>{body}</body></html>"
    (draft,) = web.read(page.encode()).drafts
    assert (draft.title, draft.paragraphs) == (TITLE, PARAGRAPHS)


def test_a_digital_newspaper_marks_its_headline_and_prints_its_date() -> None:
    body = (
        "<td>2024年06月04日 星期二</td><founder-pretitle>我省召开大会</founder-pretitle>"
        f"<founder-title>{TITLE}</founder-title><founder-content>{_paragraphs('<P>{}</P>')}</founder-content>"
    )
    document = web.read(f"<html><title>云泊日报数字报</title><body>{body}</body></html>".encode())
    assert (document.drafts[0].title, document.drafts[0].kicker) == (TITLE, "我省召开大会")
    assert str(document.published) == "2024-06-04"

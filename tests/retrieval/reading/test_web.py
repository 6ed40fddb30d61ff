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

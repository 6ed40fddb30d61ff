"""Markdown: its marks go, its text stays."""

from __future__ import annotations

import pytest

from retrieval.reading import markdown
from retrieval.reading.reflow import Draft

from .making import PARAGRAPHS, TITLE, markdown_text
from .typesetting import Setting, set_page


def test_headline_and_paragraphs() -> None:
    (draft,) = markdown.read(markdown_text()).drafts
    assert (draft.title, draft.paragraphs) == (TITLE, PARAGRAPHS)


def test_front_matter_tells_title_date_source_and_address() -> None:
    fields = [f'title: "{TITLE}"', "date: 2024-06-04", "source: 云泊日报", "url: https://news.example/a"]
    text = "\n".join(["---", *fields, "---", "", ""])
    document = markdown.read((text + "\n\n".join(PARAGRAPHS)).encode())
    assert document.drafts == [Draft(TITLE, "", PARAGRAPHS)]
    assert (str(document.published), document.source, document.url) == (
        *("2024-06-04", "云泊日报"),
        "https://news.example/a",
    )


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("本报讯 **6月3日**，[程远山](http://x)出席会议。", ["本报讯 6月3日，程远山出席会议。"]),
        ("会议强调，\n要从6月10日起\n开展整治。", ["会议强调，要从6月10日起开展整治。"]),
        ("* 第一项。\n* 第二项。\n\n1. 第三项。", ["第一项。", "第二项。", "第三项。"]),
        ("> 引用的话。\n\n结尾。", ["引用的话。", "结尾。"]),
        ("|甲|乙|\n|-|-|\n|1|2|\n\n结尾。", ["甲 乙", "1　2", "结尾。"]),
        ("![图](a.png)\n\n说明。", ["说明。"]),
        ("```\n代码\n```\n\n结尾。", ["代码", "结尾。"]),
        ("前面。\n\n<div>盒子里。</div>\n\n后面。", ["前面。", "盒子里。", "后面。"]),
        ("A &amp; B\\*", ["A & B*"]),
    ],
)
def test_marks_go_and_text_stays(text: str, paragraphs: list[str]) -> None:
    (draft,) = markdown.read(f"# 标题\n\n{text}".encode()).drafts
    assert list(draft.paragraphs) == paragraphs


def test_a_page_that_was_pasted_as_printed_is_reflowed() -> None:
    page = set_page(PARAGRAPHS, [], Setting(squeeze=0.0, blank=0.0, indents_printed=True))
    assert [d.paragraphs for d in markdown.read(f"# {TITLE}\n\n{page}".encode()).drafts] == [PARAGRAPHS]


@pytest.mark.parametrize("text", ["", "---\n---\n", "\n\n", "![](x)", "# \n"])
def test_nothing_is_no_article(text: str) -> None:
    assert list(markdown.read(text.encode()).drafts) == []

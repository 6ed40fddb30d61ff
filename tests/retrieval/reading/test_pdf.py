"""PDF pages: columns in reading order, whatever the order in which they were drawn."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from retrieval.errors import UnreadableError
from retrieval.reading import pdf, read_articles

from .making import PARAGRAPHS, TITLE
from .typesetting import PrintedArticle, Setting, print_pdf

_SHARED = os.environ.get("HUIWEN_SHARED")
_SETTING = Setting(indents_printed=True, squeeze=0.0)
_TITLES = ("全市召开安全生产警示教育大会", "云泊地铁三号线开通", "教师节座谈会召开", "秋收农机下田")
_TEXTS = [paragraph.replace("讯（记者张三）", "讯") for paragraph in PARAGRAPHS]

_ARTICLES = st.tuples(st.lists(st.sampled_from(_TEXTS), min_size=3, max_size=8), st.integers(2, 4))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(_ARTICLES, min_size=1, max_size=2), min_size=1, max_size=2),
    st.integers(12, 18),
    st.booleans(),
    st.integers(0, 999),
)
def test_articles_in_rows_and_columns_come_back(
    rows: list[list[tuple[list[str], int]]], width: int, shuffled: bool, seed: int
) -> None:
    titles = iter(_TITLES)
    printed = [[PrintedArticle(next(titles), texts, columns) for texts, columns in row] for row in rows]
    setting = Setting(width=width, indents_printed=True, squeeze=0.0)
    document = pdf.read(print_pdf(printed, setting, seed, shuffled=shuffled))
    expected = [(article.title, tuple(article.paragraphs)) for row in printed for article in row]
    assert [(draft.title, draft.paragraphs) for draft in document.drafts] == expected


def _canvas() -> tuple[Canvas, io.BytesIO]:
    file = io.BytesIO()
    return Canvas(file, pagesize=(600, 800)), file


def test_a_headline_in_the_middle_belongs_to_all_its_columns() -> None:
    data = print_pdf([[PrintedArticle("      " + _TITLES[0], _TEXTS * 2, 4)]], _SETTING)
    (draft,) = pdf.read(data).drafts
    assert (draft.title, draft.paragraphs) == (_TITLES[0], tuple(_TEXTS * 2))


def test_english_keeps_its_spaces_and_loses_its_hyphens() -> None:
    canvas, file = _canvas()
    canvas.setFont("Helvetica", 10)
    lines = ["The meeting was held on Mon-", "day in the capital; it was", "short."]
    for number, line in enumerate(lines):
        canvas.drawString(50, 700 - 13 * number, line)
    canvas.save()
    text = " ".join(pdf.read(file.getvalue()).drafts[0].paragraphs)
    assert text == "The meeting was held on Monday in the capital; it was short."


def test_pages_of_one_article_are_one_article_without_running_heads() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas, file = _canvas()
    lines = [
        "　　会议强调，要从严从实抓好安",
        "全生产各项工作，压实各方责任，",
        "深入排查整治各类风险隐患。",
    ] * 4
    for page in range(4):
        canvas.setFont("STSong-Light", 10)
        canvas.drawString(50, 780, "云泊日报内部材料")
        canvas.drawString(280, 20, f"第{page + 1}页")
        if not page:
            canvas.setFont("STSong-Light", 24)
            canvas.drawString(50, 740, _TITLES[0])
            canvas.setFont("STSong-Light", 10)
        for number, line in enumerate(lines):
            text = line.lstrip("　")
            canvas.drawString(50 + 10 * (len(line) - len(text)), 700 - 14 * number, text)
        canvas.showPage()
    canvas.save()
    (draft,) = pdf.read(file.getvalue()).drafts
    assert draft.title == _TITLES[0]
    assert set(draft.paragraphs) == {"".join(lines[:3]).strip("　")}
    assert len(draft.paragraphs) == 16


def test_a_page_without_text_says_so() -> None:
    canvas, file = _canvas()
    canvas.rect(10, 10, 500, 500, fill=1)
    canvas.save()
    with pytest.raises(UnreadableError, match="a PDF without text, scanned perhaps"):
        pdf.read(file.getvalue())


def test_a_locked_file_says_so() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt="secret")
    canvas.drawString(50, 700, "The meeting was held.")
    canvas.save()
    with pytest.raises(UnreadableError, match="password"):
        pdf.read(file.getvalue())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + bytes(1000), b"nonsense"])
def test_what_is_no_pdf_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="not a PDF, or a damaged one"):
        pdf.read(data)


def test_the_masthead_dates_the_page(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas, file = _canvas()
    canvas.setFont("STSong-Light", 8)
    canvas.drawString(50, 780, "2024年6月4日")
    canvas.drawString(120, 780, "要闻")
    canvas.drawString(150, 780, "A1版")
    canvas.setFont("STSong-Light", 22)
    canvas.drawString(50, 740, TITLE.split()[0])
    canvas.setFont("STSong-Light", 10)
    for number, line in enumerate(["　　本报讯6月3日，全省召开大", "会，部署安全生产工作。"]):
        canvas.drawString(50 + 20 * line.startswith("　"), 700 - 14 * number, line.strip("　"))
    canvas.save()
    (tmp_path / "page.pdf").write_bytes(file.getvalue())
    (article,) = read_articles(tmp_path / "page.pdf", "page.pdf").articles
    assert (article.title, article.paragraphs) == (
        "警钟长鸣举一反三",
        ("本报讯6月3日，全省召开大会，部署安全生产工作。",),
    )
    assert (str(article.published), str(article.date)) == ("2024-06-04", "2024-06-03")
    assert article.date is not None and article.date.origin == "inferred"


@pytest.mark.shared
@pytest.mark.skipif(not _SHARED, reason="needs the pages; set HUIWEN_SHARED to their folder")
def test_realistic_pages() -> None:
    wrong = []
    for path in sorted((Path(str(_SHARED)) / "wrapped/dev/pdf").glob("*.pdf")):
        gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        (article,) = read_articles(path, path.name).articles
        found, true = (article.title, *article.paragraphs), ("".join(gold["headline"]), *gold["paragraphs"])
        if ["".join(text.split()) for text in found] != ["".join(text.split()) for text in true]:
            wrong.append(path.name)
    assert len(wrong) <= 2, wrong

"""Word documents: headline by style or by look, paragraphs as they are."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from retrieval.errors import UnreadableError
from retrieval.reading import word

from .making import PARAGRAPHS, TITLE, word_document


@pytest.mark.parametrize("styled", [True, False])
def test_headline_and_paragraphs(styled: bool) -> None:
    (draft,) = word.read(word_document(styled=styled)).drafts
    assert (draft.title, draft.paragraphs) == (TITLE, PARAGRAPHS)


def test_tables_lists_and_the_date_of_the_file() -> None:
    import datetime

    document = docx.Document()
    document.core_properties.created = datetime.datetime(2024, 6, 4, 8, 30)
    document.add_paragraph("会议议程如下。")
    document.add_paragraph("通报事故调查情况。", style="List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "主持", "沈怀瑾"
    file = io.BytesIO()
    document.save(file)
    read = word.read(file.getvalue())
    assert read.drafts[0].paragraphs == ("会议议程如下。", "通报事故调查情况。", "主持　沈怀瑾")
    assert (str(read.made), read.published) == ("2024-06-04", None)


def test_the_date_of_the_empty_template_is_none() -> None:
    assert word.read(word_document()).made is None


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a Word document"),
        (b"PK\x03\x04" + b"x" * 100, "not a Word document"),
        (_zip(a=b"b"), "a damaged Word document"),
        (word_document()[:5000], "not a Word document"),
        (_zip(bomb=bytes(301_000_000)), "301 MB unpacked"),
    ],
    ids=["empty", "no zip", "another zip", "cut", "bomb"],
)
def test_what_is_no_word_document_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as raised:
        word.read(data)
    assert "\n" not in str(raised.value)

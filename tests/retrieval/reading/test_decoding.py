"""Encodings told apart, and damage named by its place."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import UnreadableError
from retrieval.reading.decoding import decode

_SAMPLES = Path(__file__).parents[3] / "samples"
_SIMPLIFIED = (_SAMPLES / "2024-06-04-safety-warning-conference.txt").read_text(encoding="utf-8")
_TRADITIONAL = (
    "本報訊 九月十日，渡口鎮舉行古鎮保護論壇，來自各地的建築師與居民代表參加論壇，圍繞老街的保護展開討論。"
    "論壇發表倡議，提出舊城改造應當保留原有居民，商鋪租金每年漲幅不得超過百分之五，嚴禁拆除真跡、興建假古董。"
    "研究員介紹，現存民居一百三十七處，其中四十六處已完成測繪建檔，預計明年六月完成全部工作。\n"
)


def _chinese(size: int) -> st.SearchStrategy[str]:
    starts = st.integers(0, len(_SIMPLIFIED) - size)
    return starts.map(lambda start: _SIMPLIFIED[start : start + size])


@given(st.text().filter(lambda text: not text.startswith("\ufeff")))
def test_marked_text_comes_back(text: str) -> None:
    printable = "".join(char for char in text if char.isprintable() or char in "\n\t")
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode(printable.encode(encoding)) == printable


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_utf8_comes_back(text: str) -> None:
    if not text.startswith(("\ufeff", "%PDF", "PK", "GIF8", "Rar!", "SQLite")):
        assert decode(text.encode("utf-8")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
@settings(max_examples=40, deadline=None)
@given(text=_chinese(60))
def test_simplified_text_comes_back_unmarked(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("size", [24, 40, 80, 150])
def test_big5_is_told_from_gb18030(size: int) -> None:
    for start in range(0, len(_TRADITIONAL) - size, 7):
        text = _TRADITIONAL[start : start + size]
        assert decode(text.encode("big5")) == text
        assert decode(text.encode("gb18030")) == text


def test_long_text_in_other_encodings() -> None:
    text = _SIMPLIFIED * 300
    for encoding in ("gb18030", "utf-16-le", "utf-16"):
        assert decode(text.encode(encoding)) == text
    long = _TRADITIONAL * 500
    assert decode(long.encode("big5")) == long


def test_chinese_after_a_long_english_preface() -> None:
    text = "A preface without a single character beyond ASCII. " * 400 + _SIMPLIFIED
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        assert decode(text.encode(encoding)) == text


def test_empty_is_empty() -> None:
    assert decode(b"") == ""


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        random.Random(7).randbytes(20_000),
        b"\x00" * 4096,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"PK\x03\x04\x14\x00\x00\x00",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\x1f\x8b\x08\x00" + bytes(100),
    ],
    ids=["all bytes", "noise", "zeros", "pdf", "zip", "png", "gzip"],
)
def test_binary_data_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        decode(data)
    assert "\n" not in str(caught.value)


def test_damaged_utf8_names_the_byte() -> None:
    data = _SIMPLIFIED.encode("utf-8")
    broken = data[:600] + b"\xff" + data[600:]
    with pytest.raises(UnreadableError, match=r"byte 600 of .* is not UTF-8"):
        decode(broken)


def test_damaged_gb18030_names_the_byte() -> None:
    data = _SIMPLIFIED.encode("gb18030")
    with pytest.raises(UnreadableError, match=rf"byte {len(data)} of .* is not GB18030"):
        decode(data + b"\xff\xff.")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_one_clear_line(data: bytes) -> None:
    try:
        assert isinstance(decode(data), str)
    except UnreadableError as error:
        assert str(error) and "\n" not in str(error)


def test_a_line_of_fifty_megabytes_takes_no_more_than_a_moment() -> None:
    text = "会议召开，" * 3_300_000
    for encoding in ("utf-8", "gb18030"):
        data = text.encode(encoding)
        started = time.perf_counter()
        assert len(decode(data)) == len(text)
        assert time.perf_counter() - started < 5

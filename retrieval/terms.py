"""The terms of a text: what the lexical index counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from retrieval import segmenter
from retrieval.folding import fold, fold_case
from retrieval.function_words import FUNCTION_WORDS

if TYPE_CHECKING:
    import budoux

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
_KANA = "ぁ-ゖァ-ヺー"
_TOKEN = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<thai>[{_THAI}]+)|\d+(?:[.,:]\d+)*|[ァ-ヺー]+|[ぁ-ゖ]+"
    rf"|(?:(?![{_HAN}{_THAI}{_KANA}])[^\W\d_])+"
)
_DICTIONARY_WORDS = 60_101_967  # running words behind the frequencies of jieba's dictionary
_REPORT_WORDS = frozenset(
    ["会议", "大会", "召开", "举行", "强调", "指出", "要求", "工作", "会", "本报", "记者"]
)
_REPORT_SHARE = 0.01  # of the running words, so that about half of all paragraphs have one
_SHORT = 2  # letters of a word too short to mean much by itself
_HAN_CHAR = re.compile(rf"[{_HAN}]")


def is_chinese(text: str) -> bool:
    """Tell whether a question is asked in Chinese, so that its words can be met as they stand."""
    han = len(_HAN_CHAR.findall(text))
    letters = sum(char.isalpha() for char in text)
    return han * 2 >= letters > 0


def words(text: str) -> list[str]:
    """Return the folded words of `text`: Chinese ones and their parts, numbers, words of other scripts."""
    return [term for token, han in _tokens(fold_case(text)) for term in (_segment(token) if han else [token])]


def bigrams(text: str) -> list[str]:
    """Return the folded character pairs of Chinese runs in `text`; other tokens whole."""
    return [term for token, han in _tokens(fold_case(text)) for term in (_pairs(token) if han else [token])]


class Folded:
    """A text that can be asked for terms, without being segmented: Chinese ones may be parts of its words."""

    def __init__(self, text: str) -> None:
        self._text = fold_case(text)
        self._others: set[str] | None = None  # few questions ask for any

    def has(self, term: str) -> bool:
        """Return whether a term, as of `words` or `bigrams`, stands in the text."""
        if _HAN_CHAR.match(term):
            return term in self._text
        if self._others is None:
            self._others = {token for token, han in _tokens(self._text) if not han}
        return term in self._others


def bridge_terms(terms: Iterable[str]) -> Iterator[str]:
    """Yield the terms that carry a meaning of their own: Chinese words and words of other scripts."""
    for term in terms:
        if (len(term) > 1 and _HAN_CHAR.match(term)) or (len(term) > _SHORT and term.isalpha()):
            yield term


def usual_share(term: str) -> float:
    """Return the share of all words of a Chinese newspaper's report that `term` is, as far as is known.

    The segmenter's dictionary knows the language; of the words that every report of a meeting has it
    cannot know how little they tell here.
    """
    if term in _REPORT_WORDS:
        return _REPORT_SHARE
    return min(1.0, segmenter.frequency(term) / _DICTIONARY_WORDS)


def foreign_words(text: str) -> list[str]:
    """Return the words of a question that is not Chinese, each once, without function words."""
    found = dict.fromkeys(token for token, _ in _tokens(fold(text)))
    return [w for w in found if w[0].isalpha() and len(w) > 1 and w.casefold() not in FUNCTION_WORDS]


def _tokens(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield runs of Chinese characters and words of other scripts, and whether each is the former."""
    for match in _TOKEN.finditer(folded):
        token = match.group()
        if match.lastgroup == "thai":
            yield from ((word, False) for word in _thai_words(token))
        else:
            yield (token, True) if match.lastgroup else (token.replace(",", ""), False)


def _thai_words(run: str) -> list[str]:
    return _thai_parser().parse(run)


@cache
def _thai_parser() -> budoux.Parser:
    import budoux  # Thai is written without spaces; its few questions need not make the others wait

    return budoux.load_default_thai_parser()


def _segment(run: str) -> list[str]:
    return segmenter.cut_for_search(run)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]

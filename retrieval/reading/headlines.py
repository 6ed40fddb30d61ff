"""Lines of a headline in, title and kicker out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from retrieval import segmenter
from retrieval.reading.typography import Line, is_cjk, open_pairs

_WORDS_AROUND = 8  # characters on either side of a line end that decide whether it cuts a word


def headline(lines: Sequence[Line]) -> tuple[str, str]:
    """Return title and kicker of a headline: the kicker is a first line that white space sets apart.

    The lines of the title are joined by one space, as its phrases are, but for a word or quotation that runs
    on.
    """
    texts = [" ".join(line.text.split()) for line in lines]
    if len(lines) > 1 and lines[1].gap:
        return reduce(_joined, texts[1:]), texts[0]
    return reduce(_joined, texts), ""


def _joined(title: str, line: str) -> str:
    runs_on = open_pairs(title) or title[-1] in "—、" or line[0] in "—" or _cuts_word(title, line)
    return f"{title}{'' if runs_on else ' '}{line}"


def _cuts_word(left: str, right: str) -> bool:
    if not (is_cjk(left[-1]) and is_cjk(right[0])):
        return False
    left, right = left[-_WORDS_AROUND:], right[:_WORDS_AROUND]
    end = 0
    for word in segmenter.cut(left + right):
        end += len(word)
        if end >= len(left):
            return end > len(left)
    return False

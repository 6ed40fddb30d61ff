"""Which sentence of a passage answers best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.lexical import Weighed
from retrieval.sentences import Span, sentence_spans
from retrieval.terms import words

_LEXICAL = 0.5  # weight of the question's words against similarity in meaning


def best_sentence(
    text: str, asked: Sequence[Weighed], spans: Sequence[Span], similarities: npt.NDArray[np.float32]
) -> Span:
    """Return the range of the sentence of `text` that best answers.

    `asked` are the question's words, `spans` and `similarities` the units of the passage.
    """
    sentences = sentence_spans(text)
    if len(sentences) < 2:
        return sentences[0] if sentences else (0, len(text))
    mass = sum(item.idf for item in asked) or 1.0
    scores = []
    for start, end in sentences:
        meaning = max(
            (float(s) for (a, b), s in zip(spans, similarities, strict=True) if start <= a and b <= end),
            default=0.0,
        )
        own = set(words(text[start:end]))
        scores.append(meaning + _LEXICAL * sum(item.idf for item in asked if item.term in own) / mass)
    return sentences[int(np.argmax(scores))]

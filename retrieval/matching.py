"""Many questions that people keep against a few new articles, to find the questions that these answer.

Nearly all questions have nothing to do with nearly all articles. Which might is told for all of them at once,
from the words that they have in common and, in matrix products, from their vectors: how sure could a passage
make us at best? Only those that come near to the threshold are read as a question is (`Searcher.judge`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from retrieval.folding import fold
from retrieval.fusion import CHINESE, FEATURES, FOREIGN, Fusion
from retrieval.judging import COVERED, LEAST_SHARE, NEAR, SHORT, Judged, is_question
from retrieval.kinds import wanted_kind
from retrieval.names import name_groups
from retrieval.searcher import Searcher
from retrieval.statements import wanted_statement
from retrieval.terms import is_chinese, words

_PASSAGES_AT_ONCE = 200
_REMEMBERED = 50_000  # questions whose words are kept, some ten megabytes
_BM25_AT_MOST = 1.4  # times a word's weight, unless a short text has it twice, which decides nothing alone
_BRIDGE_AT_MOST = 0.4  # words of near meaning; of 30 keywords in English none had more with any passage
_TINY = 1e-4  # of a share; what adding up loses
_LEAST_LOGIT, _MOST_LOGIT = -20.0, 20.0

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that somebody keeps."""

    number: int
    text: str
    vector: Floats
    """As the encoder made it (`Interpreter.encode`), (dim,)."""


@dataclass(frozen=True, slots=True)
class Match:
    """What answers a question."""

    number: int
    found: tuple[Judged, ...]
    """An article each, the surest first."""
    articles: int
    """How many there are."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a question is known to be like, whatever the generation."""

    chinese: bool
    words: tuple[str, ...]
    named: bool
    """Whether it has names in Latin letters."""
    wants: bool
    """Whether it wants a kind of answer."""


def match(
    searcher: Searcher,
    kept: Sequence[Kept],
    articles: Sequence[int],
    k: int,
    going_on: Callable[[], bool] = lambda: True,
) -> list[Match] | None:
    """Return which questions some of `articles` answer, and at most `k` of these articles each.

    None once `going_on` says no.
    """
    found: defaultdict[int, list[Judged]] = defaultdict(list)
    for passages in _slices(searcher, articles):
        owners = searcher.embedded.finder.owners[passages]
        for question, near in promising(searcher, kept, passages):
            if not going_on():
                return None
            within = np.zeros(len(searcher.embedded.finder.owners), np.bool_)
            within[passages[np.isin(owners, searcher.embedded.finder.owners[near])]] = True  # whole articles
            found[question.number] += searcher.judge(question.text, within, len(passages), question.vector)
    return matches_of(found, k)


def matches_of(found: Mapping[int, Sequence[Judged]], k: int) -> list[Match]:
    """Return the questions that something answers, with at most `k` articles each."""
    return [
        Match(number, tuple(sorted(own, key=lambda each: -each.confidence)[:k]), len(own))
        for number, own in found.items()
        if own
    ]


def promising(searcher: Searcher, kept: Sequence[Kept], passages: Numbers) -> list[tuple[Kept, Numbers]]:
    """Return the questions that some of `passages` may answer, and which; the others they do not."""
    found: list[tuple[Kept, Numbers]] = []
    for chinese, fusion in ((True, CHINESE), (False, FOREIGN)):
        own = [question for question in kept if _read(question.text).chinese is chinese]
        if chinese:
            own = _touched(searcher, own, passages)
        if not own:
            continue
        shares, headed, mass = _shares(searcher, own, passages)
        if chinese:
            some = np.flatnonzero((np.maximum(shares, headed) >= LEAST_SHARE).any(axis=1))
            own, shares, headed, mass = (
                [own[at] for at in some.tolist()],
                shares[some],
                headed[some],
                mass[some],
            )
        if own:
            sure = _at_best(searcher, fusion, own, passages, (shares, headed, mass))
            enough = sure >= _enough(searcher.threshold, own, shares)
            if chinese:
                enough &= np.maximum(shares, headed) >= LEAST_SHARE
            found += [(own[at], passages[enough[at]]) for at in np.flatnonzero(enough.any(axis=1)).tolist()]
    return found


def _touched(searcher: Searcher, kept: Sequence[Kept], passages: Numbers) -> list[Kept]:
    """Return the questions that have any word in common with any of the articles."""
    owners = np.unique(searcher.embedded.finder.owners[passages]).tolist()
    texts = [
        *searcher.embedded.articles.texts(passages.tolist()),
        *searcher.embedded.articles.headlines(owners).values(),
    ]
    return touched_by(kept, texts)


def touched_by(kept: Sequence[Kept], texts: Iterable[str]) -> list[Kept]:
    """Return the questions in Chinese that have any word in common with `texts`, and all others."""
    there = {word for text in texts for word in words(text)}
    read = [(question, _read(question.text)) for question in kept]
    return [question for question, own in read if not own.chinese or not there.isdisjoint(own.words)]


def _enough(threshold: float, kept: Sequence[Kept], shares: Floats) -> Floats:
    """Return the logits that are enough for a closer look, (len(kept), passages)."""
    asking = np.asarray([is_question(question.text) for question in kept])[:, None]
    covered = shares > 1 - _TINY
    usual, half, near = (_logit(share * threshold) for share in (1, COVERED, NEAR))
    return np.where(asking, near, np.where(covered, half, usual)).astype(np.float32)


def _at_best(
    searcher: Searcher,
    fusion: Fusion,
    kept: Sequence[Kept],
    passages: Numbers,
    had: tuple[Floats, Floats, Floats],
) -> Floats:
    """Return logits of the greatest confidence that passages could give, (len(kept), len(passages))."""
    finder, (shares, headed, mass) = searcher.embedded.finder, had
    units, whole = finder.nearness(np.stack([question.vector for question in kept]), passages)
    read = [_read(question.text) for question in kept]
    named, wants = (np.asarray(flags, np.float32)[:, None] for flags in zip(*_flags(read), strict=True))
    foreign = np.float32(0.0 if read[0].chinese else 1.0)
    lacking = (1 - shares) * mass[:, None] / np.float32(finder.rarest())
    features: Mapping[str, Floats | np.float32] = {
        "units": units,
        "paragraph": whole,
        "words": _BM25_AT_MOST * shares,
        "bigrams": _BM25_AT_MOST * np.minimum(1.0, shares + np.float32(LEAST_SHARE)),
        "bridge": _BRIDGE_AT_MOST * foreign,
        "names": named,
        "headings": _BM25_AT_MOST * headed,
        "article": np.maximum(shares, foreign),
        "lacks": np.minimum(lacking, 1),
        "length": np.maximum(finder.lengths[passages], SHORT)[None, :],
        "kind": wants,
        "time": np.float32(0.0),
    }
    logits = np.full(units.shape, fusion.confidence[0], np.float32)
    for name, coefficient in zip(FEATURES, fusion.confidence[1:], strict=False):
        # What only takes from the confidence is left out, but for what is known as it is.
        if coefficient > 0 or name in ("length", "paragraph"):
            logits += np.float32(coefficient) * features[name]
    return logits


def _shares(searcher: Searcher, kept: Sequence[Kept], passages: Numbers) -> tuple[Floats, Floats, Floats]:
    """Return what share of each question's words the article of each passage has, and its headline.

    Both float32 (len(kept), len(passages)); and what all its words weigh, float32 (len(kept),).
    """
    asking: defaultdict[str, list[int]] = defaultdict(list)
    for at, question in enumerate(kept):
        for word in _read(question.text).words:
            asking[word].append(at)
    weights = searcher.embedded.finder.weights(asking)
    mass = np.full(len(kept), 1e-6, np.float32)
    for word, places in asking.items():
        mass[places] += np.float32(weights[word])
    owners = searcher.embedded.finder.owners[passages]
    articles, of_article = np.unique(owners, return_inverse=True)
    texts = _words_of(searcher, passages, of_article, len(articles))
    headlines = searcher.embedded.articles.headlines(articles.tolist())
    shares, headed = (np.zeros((len(kept), len(articles)), np.float32) for _ in range(2))
    for at, article in enumerate(articles.tolist()):
        headline = set(words(headlines.get(article, "")))
        for table, terms in ((shares, texts[at] | headline), (headed, headline)):
            for word in terms & asking.keys():
                table[asking[word], at] += np.float32(weights[word])
    spread = [np.asarray((each / mass[:, None])[:, of_article], np.float32) for each in (shares, headed)]
    return spread[0], spread[1], mass


def _words_of(searcher: Searcher, passages: Numbers, of_article: Numbers, count: int) -> list[set[str]]:
    texts: list[set[str]] = [set() for _ in range(count)]
    found = searcher.embedded.articles.texts(passages.tolist())
    for at, text in zip(of_article.tolist(), found, strict=True):
        texts[at].update(words(text))
    return texts


def _flags(read: Sequence[_Read]) -> Iterator[tuple[bool, bool]]:
    return ((each.named, each.wants) for each in read)


@lru_cache(_REMEMBERED)
def _read(text: str) -> _Read:
    own = tuple(dict.fromkeys(words(text)))
    wants = wanted_kind(text) is not None or wanted_statement(text, []) is not None
    return _Read(is_chinese(fold(text)), own, bool(name_groups(text)), wants)


def _slices(searcher: Searcher, articles: Sequence[int]) -> Iterator[Numbers]:
    """Yield the passages of articles, whole articles at a time."""
    part: list[Numbers] = []
    for article in articles:
        part.append(searcher.embedded.finder.passages_of(article))
        if sum(map(len, part)) >= _PASSAGES_AT_ONCE:
            yield np.concatenate(part)
            part = []
    if part:
        yield np.concatenate(part)


def _logit(probability: float) -> float:
    if not 0 < probability < 1:
        return _LEAST_LOGIT if probability <= 0 else _MOST_LOGIT
    return float(np.log(probability / (1 - probability)))

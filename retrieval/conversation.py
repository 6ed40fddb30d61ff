"""A conversation: what was asked and shown, and how the next question is read with that in mind."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from retrieval.finder import Mask, Numbers
from retrieval.folding import fold
from retrieval.leaning import Leaning, read_leaning, topic_of
from retrieval.model import Answer, ArticleRef, Hit
from retrieval.names import possible_names
from retrieval.persons import bearer, speaker, titles
from retrieval.question import Question
from retrieval.searcher import Searcher
from retrieval.terms import Folded

_COVERED = 0.6  # share of its subject that an article must have for a question to be about it
_ELSEWHERE = 20  # passages looked at for what an elliptical question names, where this article is silent
_PRONOUN = re.compile(r"(?<![其吉])[他她](?![们人国乡信日])")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")


class _Read(NamedTuple):
    """An answer, and the question as it was understood."""

    answer: Answer
    question: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What later questions may refer to. A new one refers to nothing."""

    question: str = ""
    """The last one that was answered, as it was understood."""
    about: Hit | None = None
    """The passage that was shown first."""
    told: tuple[str, ...] = ()
    """The passages of this article that came first so far, newest last."""

    def ask(self, searcher: Searcher, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        """Return the answer to a question asked in this conversation, and the conversation after it.

        A question that stands by itself is answered as `Searcher.ask` answers it. Raises BadQueryError.
        """
        fresh = _Read(searcher.ask(question, k), question)
        place = _Place.of(searcher, self.about, k)
        read = (place and self._follow(place, question, fresh.answer)) or fresh
        return replace(read.answer, question=question), self._after(read)

    def _follow(self, place: _Place, question: str, fresh: Answer) -> _Read | None:
        """Return the question read as going on about the article, None where it is better read by itself."""
        asked = place.searcher.finder.understand(question)
        lean = read_leaning(asked)
        if lean.rest and not lean.telling and (lean.subject or titles(lean.rest)):
            return self._completed(place, lean.rest, lean)
        read = None
        if not lean.subject:
            read = self._inside(place, asked, lean)
            return read if lean.strong or read.answer.answered else None
        # It names a subject. What finds an answer by itself is bent to this article only if it points there.
        if lean.cover(place.has) >= _COVERED and (lean.strong or not fresh.answered):
            read = self._inside(place, asked, lean)
        return read if read and read.answer.answered else None

    def _inside(self, place: _Place, asked: Question, lean: Leaning) -> _Read:
        """Return the question asked of this article alone."""
        text = asked.text
        person = self._person(place) if lean.person else None
        if person and asked.chinese:
            text = _PRONOUN.sub(person, fold(text), count=1)
        for title in titles(text) if asked.chinese else ():
            name = bearer(title, place.text)
            if name and name not in text:
                text = text.replace(title, title + name, 1)
        whole = bool(lean.subject) or lean.telling
        if not whole:
            topic = topic_of(place.searcher.finder.understand(self.question))
            text = f"{text} {topic}"
        left_out = self.told if lean.more else ()
        answer = None
        if person:
            answer = place.ask(text, lambda passage: passage not in left_out and person in passage)
        if answer is None or not answer.answered:
            answer = place.ask(text, lambda passage: passage not in left_out)
        return _Read(answer, text if whole else self.question)

    def _completed(self, place: _Place, rest: str, lean: Leaning) -> _Read | None:
        """Return the last question asked anew of what `rest` names, in this article or another."""
        named = {term for group in lean.subject for term in group}
        question = self.question
        bearers = {title: bearer(title, place.text) for title in titles(rest)}
        persons = {name for name in [*bearers.values(), *place.persons(rest)] if name}
        if persons:  # in the place of the one who was asked about
            named |= persons
            for name in (*place.persons(question), *titles(question)):
                question = question.replace(name, "")
            rest = "".join(f"{rest} {' '.join(persons)}")
        elif not named:
            named = set(bearers)
        text = f"{rest} {question}"
        answer = place.ask(text, lambda passage: _has_any(passage, named))
        if not answer.hits:
            answer = place.ask_elsewhere(text, rest, named)
        return _Read(answer, self.question) if answer.hits else None

    def _person(self, place: _Place) -> str | None:
        """Return whom "he" means: who was asked about, or else who speaks in the sentence that was marked."""
        assert self.about is not None
        asked_about = place.persons(self.question)
        if asked_about:
            return asked_about[0]
        start, end = self.about.highlight
        return speaker(self.about.text[start:end]) or speaker(self.about.text)

    def _after(self, read: _Read) -> Conversation:
        answer = read.answer
        if not answer.answered or not answer.hits:
            return self
        first = answer.hits[0]
        same = self.about is not None and self.about.article.id == first.article.id
        told = tuple(text for text in self.told if text != first.text) if same else ()
        return Conversation(read.question, first, (*told, first.text))


@dataclass(frozen=True, slots=True)
class _Place:
    """The article that is being talked of, in the generation that is searched."""

    searcher: Searcher
    about: ArticleRef
    numbers: Numbers
    """Of its passages, (n,)."""
    passages: tuple[str, ...]
    text: str
    """All of it."""
    folded: Folded
    k: int

    @classmethod
    def of(cls, searcher: Searcher, about: Hit | None, k: int) -> _Place | None:
        """Return the place of a hit, None where its article is no longer there."""
        number = searcher.catalog.article_number(about.article.id) if about else None
        if about is None or number is None:
            return None
        numbers = np.flatnonzero(searcher.finder.owners == number)
        passages = tuple(searcher.catalog.texts(numbers.tolist()))
        text = "\n".join((about.article.kicker, about.article.title, *passages))
        return cls(searcher, about.article, numbers, passages, text, Folded(text), k)

    def has(self, term: str) -> bool:
        """Return whether the article has a term."""
        return self.folded.has(term)

    def persons(self, question: str) -> list[str]:
        """Return the people of the article whom a question names, in its order."""
        latin = self.searcher.finder.understand(question).written
        runs = _HAN_RUN.findall(fold(question))
        known = {speaker(sentence) for sentence in re.split("[。;；]", self.text)}
        named = [*(name for run in runs for name in possible_names(run)), *latin]
        return [name for name in dict.fromkeys(named) if name in known]

    def ask(self, text: str, wanted: Callable[[str], bool]) -> Answer:
        """Return what the wanted passages of the article say to a question."""
        chosen = [wanted(passage) for passage in self.passages]
        return self._ask_within(text, self.numbers[np.asarray(chosen, bool)])

    def ask_elsewhere(self, text: str, rest: str, named: Set[str]) -> Answer:
        """Return what articles that have what `rest` names say to a question."""
        hits = self.searcher.ask(rest, _ELSEWHERE).hits
        ids = {hit.article.id for hit in hits if _has_any(f"{hit.article.title}\n{hit.text}", named)}
        numbers = [self.searcher.catalog.article_number(article) for article in ids]
        return self._ask_within(text, np.flatnonzero(np.isin(self.searcher.finder.owners, numbers)))

    def _ask_within(self, text: str, numbers: Numbers) -> Answer:
        within: Mask = np.zeros(len(self.searcher.finder.owners), np.bool_)
        within[numbers] = True
        return replace(self.searcher.ask(text, self.k, within=within), follows=self.about)


def _has_any(passage: str, terms: Set[str]) -> bool:
    folded = Folded(passage)
    return any(folded.has(term) for term in terms)

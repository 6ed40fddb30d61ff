"""A conversation: what was asked and shown, and how the next question is read with that in mind."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

from retrieval.folding import fold
from retrieval.leaning import Leaning, read_leaning, topic_of
from retrieval.model import Answer, ArticleRef, Hit
from retrieval.names import names_in
from retrieval.persons import asks_for_words, bearer, speaker, titles
from retrieval.question import Question
from retrieval.searcher import Searcher
from retrieval.store import Within
from retrieval.terms import Folded

_COVERED = 0.5  # share of its subject that an article must have for a question to be about it
_NEARLY = 0.1  # of a score; so much better an answer must be for the talk to have turned
_FEW = 3  # words of a subject that may well be left out
_OPENING_CHARS = 30
_ELSEWHERE = 20  # passages looked at for what an elliptical question names, where this article is silent
_PRONOUN = re.compile(r"(?<![其吉])[他她](?![们人国乡信日])")
# Few questions are asked as often, and few words cross languages as badly.
_CHAIR = re.compile(
    r"\b(?:chair(?:ed|s)?|presid\w+|présid\w+|leitete|geleitet|prowadził\w*|przewodnicz\w+|yönetti|leidde)\b|провод\w+|"
    r"пров[её]л\w*|председател\w+|вёл|주재|主宰|主催|司会|ترأس",
    re.IGNORECASE,
)
_WHO_CHAIRED = "谁主持会议？"


class _Ask(Protocol):
    """Asks for as many passages, shown in such detail, as are wanted."""

    def __call__(self, question: str, *, within: Within | None = ...) -> Answer: ...


class _Read(NamedTuple):
    """An answer, and the question as it was understood."""

    answer: Answer
    question: str
    subject: str
    """The last question that named what it is about."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What later questions may refer to. A new one refers to nothing."""

    question: str = ""
    """The last one that was answered, as it was understood."""
    subject: str = ""
    """The last one that named what it is about."""
    about: Hit | None = None
    """The passage that was shown first."""
    told: tuple[str, ...] = ()
    """The passages of this article that came first so far, newest last."""

    def ask(
        self, searcher: Searcher, question: str, k: int = 5, *, context: int = 0, explain: bool = False
    ) -> tuple[Answer, Conversation]:
        """Return the answer to a question asked in this conversation, and the conversation after it.

        A question that stands by itself is answered as `Searcher.ask` answers it. Raises BadQueryError.
        """
        started = time.perf_counter()
        ask: _Ask = partial(searcher.ask, k=k, context=context, explain=explain)
        fresh = _Read(ask(question), question, question)
        place = _Place.of(searcher, self.about, ask)
        if place is None:
            return fresh.answer, Conversation()._after(fresh)
        asked = searcher.understand(question)
        lean = read_leaning(asked)
        read = None if lean.courtesy else self._follow(place, asked, lean, fresh.answer)
        if read is None and not (fresh.answer.answered or lean.courtesy or lean.strong) and lean.subject:
            # The talk has turned to something that the articles do not have.
            return fresh.answer, Conversation()
        if read is None:
            return fresh.answer, self._after(fresh)
        took = round((time.perf_counter() - started) * 1000, 2)
        return replace(read.answer, question=question, took_ms=took), self._after(read)

    def _follow(self, place: _Place, asked: Question, lean: Leaning, fresh: Answer) -> _Read | None:
        """Return the question read as going on about the article, None where it is better read by itself."""
        if lean.partial and lean.rest and (lean.subject or titles(lean.rest)):
            return self._completed(place, lean.rest, lean)
        if not lean.subject:
            read = self._inside(place, asked, lean)
            return read if lean.strong or read.answer.answered else None
        # It names a subject. What finds an answer by itself is bent to this article only where it points
        # there and speaks of what is in it, or where the article answers nearly as well.
        covered = lean.cover(place.has)
        speaks_of_it = (lean.strong and covered >= _COVERED) or (covered == 1.0 and len(lean.subject) <= _FEW)
        # "How old is he?" has no other reading; "this bridge" may have.
        may_speak_of_it = len(lean.subject) == 1 and (lean.person or (lean.thing and not fresh.answered))
        if not (speaks_of_it or may_speak_of_it):
            return None
        read = self._inside(place, asked, lean)
        if may_speak_of_it and lean.person:
            return read
        if not (read.answer.answered and read.answer.hits and fresh.hits):
            return None
        near = fresh.hits[0].score - read.answer.hits[0].score <= _NEARLY
        return read if lean.strong or near else None

    def _inside(self, place: _Place, asked: Question, lean: Leaning) -> _Read:
        """Return the question asked of this article alone."""
        text = asked.text
        if not asked.chinese and not lean.subject and _CHAIR.search(text):
            text = _WHO_CHAIRED
        person = self._person(place) if lean.person else None
        if person and asked.chinese:
            text = _PRONOUN.sub(person, fold(text), count=1)
        for title in titles(text) if asked.chinese else ():
            name = bearer(title, place.text)
            if name and name not in text:
                text = text.replace(title, title + name, 1)
                person = person or name
        whole = bool(lean.subject) or lean.telling
        topic = f"{text} {topic_of(place.searcher.understand(self.subject))}"
        if not whole:
            text = topic
        left_out = self.told if lean.more else ()
        answer = None
        if person and asks_for_words(text):
            answer = place.ask(text, lambda passage: passage not in left_out and person in _opening(passage))
            # His words, and they are on the subject if there is one.
            if answer.hits and lean.cover(Folded(answer.hits[0].text).has) == 1.0:
                answer = replace(answer, answered=True)
        if person and not (answer and answer.answered):
            answer = place.ask(text, lambda passage: passage not in left_out and person in passage)
        if not (answer and answer.answered):
            answer = place.ask(text, lambda passage: passage not in left_out)
        if lean.telling and not lean.subject and not answer.answered:
            helped = place.ask(topic, lambda passage: passage not in left_out)
            answer = helped if helped.answered else answer
        if lean.more and not whole and answer.hits:  # whatever else the article says is what was asked for
            answer = replace(answer, answered=True)
        subject = asked.text if lean.subject else self.subject
        return _Read(answer, text if whole else self.question, subject)

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
            text = f"{' '.join(persons)} {question}"
            answer = place.ask(text, lambda passage: any(name in _opening(passage) for name in persons))
            if answer.answered:
                return _Read(answer, self.question, self.subject)
        elif not named:
            named = set(bearers)
        text = f"{rest} {' '.join(persons)} {question}"
        answer = place.ask(text, lambda passage: _has_any(passage, named))
        if not answer.hits:
            answer = place.ask_elsewhere(text, rest, named)
        return _Read(answer, self.question, self.subject) if answer.hits else None

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
        return Conversation(read.question, read.subject, first, (*told, first.text))


@dataclass(frozen=True, slots=True)
class _Place:
    """The article that is being talked of, in the generation that is searched."""

    searcher: Searcher
    about: ArticleRef
    passages: tuple[str, ...]
    text: str
    """All of it."""
    folded: Folded
    how: _Ask

    @classmethod
    def of(cls, searcher: Searcher, about: Hit | None, how: _Ask) -> _Place | None:
        """Return the place of a hit, None where its article is no longer there."""
        if about is None:
            return None
        found = searcher.catalog.passages_of(about.article.id)
        if found is None:
            return None
        passages = tuple(found)
        text = "\n".join((about.article.kicker, about.article.title, *passages))
        return cls(searcher, about.article, passages, text, Folded(text), how)

    def has(self, term: str) -> bool:
        """Return whether the article has a term."""
        return self.folded.has(term)

    def persons(self, question: str) -> list[str]:
        """Return the people of the article whom a question names, in its order."""
        latin = self.searcher.understand(question).written
        known = {speaker(sentence) for sentence in re.split("[。;；]", self.text)}
        named = [*names_in(fold(question)), *latin]
        return [name for name in dict.fromkeys(named) if name in known]

    def ask(self, text: str, wanted: Callable[[str], bool]) -> Answer:
        """Return what the wanted passages of the article say to a question."""
        chosen = frozenset(passage for passage in self.passages if wanted(passage))
        return self._ask_within(text, Within(frozenset([self.about.id]), chosen))

    def ask_elsewhere(self, text: str, rest: str, named: Set[str]) -> Answer:
        """Return what articles that have what `rest` names say to a question."""
        hits = self.searcher.ask(rest, _ELSEWHERE).hits
        ids = {hit.article.id for hit in hits if _has_any(f"{hit.article.title}\n{hit.text}", named)}
        return self._ask_within(text, Within(frozenset(ids)))

    def _ask_within(self, text: str, within: Within) -> Answer:
        return replace(self.how(text, within=within), follows=self.about)


def _opening(passage: str) -> str:
    """Return how a passage begins, up to where somebody's words begin."""
    return passage[:_OPENING_CHARS].partition("，")[0]


def _has_any(passage: str, terms: Set[str]) -> bool:
    folded = Folded(passage)
    return any(folded.has(term) for term in terms)

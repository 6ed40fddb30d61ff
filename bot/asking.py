"""`huiwen ask` and `huiwen chat`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from bot.answer_records import record_of
from bot.console import has_styles, print_json, say, show
from config import Settings
from embeddings import Encoder, open_reranker
from retrieval.errors import BadQueryError, RetrievalError
from retrieval.fusion import FITTED
from retrieval.live import LiveSearcher
from retrieval.model import Answer
from retrieval.opening import open_source
from retrieval.searcher import Searcher

_ANSWERED, _NOTHING, _WRONG = 0, 1, 2


class Asked(NamedTuple):
    """How a question is asked and its answer wanted."""

    k: int
    since: str | None = None
    until: str | None = None
    as_json: bool = False
    context: int = 0
    """Paragraphs to show before and after each hit."""
    explain: bool = False


def ask(settings: Settings, encoder: Encoder, question: str, asked: Asked) -> int:
    """Answer one question."""
    answer = _put(_open(settings, encoder), question, asked)
    _show(answer, asked)
    return _ANSWERED if answer.answered else _NOTHING


def ask_batch(settings: Settings, encoder: Encoder, file: str, asked: Asked) -> int:
    """Answer every line of a file, in order; a bad line is answered with its error and the rest go on."""
    searcher = _open(settings, encoder)
    status = _ANSWERED
    for number, line in _lines(file):
        try:
            record = _record(line)
        except ValueError as error:
            say(f"huiwen: {file}, line {number}: {error}")
            status = _WRONG
            if asked.as_json:
                print_json({"line": number, "error": str(error)})
            continue
        echoed = {"id": record["id"]} if "id" in record else {}
        try:
            answer = _put(searcher, record["text"], asked)
        except BadQueryError as error:
            say(f"huiwen: {file}, line {number}: {error}")
            status = _WRONG
            if asked.as_json:
                print_json({**echoed, "question": record["text"], "error": str(error)})
            continue
        if asked.as_json:
            print_json({**echoed, **record_of(answer, neighbours=asked.context > 0)})
        else:
            print(f"# {record['text']}")
            _show(answer, asked)
    return status


def chat(settings: Settings, encoder: Encoder, asked: Asked) -> int:
    """Answer question after question until the end of input, each with those before it in mind."""
    from retrieval.conversation import Conversation  # a question alone needs nothing of it

    reranker = open_reranker(settings.search.reranker, settings.embedding)
    searcher = LiveSearcher.open(
        settings.data_dir, lambda: encoder, settings.search, reranker, settings.store
    )
    searcher.searcher()  # no index, no chat
    prompt = "问> " if sys.stdin.isatty() else ""
    with suppress(ImportError):
        import readline  # noqa: F401  gives the prompt line editing and history
    talk = Conversation()
    while True:
        try:
            question = input(prompt).strip()
        except EOFError:
            return _ANSWERED
        if question in {"/quit", "/exit", "quit", "exit"}:
            return _ANSWERED
        if question in {"/new", "/reset"}:
            talk = Conversation()
            say("换个话题，前面的不再参考 / a new conversation; what was said before is forgotten")
        elif question:
            try:
                answer, talk = talk.ask(
                    searcher.searcher(), question, asked.k, context=asked.context, explain=asked.explain
                )
                _show(answer, asked)
            except RetrievalError as error:
                say(f"huiwen: {error}")


def _open(settings: Settings, encoder: Encoder) -> Searcher:
    reranker = open_reranker(settings.search.reranker, settings.embedding)
    store = open_source(settings.data_dir, settings.store).open(encoder)
    return Searcher(store, settings.search, FITTED, reranker)


def _put(searcher: Searcher, question: str, asked: Asked) -> Answer:
    return searcher.ask(
        question, asked.k, asked.since, asked.until, context=asked.context, explain=asked.explain
    )


def _show(answer: Answer, asked: Asked) -> None:
    if asked.as_json:
        print_json(record_of(answer, neighbours=asked.context > 0))
        return
    from bot.terminal_rendering import render_answer  # nothing that JSON has to wait for

    styled = has_styles()
    show(render_answer(answer, styled=styled), styled=styled)


def _lines(file: str) -> Iterator[tuple[int, str]]:
    try:
        source = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise BadQueryError(f"{file}: cannot be read ({error.strerror})") from None
    with source:
        for number, line in enumerate(source, start=1):
            text = line.decode("utf-8-sig", errors="replace").strip()
            if text:
                yield number, text


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError('is no question; write it as {"id": "1", "text": "谁主持了大会？"}')
    return record

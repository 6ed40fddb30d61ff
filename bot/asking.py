"""`huiwen ask` and `huiwen chat`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from bot.console import out, print_json, say
from bot.terminal_rendering import render_answer
from config import Settings
from embeddings import Encoder
from retrieval.errors import BadQueryError, RetrievalError
from retrieval.live import LiveSearcher
from retrieval.model import Answer
from retrieval.searcher import Searcher

_ANSWERED, _NOTHING, _WRONG = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is asked and its answer wanted."""

    k: int
    since: str | None = None
    until: str | None = None
    as_json: bool = False


def ask(settings: Settings, encoder: Encoder, question: str, asked: Asked) -> int:
    """Answer one question."""
    answer = _open(settings, encoder).ask(question, asked.k, asked.since, asked.until)
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
            answer = searcher.ask(record["text"], asked.k, asked.since, asked.until)
        except BadQueryError as error:
            say(f"huiwen: {file}, line {number}: {error}")
            status = _WRONG
            if asked.as_json:
                print_json({**echoed, "question": record["text"], "error": str(error)})
            continue
        if asked.as_json:
            print_json({**echoed, **_record_of(answer)})
        else:
            print(f"# {record['text']}")
            _show(answer, asked)
    return status


def chat(settings: Settings, encoder: Encoder, asked: Asked) -> int:
    """Answer question after question until the end of input."""
    searcher = LiveSearcher.open(settings.data_dir, lambda: encoder, settings.search)
    searcher.searcher()  # no index, no chat
    prompt = "问> " if sys.stdin.isatty() else ""
    with suppress(ImportError):
        import readline  # noqa: F401  gives the prompt line editing and history
    while True:
        try:
            question = input(prompt).strip()
        except EOFError:
            return _ANSWERED
        if question in {"/quit", "/exit", "quit", "exit"}:
            return _ANSWERED
        if question:
            try:
                _show(searcher.ask(question, asked.k), asked)
            except RetrievalError as error:
                say(f"huiwen: {error}")


def _open(settings: Settings, encoder: Encoder) -> Searcher:
    return Searcher.open(settings.data_dir, encoder, settings.search)


def _show(answer: Answer, asked: Asked) -> None:
    if asked.as_json:
        print_json(_record_of(answer))
        return
    console = out()
    styled = console.is_terminal and not console.no_color
    console.print(render_answer(answer, styled=styled), end="")


def _record_of(answer: Answer) -> dict[str, Any]:
    """Return an answer as `--json` promises it: scripts rely on these keys."""
    record = asdict(answer)
    for key in ("searched", "undated", "impossible"):
        if not record[key]:  # said only where the question or the flags name a time
            del record[key]
    for hit in record["hits"]:
        hit["article"] = {key: hit["article"][key] for key in ("id", "title", "date", "source")}
    return record


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

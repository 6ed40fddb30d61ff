"""Records in, articles out: JSON lines that bring their ids, titles and dates with them."""

from __future__ import annotations

import json
import re

from retrieval.dates import date_from_name, parse_date
from retrieval.errors import UnreadableError
from retrieval.model import Article, PartialDate
from retrieval.reading.decoding import decode
from retrieval.reading.document import article, titled
from retrieval.reading.reflow import Draft, reflow

_MEGABYTE = 1_000_000
_MAX_LINE = 5 * _MEGABYTE  # characters; the longest book chapters have a tenth of it
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_records(data: bytes, name: str) -> tuple[list[Article], list[str]]:
    """Return the articles of JSON lines, and one line for each record that is not (or not wholly) read."""
    named = date_from_name(name)
    articles: dict[str, Article] = {}
    first_line: dict[str, int] = {}
    problems: list[str] = []
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found, remark = _record(line, named, name)
        except UnreadableError as error:
            problems.append(f"line {number}: {error}")
            continue
        if found.id in articles:
            problems.append(
                f"line {number}: the id {found.id!r} is that of line {first_line[found.id]}; skipped"
            )
            continue
        if remark:
            problems.append(f"line {number}: {remark}")
        articles[found.id] = found
        first_line[found.id] = number
    return list(articles.values()), problems


def _record(line: str, named: PartialDate | None, name: str) -> tuple[Article, str]:
    """Return the article of a line, and what had to be left out of it."""
    if len(line) > _MAX_LINE:
        raise UnreadableError(
            f"a record of {len(line) // _MEGABYTE} million characters: not an article; split it"
        )
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = (
            f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        )
        raise UnreadableError(f"not JSON: {reason}") from None
    if not isinstance(record, dict):
        raise UnreadableError("not a JSON object")
    draft = _draft(record)
    date_text = _text(record, "date")
    record_date = parse_date(date_text) if date_text else None
    remark = ""
    if date_text and record_date is None:
        remark = f'"date" is {date_text[:40]!r}, not a date such as "2019-11-20": kept without it'
    source, url = _text(record, "source") or name, _text(record, "url")
    return article(_id(record), draft, record_date, named, source, url), remark


def _id(record: dict[str, object]) -> str:
    value = record.get("id")
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError('no "id" (a text or number)')
    if not str(value).strip():
        raise UnreadableError('an empty "id"')
    return _sound(str(value))


def _draft(record: dict[str, object]) -> Draft:
    """Return the one article of a record: its own paragraphs, or its text reflowed."""
    title, kicker = _text(record, "title"), _text(record, "kicker")
    given = record.get("paragraphs")
    if given is not None:
        if not isinstance(given, list) or not all(isinstance(paragraph, str) for paragraph in given):
            raise UnreadableError('"paragraphs" is not a list of texts')
        paragraphs = tuple(stripped for paragraph in given if (stripped := _sound(paragraph).strip()))
        if not paragraphs:
            raise UnreadableError('"paragraphs" has no text')
        return Draft(title, kicker, paragraphs)
    text = _text(record, "text")
    if not text:
        raise UnreadableError('no "text" and no "paragraphs"')
    drafts = reflow(text)
    if not drafts:
        raise UnreadableError('"text" has no text')
    return titled(drafts, title, kicker)


def _text(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError(f'"{key}" is not a text')
    return _sound(str(value)).strip()


def _sound(text: str) -> str:
    """Return `text` without lone surrogates, which JSON can spell but no file can hold."""
    return _SURROGATE.sub("\ufffd", text)

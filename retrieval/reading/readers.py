"""Files in, articles out: what is in the folder, and what is in each file."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from unicodedata import normalize

from retrieval.dates import date_from_dateline, date_from_name, merge_dates, parse_date
from retrieval.errors import UnreadableError
from retrieval.model import Article, PartialDate
from retrieval.reading.decoding import decode
from retrieval.reading.furniture import masthead_date
from retrieval.reading.reflow import Draft, reflow

_MEGABYTE = 1_000_000
_MAX_LINE = 5 * _MEGABYTE  # bytes; the longest book chapters have a tenth of it
_MAX_FILE = 500 * _MEGABYTE  # bytes; read as a whole
_ID_BYTES = 6  # 12 hex digits: one chance in 5,000 of any clash among 300,000 articles
_ID_BODY = 80  # characters of the body that an id depends on: the first sentence, with its date and place
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEMPORARY = (".tmp", ".temp", ".swp", ".swo", ".bak", ".part", ".crdownload", "~")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its articles, and one line for each record that is not (or not wholly) read."""

    articles: tuple[Article, ...]
    problems: tuple[str, ...]


def read_articles(path: Path, name: str) -> Reading:
    """Return the articles of a file; `name` is what to call it, and the source of articles that name none.

    Raises `UnreadableError`, one line that says why, where the file as a whole cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in (".txt", ".jsonl"):
        _check_readable(path)
        raise UnreadableError(
            f"unknown kind of file ({suffix or 'no suffix'}): only .txt and .jsonl are read"
        )
    data = _load(path)
    reading = _read_records(data, name) if suffix == ".jsonl" else _read_page(data, name)
    if not reading.articles and not reading.problems:
        raise UnreadableError("no text in this file")
    return reading


def find_files(root: Path) -> list[Path]:
    """Return all files below `root`, sorted, or `root` itself where it is no folder.

    Hidden files and what editors leave behind are skipped. Links are followed, each folder once. What cannot
    be read is returned too, so that reading it can say why: dangling links, folders without permission,
    unknown types.
    """
    if not root.is_dir():
        return [root]
    found: list[Path] = []
    _walk(root, found, set())
    return sorted(found)


def has_own_ids(path: Path) -> bool:
    """Return whether the articles of a file bring their ids with them."""
    return path.suffix.lower() == ".jsonl"


def same_text(one: Article, other: Article) -> bool:
    """Return whether two articles say the same, whatever their spacing, punctuation, width and case."""
    return all(
        _folded(mine) == _folded(theirs)
        for mine, theirs in ((one.title, other.title), ("".join(one.paragraphs), "".join(other.paragraphs)))
    )


def article_id(title: str, paragraphs: Iterable[str], copy: int = 0) -> str:
    """Return the id of an article without one: 12 hex digits from its title and the start of its body.

    It does not depend on file or folder, nor on spacing, punctuation, width and case, nor on the text after
    the first 80 letters; so it outlives moves, renames and most corrections. The date is in the body's start
    wherever the paper printed one. `copy` tells apart articles that are the same so far.
    """
    body = ""
    for paragraph in paragraphs:
        body += _folded(paragraph)
        if len(body) >= _ID_BODY:
            break
    key = f"{_folded(title)}\n{body[:_ID_BODY]}" + (f"\n{copy}" if copy else "")
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES).hexdigest()


def _folded(text: str) -> str:
    return "".join(char for char in normalize("NFKC", text).casefold() if char.isalnum())


def _check_readable(path: Path) -> int:
    """Return the size of a regular file in bytes, or raise what stands in the way."""
    try:
        status = path.stat()
    except FileNotFoundError:
        reason = f"a link to {os.readlink(path)}, which is not there" if path.is_symlink() else "no such file"
        raise UnreadableError(reason) from None
    except PermissionError:
        raise UnreadableError("no permission to read it") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from None
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError(
            "a folder, not a file"
            if os.access(path, os.R_OK | os.X_OK)
            else "a folder without permission to read it"
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file (a pipe, socket or device)")
    if not os.access(path, os.R_OK):
        raise UnreadableError("no permission to read it")
    if status.st_size == 0:
        raise UnreadableError("an empty file")
    return status.st_size


def _load(path: Path) -> bytes:
    size = _check_readable(path)
    if size > _MAX_FILE:
        raise UnreadableError(f"a file of {size // _MEGABYTE} MB; split it")
    try:
        data = path.read_bytes()
    except PermissionError:
        raise UnreadableError("no permission to read it") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from None
    longest = _longest_line(data)
    if longest > _MAX_LINE and path.suffix.lower() == ".txt":
        if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableError("a binary file, not text")
        raise UnreadableError(f"a line of {longest // _MEGABYTE} MB: not a newspaper text; split it")
    return data


def _longest_line(data: bytes) -> int:
    if len(data) <= _MAX_LINE:
        return 0
    longest = start = 0
    while (end := data.find(b"\n", start)) >= 0:
        longest = max(longest, end - start)
        start = end + 1
    return max(longest, len(data) - start)


def _read_page(data: bytes, name: str) -> Reading:
    page = decode(data)
    # the date that the page itself prints is surer than one in a file name
    named = parse_date(masthead_date(page), "dateline") or date_from_name(name)
    return Reading(
        tuple(
            _article(article_id(draft.title, draft.paragraphs), draft, None, named, name, "")
            for draft in reflow(page)
        ),
        (),
    )


def _article(
    identity: str, draft: Draft, record: PartialDate | None, named: PartialDate | None, source: str, url: str
) -> Article:
    dateline = date_from_dateline(draft.paragraphs[0]) if draft.paragraphs else None
    when = merge_dates(record, dateline, named)
    return Article(identity, draft.title, draft.kicker, draft.paragraphs, when, source, url)


def _read_records(data: bytes, name: str) -> Reading:
    named = date_from_name(name)
    articles: dict[str, Article] = {}
    first_line: dict[str, int] = {}
    problems: list[str] = []
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            article, remark = _read_record(line, named, name)
        except UnreadableError as error:
            problems.append(f"line {number}: {error}")
            continue
        if article.id in articles:
            problems.append(
                f"line {number}: the id {article.id!r} is that of line {first_line[article.id]}; skipped"
            )
            continue
        if remark:
            problems.append(f"line {number}: {remark}")
        articles[article.id] = article
        first_line[article.id] = number
    return Reading(tuple(articles.values()), tuple(problems))


def _read_record(line: str, named: PartialDate | None, name: str) -> tuple[Article, str]:
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
    draft = _record_draft(record)
    title, kicker = _text(record, "title") or draft.title, _text(record, "kicker") or draft.kicker
    draft = Draft(title, kicker, draft.paragraphs)
    date_text = _text(record, "date")
    record_date = parse_date(date_text) if date_text else None
    remark = ""
    if date_text and record_date is None:
        remark = f'"date" is {date_text[:40]!r}, not a date such as "2019-11-20": kept without it'
    source, url = _text(record, "source") or name, _text(record, "url")
    return _article(_record_id(record), draft, record_date, named, source, url), remark


def _record_id(record: dict[str, object]) -> str:
    value = record.get("id")
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError('no "id" (a text or number)')
    if not str(value).strip():
        raise UnreadableError('an empty "id"')
    return _sound(str(value))


def _record_draft(record: dict[str, object]) -> Draft:
    """Return the one article of a record: its own paragraphs, or its text reflowed."""
    given = record.get("paragraphs")
    if given is not None:
        if not isinstance(given, list) or not all(isinstance(paragraph, str) for paragraph in given):
            raise UnreadableError('"paragraphs" is not a list of texts')
        paragraphs = tuple(stripped for paragraph in given if (stripped := _sound(paragraph).strip()))
        if not paragraphs:
            raise UnreadableError('"paragraphs" has no text')
        return Draft("", "", paragraphs)
    text = _text(record, "text")
    if not text:
        raise UnreadableError('no "text" and no "paragraphs"')
    drafts = reflow(text)
    if not drafts:
        raise UnreadableError('"text" has no text')
    first, *rest = drafts
    pieces = list(first.paragraphs)
    if first.title and _text(record, "title") and _folded(first.title) != _folded(_text(record, "title")):
        pieces.insert(0, first.title)  # not a headline after all: the record has its own
    for draft in rest:
        pieces += [part for part in (draft.kicker, draft.title, *draft.paragraphs) if part]
    return Draft(first.title, first.kicker, tuple(pieces) or (first.title,))


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


def _walk(folder: Path, found: list[Path], visited: set[tuple[int, int]]) -> None:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in visited:
            return
        visited.add((status.st_dev, status.st_ino))
        entries = list(os.scandir(folder))
    except OSError:
        found.append(folder)
        return
    for entry in entries:
        if entry.name.startswith((".", "~$", "#")) or entry.name.endswith(_TEMPORARY):
            continue
        try:
            is_folder = entry.is_dir()
        except OSError:  # links that lead in a circle
            is_folder = False
        if is_folder:
            _walk(Path(entry.path), found, visited)
        else:
            found.append(Path(entry.path))

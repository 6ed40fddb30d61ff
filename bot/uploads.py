"""Articles that were sent to the bot, from the bytes to their place in the index, and out of it again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.inbox import Inbox, Place, digest_of, is_stored_name, name_for
from bot.index_queue import IndexQueue
from bot.index_run import Outcome
from bot.telegram_articles import ref_of
from bot.upload_reading import Contents, Headline, read_apart
from retrieval.errors import RetrievalError
from retrieval.model import ArticleRef
from retrieval.serving import find_serving
from retrieval.sources import Sources

_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the inbox."""

    name: str
    contents: Contents
    again: bool = False
    """Whether it was there already."""
    known: frozenset[str] = frozenset()
    """Ids of articles that the index had before."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index made of a stored file."""

    stored: Stored
    outcome: Outcome
    articles: tuple[ArticleRef | None, ...] = field(default=())
    """For each headline of the contents the article that stands for it."""

    def elsewhere(self, headline: Headline, article: ArticleRef | None) -> tuple[str, ...] | None:
        """Return where else an article stands, as far as that is known; None where it is new."""
        stem = self.stored.name.partition(".")[0]
        sources = (article.source, *article.also) if article is not None else ()
        others = tuple(each for each in sources if stem not in each and each != headline.source)
        return others if others or headline.id in self.stored.known else None


class RefusedError(Exception):
    """What was sent is not taken; the text says why, in a line."""


class ThereAlreadyError(Exception):
    """The very same file is among those of the operator; the text is its name."""


class Uploads:
    """Takes files in and out. What it does to the disk may raise OSError."""

    def __init__(
        self, inbox: Inbox, data_dir: Path, queue: IndexQueue, environment: Mapping[str, str]
    ) -> None:
        """Take the environment of the processes that read files, which has no secrets."""
        self._inbox = inbox
        self._data_dir = data_dir
        self._queue = queue
        self._environment = environment
        self._storing = asyncio.Lock()  # the same file may come twice at once

    async def begin(self, suffix: str) -> Path:
        """Return where to write what comes, which is not there yet. Raises RefusedError."""
        if await asyncio.to_thread(self._is_missing):
            raise RefusedError(
                f"its folder is not there now ({self._inbox.folder}): mount it, or make it anew if what was"
                " in it is to go"
            )
        return await asyncio.to_thread(self._inbox.begin, suffix)

    async def store(self, incoming: Path, called: str) -> Stored:
        """Check a whole file and store it. `called` may tell its date.

        Raises RefusedError and ThereAlreadyError.
        """
        if not incoming.suffix:
            incoming = await asyncio.to_thread(_rename_by_content, incoming)
        try:
            digest = await asyncio.to_thread(digest_of, incoming)
            if kept := await asyncio.to_thread(self._inbox.find, digest):
                return await self.recall(kept, again=True)
            if there := await asyncio.to_thread(self._find_elsewhere, digest):
                raise ThereAlreadyError(there)
            name = name_for(digest, incoming.suffix, called)
            contents = await self._read(incoming, name)
            async with self._storing:
                known = await asyncio.to_thread(self._known, contents.headlines)
                kept = await asyncio.to_thread(self._inbox.find, digest)
                if kept is None:
                    await asyncio.to_thread(self._inbox.store, incoming, name)
            return Stored(kept or name, contents, kept is not None, known if kept is None else frozenset())
        finally:
            await asyncio.to_thread(incoming.unlink, missing_ok=True)

    async def recall(self, name: str, *, again: bool = False) -> Stored:
        """Return what is stored under a name. Raises RefusedError."""
        return Stored(name, await self._read(self._inbox.path(name), name), again)

    async def index(self, stored: Stored) -> Indexed:
        """Return what became of a stored file in a run of the index."""
        outcome = await self._queue.indexed()
        return Indexed(stored, outcome, await asyncio.to_thread(self._look_up, stored.contents.headlines))

    async def place(self, name: str) -> Place:
        """Return where a file is."""
        return await asyncio.to_thread(self._inbox.place, name)

    async def withdraw(self, name: str) -> bool:
        """Take a file out of what is indexed; tell whether it was there."""
        return await asyncio.to_thread(self._inbox.withdraw, name)

    async def catch_up(self) -> Outcome | None:
        """Let the index follow what a process that was killed has stored or taken out, if anything."""
        return await self._queue.indexed() if await asyncio.to_thread(self._is_behind) else None

    async def sweep(self) -> int:
        """Delete what is left of downloads that were killed."""
        return await asyncio.to_thread(self._inbox.sweep)

    async def _read(self, path: Path, name: str) -> Contents:
        contents = await read_apart(path, name, self._environment)
        if isinstance(contents, str):
            raise RefusedError(contents)
        return contents

    def _find_elsewhere(self, digest: str) -> str:
        for file in self._sources_of(digest):
            if os.path.dirname(file[0]) != os.path.abspath(self._inbox.folder) and os.path.exists(file[0]):
                return file[1]
        return ""

    def _sources_of(self, digest: str) -> list[tuple[str, str]]:
        with suppress(RetrievalError, sqlite3.Error):
            serving = find_serving(self._data_dir)
            with serving.lease, closing(Sources.open(serving.folder)) as sources:
                return [(each.path, each.name) for each in sources.of_digest(digest)]
        return []

    def _known(self, headlines: Sequence[Headline]) -> frozenset[str]:
        found = self._look_up(headlines)
        return frozenset(each.id for each, ref in zip(headlines, found, strict=True) if ref is not None)

    def _look_up(self, headlines: Sequence[Headline]) -> tuple[ArticleRef | None, ...]:
        try:
            serving = find_serving(self._data_dir)
            with serving.lease, closing(serving.open_catalog()) as catalog:
                articles = [catalog.article(each.id) for each in headlines]
        except (RetrievalError, sqlite3.Error):
            return (None,) * len(headlines)
        return tuple(ref_of(each) if each is not None else None for each in articles)

    def _is_missing(self) -> bool:
        """Tell whether the folder has gone, as with a disk; making it anew would take out what was in it."""
        return not self._inbox.folder.is_dir() and bool(self._indexed())

    def _is_behind(self) -> bool:
        return self._inbox.folder.is_dir() and self._inbox.stored() != self._indexed()

    def _indexed(self) -> set[str]:
        """Return the names of what the index has of the inbox."""
        with suppress(RetrievalError, sqlite3.Error):
            serving = find_serving(self._data_dir)
            with serving.lease, closing(Sources.open(serving.folder)) as sources:
                folder = os.path.abspath(self._inbox.folder)
                paths = [os.path.split(path) for path in sources.files()]
                return {name for above, name in paths if above == folder and is_stored_name(name)}
        return set()


def _rename_by_content(incoming: Path) -> Path:
    """Give a file that came without a kind in its name the one that it looks like."""
    with incoming.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    page = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
    kinds = ((b"%PDF-" in head, ".pdf"), (head.startswith(b"PK\x03\x04"), ".docx"), (page, ".html"))
    suffix = next((suffix for told, suffix in kinds if told), ".txt")
    return incoming.rename(incoming.with_suffix(suffix))

"""What is done with articles that were sent, beside the handlers: fetched, read, stored, indexed, told of."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from telegram import Bot, Message
from telegram.error import BadRequest, TelegramError

from bot.inbox import Place
from bot.index_queue import IndexQueue
from bot.logs import withheld
from bot.telegram_downloads import LostError, TooLargeError, discard
from bot.telegram_screens import Screen
from bot.telegram_sending import edit, reply, send
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from bot.upload_notes import Note, Notes
from bot.upload_rendering import render_indexed, render_undone, shown_name, shown_reason
from bot.uploads import RefusedError, Stored, ThereAlreadyError, Uploads

_log = logging.getLogger(__name__)

_AT_ONCE = 2  # files fetched and read; each takes a process

Fetch = Callable[[Path], Awaitable[None]]
"""Writes what was sent to a new file."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What an admin has sent."""

    message: Message
    """Where it is told of."""
    texts: Texts
    called: str
    dated: str
    """What may tell its date."""
    suffix: str
    """Empty where its content is to tell."""
    fetch: Fetch


class UploadWork:
    """Does it, some at a time. The handlers do not wait for it, for the bot waits for them at its end."""

    def __init__(self, uploads: Uploads, queue: IndexQueue, notes: Notes, megabytes: float) -> None:
        self._uploads = uploads
        self._queue = queue
        self._notes = notes
        self._megabytes = megabytes
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps weak references only
        self._telling: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something by and by."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take(self, sent: Sent) -> None:
        """Store what was sent, let it be indexed, and tell what became of it."""
        texts, bot = sent.texts, sent.message.get_bot()
        with self._holding_back_the_index() as release:
            reading = texts.upload_reading.format(name=shown_name(sent.called, texts))
            (number,) = await reply(sent.message, [reading])
            note = Note(sent.message.chat_id, number, _code(texts), sent.called)
            await self._note(note)
            async with self._telling_trouble(bot, note, texts):
                async with self._slots:
                    stored = await self._store(sent)
                if isinstance(stored, str):
                    await self._finish(bot, note, Screen(stored))
                    return
                author = sent.message.from_user
                _log.info("%d has added %s", author.id if author else 0, stored.name)
                note = replace(note, name=stored.name, again=stored.again)
                await self._note(note)
                release()
                await self._index(bot, note, stored, texts)

    async def undo(self, bot: Bot, note: Note, before: str, texts: Texts) -> None:
        """Let the index follow a file that was taken out, whose message said `before`."""
        await self._note(note)
        async with self._telling_trouble(bot, note, texts):
            with contextlib.suppress(TelegramError):  # the index follows all the same
                await self._show(bot, note, Screen(render_undone(before, texts.upload_undoing)))
            await self._tell_undone(bot, note, before, texts)

    async def resume(self, bot: Bot) -> None:
        """Complete what a process that was killed has left, and tell those who wait for it."""
        try:
            await self._uploads.sweep()
        except OSError as error:
            _log.warning("The folder of uploads cannot be tidied up: %s", error.strerror)
        for note in await asyncio.to_thread(self._notes.recall):
            self.start(self._complete(bot, note))
        self.start(self._catch_up())

    async def finish(self) -> None:
        """Let what is being told arrive, and be noted as told: else it is told otherwise on resuming."""
        if self._telling:
            await asyncio.wait(self._telling)

    async def _complete(self, bot: Bot, note: Note) -> None:
        texts = LANGUAGES.get(note.language, LANGUAGES[DEFAULT_LANGUAGE])
        async with self._telling_trouble(bot, note, texts):
            if note.undo:
                await self._tell_undone(bot, note, "", texts)
            elif not note.name:
                name = shown_name(note.called, texts)
                await self._finish(bot, note, Screen(texts.upload_stopped.format(name=name)))
            elif await self._uploads.place(note.name) is Place.INBOX:
                stored = await self._uploads.recall(note.name, again=note.again)
                await self._index(bot, note, stored, texts)
            else:
                await self._finish(bot, note, Screen(texts.upload_undone))

    async def _catch_up(self) -> None:
        outcome = await self._uploads.catch_up()
        if outcome is not None and not outcome.report:
            _log.warning("Articles that were sent are not indexed yet: %s", outcome.reason)

    async def _store(self, sent: Sent) -> Stored | str:
        """Return what is stored, or what to say instead."""
        texts, name = sent.texts, shown_name(sent.called, sent.texts)
        incoming: Path | None = None
        try:
            incoming = await self._uploads.begin(sent.suffix)
            await sent.fetch(incoming)
            return await self._uploads.store(incoming, sent.dated)
        except TooLargeError:
            return texts.upload_too_large.format(name=name, limit=f"{self._megabytes:g}")
        except (LostError, RefusedError) as error:
            return texts.upload_refused.format(name=name, reason=shown_reason(str(error)))
        except ThereAlreadyError as error:
            return texts.upload_there.format(name=name, file=shown_reason(str(error)))
        except OSError as error:
            _log.warning("A file that was sent cannot be stored: %s", error)
            reason = shown_reason(error.strerror or type(error).__name__)
            return texts.upload_not_stored.format(name=name, reason=reason)
        finally:
            if incoming is not None:
                discard(incoming)

    async def _index(self, bot: Bot, note: Note, stored: Stored, texts: Texts) -> None:
        indexing = texts.upload_indexing.format(name=shown_name(note.called, texts))
        with contextlib.suppress(TelegramError):  # it is indexed all the same
            await self._show(bot, note, Screen(indexing))
        indexed = await self._uploads.index(stored)
        await self._finish(bot, note, render_indexed(indexed, note.called, texts))

    async def _tell_undone(self, bot: Bot, note: Note, before: str, texts: Texts) -> None:
        outcome = await self._queue.indexed()
        said = texts.upload_undone
        if not outcome.report:
            said += "\n" + texts.index_failed.format(reason=shown_reason(outcome.reason))
        await self._finish(bot, note, Screen(render_undone(before, said)))

    async def _finish(self, bot: Bot, note: Note, screen: Screen) -> None:
        task = asyncio.current_task()
        assert task is not None, "run by `start`"
        self._telling.add(task)
        try:
            await self._show(bot, note, screen)
            await asyncio.to_thread(self._notes.drop, note)
        finally:
            self._telling.discard(task)

    async def _show(self, bot: Bot, note: Note, screen: Screen) -> None:
        """Show a screen in the message of a note, or in a new one where that is gone."""
        try:
            await edit(bot, note.chat, note.message, screen)
        except BadRequest as error:
            _log.debug("The message about an upload cannot be edited: %s", error.message)
            if screen.rows:
                await send(bot, note.chat, screen)

    async def _note(self, note: Note) -> None:
        await asyncio.to_thread(self._notes.put, note)

    @contextlib.contextmanager
    def _holding_back_the_index(self) -> Iterator[Callable[[], None]]:
        """Let other files that are indexed wait for this one, until it is stored or known not to be."""
        held = True

        def release() -> None:
            nonlocal held
            if held:
                held = False
                self._queue.release()

        self._queue.hold()
        try:
            yield release
        finally:
            release()

    @contextlib.asynccontextmanager
    async def _telling_trouble(self, bot: Bot, note: Note, texts: Texts) -> AsyncIterator[None]:
        """Say so where the body fails otherwise than at Telegram, which a restart may mend."""
        try:
            yield
        except TelegramError:
            raise
        except RefusedError as error:
            name = shown_name(note.called, texts)
            said = texts.upload_refused.format(name=name, reason=shown_reason(str(error)))
            await self._finish(bot, note, Screen(said))
        except Exception:
            await self._finish(bot, note, Screen(texts.trouble))
            raise


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Do something that nobody waits for."""
    try:
        await work
    except TelegramError as error:
        _log.warning("What became of an upload could not be told: %s", type(error).__name__)
    except Exception as error:  # without its text, which may quote what was sent
        _log.error("An upload failed: %s", type(error).__name__, exc_info=withheld(error))


def _code(texts: Texts) -> str:
    return next((code for code, each in LANGUAGES.items() if each is texts), DEFAULT_LANGUAGE)

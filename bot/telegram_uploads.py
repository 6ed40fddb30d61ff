"""Articles by chat: which of an admin's messages are taken, and the button that takes them out again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telegram import Bot, Document, Message, MessageOriginChannel, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.index_queue import IndexQueue
from bot.telegram_downloads import Downloads, TooLargeError
from bot.telegram_languages import texts_of
from bot.telegram_markup import one_line
from bot.telegram_pasting import GATHER_S, Gathering, Pasting, text_of
from bot.telegram_presses import tell
from bot.telegram_rendering import render_help
from bot.telegram_sending import reply
from bot.telegram_upload_work import Sent, UploadWork
from bot.texts import LANGUAGES, Texts
from bot.upload_notes import Note, Notes
from bot.upload_rendering import UNDO_PREFIX, read_undo, shown_name, shown_reason
from bot.uploads import Uploads
from config import TelegramSettings
from retrieval.reading import KINDS, suffix_of, why_unread

_log = logging.getLogger(__name__)

_MEGABYTE = 1_000_000
_SHORTEST = 30  # characters of a text to /upload; less is a slip
_ALERT_UNITS = 120


class UploadHandlers:
    """The handlers."""

    def __init__(
        self,
        settings: TelegramSettings,
        uploads: Uploads,
        queue: IndexQueue,
        notes: Notes,
        gather_s: float = GATHER_S,
    ) -> None:
        self._admins = frozenset(settings.admins)
        self._megabytes = settings.upload_mb
        self._uploads = uploads
        self._downloads = Downloads(settings.api_url, settings.proxy_url, int(settings.upload_mb * _MEGABYTE))
        self._pasting = Pasting(gather_s)
        self._work = UploadWork(uploads, queue, notes, settings.upload_mb)

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers, before those that take every text for a question."""
        ours = filters.User(self._admins)
        new, edited = filters.UpdateType.MESSAGE & ours, filters.UpdateType.EDITED_MESSAGE & ours
        application.add_handler(CommandHandler("upload", self._upload, new))
        if not self._megabytes:
            return
        private = filters.ChatType.PRIVATE
        application.add_handler(CommandHandler("help", self._show_help, new & private))
        file = private & filters.Document.ALL & ~filters.ANIMATION
        written = private & (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
        application.add_handler(MessageHandler(new & file, self._file))
        application.add_handler(MessageHandler(new & written & _That(self._pasting.is_article), self._text))
        application.add_handler(
            MessageHandler(edited & written & _That(self._pasting.was_taken), self._edited)
        )
        application.add_handler(CallbackQueryHandler(self._undo, f"^{UNDO_PREFIX}"))

    async def resume(self, bot: Bot) -> None:
        """Complete what a process that was killed has left."""
        if self._admins and self._megabytes:
            await self._work.resume(bot)

    async def finish(self) -> None:
        """Let what is being told arrive."""
        await self._work.finish()

    async def _upload(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        original, text = message.reply_to_message, _after_command(message)
        if not self._megabytes:
            await reply(message, [texts.upload_off])
        elif len(text) >= _SHORTEST:
            self._take_text(message, message, text, texts)
        elif text or original is None:
            await reply(message, [self._help(texts)])
        elif original.document is not None and original.animation is None:
            await self._take_file(message, original.document, texts)
        elif len(text_of(original)) >= _SHORTEST:
            self._take_text(message, original, text_of(original), texts)
        else:
            await reply(message, [self._help(texts)])

    async def _show_help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        upload = f"<b>{texts.command_upload}</b> /upload\n{self._help(texts)}"
        await reply(message, [f"{render_help(texts, context.bot.username)}\n\n{upload}"])

    async def _file(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        assert message.document is not None, "registered for files only"
        await self._take_file(message, message.document, texts)

    async def _text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, texts = _asked(update)
        self._take_text(message, message, text_of(message), texts)

    async def _edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.edited_message
        assert message is not None, "registered for edited messages only"
        await reply(message, [texts_of(message.from_user).upload_edited])

    async def _take_file(self, message: Message, document: Document, texts: Texts) -> None:
        called = document.file_name or ""
        suffix, name = suffix_of(called), shown_name(called, texts)
        if not suffix and Path(called).suffix:
            reason = shown_reason(why_unread(called))
            await reply(message, [texts.upload_refused.format(name=name, reason=reason)])
            return
        try:
            self._downloads.check_size(document.file_size)
        except TooLargeError:
            await reply(message, [self._too_large(name, texts)])
            return

        async def fetch(target: Path) -> None:
            await self._downloads.fetch(message.get_bot(), document.file_id, target)

        self._work.start(self._work.take(Sent(message, texts, called, called, suffix, fetch)))

    def _take_text(self, message: Message, source: Message, text: str, texts: Texts) -> None:
        """Take a text that `source` begins or holds, and tell of it where `message` came from."""
        coming = self._pasting.begin(message, text)
        if coming is not None:
            self._work.start(self._take_whole(message, source, coming, texts))

    async def _take_whole(self, message: Message, source: Message, coming: Gathering, texts: Texts) -> None:
        raw = (await self._pasting.complete(message, coming)).encode("utf-8", "replace")
        if len(raw) > self._megabytes * _MEGABYTE:
            await reply(message, [self._too_large(shown_name(texts.upload_text, texts), texts)])
            return
        origin = source.forward_origin
        dated = f"{origin.date.astimezone():%Y-%m-%d}" if isinstance(origin, MessageOriginChannel) else ""

        async def fetch(target: Path) -> None:
            await asyncio.to_thread(target.write_bytes, raw)

        await self._work.take(Sent(message, texts, texts.upload_text, dated, ".txt", fetch))

    async def _undo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts, name, shown = texts_of(query.from_user), read_undo(query.data or ""), query.message
        if name is None or shown is None or query.from_user.id not in self._admins:
            await tell(query, texts.button_gone, alert=True)
            return
        try:
            taken_out = await self._uploads.withdraw(name)
        except OSError as error:
            _log.warning("%s cannot be taken out: %s", name, error)
            reason = one_line(error.strerror or type(error).__name__, _ALERT_UNITS)
            await tell(query, texts.upload_not_undone.format(reason=reason), alert=True)
            return
        if not taken_out:
            await tell(query, texts.upload_undone_before, alert=True)
            return
        _log.info("%d has taken out %s", query.from_user.id, name)
        await tell(query)
        code = next(code for code, each in LANGUAGES.items() if each is texts)
        note = Note(shown.chat.id, shown.message_id, code, "", name, undo=True)
        before = shown.text or "" if isinstance(shown, Message) else ""
        self._work.start(self._work.undo(context.bot, note, before, texts))

    def _help(self, texts: Texts) -> str:
        return texts.upload_help.format(kinds=KINDS, limit=f"{self._megabytes:g}")

    def _too_large(self, name: str, texts: Texts) -> str:
        return texts.upload_too_large.format(name=name, limit=f"{self._megabytes:g}")


class _That(filters.MessageFilter):
    """Lets messages through of which something holds."""

    def __init__(self, holds: Callable[[Message], bool]) -> None:
        super().__init__()
        self._holds = holds

    def filter(self, message: Message) -> bool:
        return self._holds(message)


def _asked(update: Update) -> tuple[Message, Texts]:
    assert update.message is not None, "registered for new messages only"
    return update.message, texts_of(update.message.from_user)


def _after_command(message: Message) -> str:
    """Return what follows the command, its lines as they are."""
    return (message.text or "")[message.entities[0].length :].strip()  # a command is ASCII, and stands first

"""What the Telegram bot does with each kind of message: read the question, ask, render, reply."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import OrderedDict
from typing import Any, Protocol

from telegram import Message, Update, User
from telegram.error import Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackContext,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram_conversations import Conversations
from bot.telegram_questions import is_from_person, question_after_command, question_in
from bot.telegram_rendering import render_answer, render_help, render_start, render_too_long
from bot.telegram_sending import reply, typing
from bot.texts import Texts, texts_for
from embeddings import EmbeddingError
from retrieval.conversation import Conversation
from retrieval.errors import BadQueryError, NoIndexError, RetrievalError
from retrieval.model import Answer

_log = logging.getLogger(__name__)

QUESTION_CHARS = 1000  # a question is a sentence or two; an encoder would blur anything longer
_REMEMBERED = 4096  # Telegram repeats an update soon or not at all
_QUOTED_CHARS = 4  # a message that has this many characters of the question in a row is taken to quote it


class Asker(Protocol):
    """What finds the passages; called from several threads."""

    def ask(self, question: str, k: int = ..., since: str | None = None, until: str | None = None) -> Answer:
        """Return the best passages. Raises RetrievalError."""
        ...

    def converse(self, talk: Conversation, question: str, k: int = ...) -> tuple[Answer, Conversation]:
        """Return the best passages for a question asked in a conversation, and the conversation after it."""
        ...


class Handlers:
    """The handlers of one bot."""

    def __init__(self, asker: Asker, k: int) -> None:
        self._asker = asker
        self._k = k
        self._updates = _Recent()
        self._albums = _Recent()
        self._conversations = Conversations()

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register all of them."""
        # Edited messages and channel posts are none of ours: an answer given is not given again.
        new = filters.UpdateType.MESSAGE
        private = new & filters.ChatType.PRIVATE
        application.add_handler(TypeHandler(Update, self._skip_repeated), group=-1)
        application.add_handler(CommandHandler("start", self._start, new))
        application.add_handler(CommandHandler("help", self._help, new))
        application.add_handler(CommandHandler("ask", self._ask, new))
        application.add_handler(CommandHandler("new", self._new, new))
        application.add_handler(MessageHandler(private & filters.COMMAND, self._unknown_command))
        application.add_handler(MessageHandler(new & filters.TEXT & ~filters.COMMAND, self._text))
        application.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, self._not_text))
        application.add_error_handler(self._failed)

    async def _skip_repeated(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let through what is new and was written by a person."""
        if update.message is None or not is_from_person(update.message):
            raise ApplicationHandlerStop
        if not self._updates.add(update.update_id):
            raise ApplicationHandlerStop

    async def _start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        await reply(message, [render_start(_texts(message))])

    async def _help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        await reply(message, [render_help(_texts(message), context.bot.username)])

    async def _ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        await self._answer(message, question_after_command(message, context.bot.bot))

    async def _new(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        self._conversations.forget(message)
        await reply(message, [_texts(message).forgotten])

    async def _text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        question = question_in(message, context.bot.bot)
        if question is not None:
            await self._answer(message, question)

    async def _unknown_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        await reply(message, [_texts(message).unknown_command])

    async def _not_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        album = message.media_group_id  # ten pictures are ten messages, and one misunderstanding
        if album is None or self._albums.add(album):
            await reply(message, [_texts(message).text_only])

    async def _answer(self, message: Message, question: str) -> None:
        texts = _texts(message)
        if not question:
            await reply(message, [texts.usage])
        elif len(question) > QUESTION_CHARS:
            await reply(message, [render_too_long(texts, QUESTION_CHARS)])
        else:
            talk = self._conversations.before(message)
            async with typing(message):
                messages, talk = await self._find(talk, question, texts)
            # Kept before it is sent: the next question may come while the answer is under way.
            self._conversations.keep(message, talk)
            self._conversations.keep_answers(message, await reply(message, messages), talk)

    async def _find(self, talk: Conversation, question: str, texts: Texts) -> tuple[list[str], Conversation]:
        try:
            answer, after = await asyncio.to_thread(self._asker.converse, talk, question, self._k)
        except NoIndexError:
            return [texts.no_articles], talk
        except BadQueryError:
            return [texts.cannot_search], talk
        return render_answer(answer, texts), after

    async def _failed(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Log what a handler ran into, and tell the user if Telegram is not itself the trouble."""
        error = context.error
        message = update.message if isinstance(update, Update) else None
        if isinstance(error, Forbidden):
            _log.info("A chat does not let the bot write: %s", error.message)
        elif isinstance(error, TelegramError):
            _log.warning("A message could not be sent: %s: %s", type(error).__name__, error.message)
        elif error is not None:
            _log.error("A question could not be answered: %s", _describe(error, _words(message)))
            if message is not None:
                await _apologize(message)


class _Recent:
    """The last keys seen, so many of them."""

    def __init__(self) -> None:
        self._keys: OrderedDict[int | str, None] = OrderedDict()

    def add(self, key: int | str) -> bool:
        """Remember `key`, and tell whether it is new."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        return True


async def _apologize(message: Message) -> None:
    try:
        await reply(message, [_texts(message).trouble])
    except TelegramError as error:
        _log.warning("The user could not be told: %s: %s", type(error).__name__, error.message)


def _message(update: Update) -> Message:
    assert update.message is not None, "handlers are registered for new messages only"
    return update.message


def _texts(message: Message) -> Texts:
    author: User | None = message.from_user
    return texts_for(author.language_code if author else None)


def _words(message: Message | None) -> str:
    """Return everything that a question may have been taken from."""
    if message is None:
        return ""
    original = message.reply_to_message
    return "\n".join(text for text in (message.text, original.text if original else None) if text)


def _describe(error: BaseException, words: str) -> str:
    """Return what to log: never what a user wrote, which errors of the database or the parser may quote."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(_quotes(str(each), words) for each in chain):
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{type(error).__name__} (its text quotes the question and is withheld)\n{frames}"
    if isinstance(error, RetrievalError | EmbeddingError):  # one line that says how to mend it
        return str(error)
    return f"{type(error).__name__}\n" + "".join(traceback.format_exception(error))


def _quotes(text: str, words: str) -> bool:
    size = min(_QUOTED_CHARS, len(words))
    return size > 0 and any(words[at : at + size] in text for at in range(len(words) - size + 1))

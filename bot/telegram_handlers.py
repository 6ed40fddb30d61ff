"""What the Telegram bot does with each kind of message: read the question, ask, render, reply."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from telegram import Bot, Message, Update
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

from bot.logs import withheld
from bot.telegram_answers import AnswerButtons
from bot.telegram_conversations import Conversations, Given
from bot.telegram_followups import press_beneath, talk_about
from bot.telegram_inline import InlineAnswers
from bot.telegram_languages import texts_of
from bot.telegram_library import Asker
from bot.telegram_media import MediaHandlers
from bot.telegram_questions import (
    is_from_person,
    question_after_command,
    question_in,
    source_of,
    words_of,
)
from bot.telegram_reasons import reason_of
from bot.telegram_recent import Recent
from bot.telegram_rendering import render_answer, render_help, render_too_long
from bot.telegram_screens import Screen
from bot.telegram_sending import edit, reply, typing
from bot.telegram_turns import Turns
from bot.texts import Texts
from embeddings import EmbeddingError
from retrieval.conversation import Conversation
from retrieval.errors import BadQueryError, NoIndexError, RetrievalError

_log = logging.getLogger(__name__)

QUESTION_CHARS = 1000  # a question is a sentence or two; an encoder would blur anything longer
_WITHHELD = "(its text quotes the question and is withheld)"
_QUOTED_CHARS = 4  # a message that has this many characters of the question in a row is taken to quote it


class Handlers:
    """The handlers of one bot."""

    def __init__(self, asker: Asker, k: int, *, closed: bool = False) -> None:
        """Take what finds passages, how many an answer has, and whether the bot is not open to everybody."""
        self._asker = asker
        self._closed = closed
        self._k = k
        self._updates = Recent()
        self._conversations = Conversations()
        self._turns = Turns()

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register all of them."""
        # Posts in channels are none of ours.
        new = filters.UpdateType.MESSAGE
        private = new & filters.ChatType.PRIVATE
        application.add_handler(TypeHandler(Update, self._skip_repeated), group=-2)
        application.add_handler(CommandHandler("help", self._help, new))
        application.add_handler(CommandHandler("ask", self._ask, new))
        application.add_handler(CommandHandler("new", self._new, new))
        application.add_handler(MessageHandler(private & filters.COMMAND, self._unknown_command))
        application.add_handler(MessageHandler(new & filters.TEXT & ~filters.COMMAND, self._text))
        self._add_answer_handlers(application)
        application.add_error_handler(self._failed)

    def _add_answer_handlers(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register what goes on about answers that were given, and inline mode."""
        edited = filters.UpdateType.EDITED_MESSAGE & filters.TEXT
        application.add_handler(CommandHandler("ask", self._ask, edited))
        application.add_handler(MessageHandler(edited & ~filters.COMMAND, self._text))
        MediaHandlers(self._answer).add_to(application)
        InlineAnswers(self._asker, closed=self._closed).add_to(application)
        AnswerButtons(self._asker, self._k, self._conversations).add_to(application)  # the last: it takes all

    async def answer(self, message: Message, question: str) -> None:
        """Answer a question that came in another way than as the text of a message."""
        await self._answer(message, question)

    def forget_person(self, person: int) -> None:
        """Forget what somebody asked."""
        self._conversations.forget_person(person)

    async def _skip_repeated(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let through what is new and was written by a person."""
        message = update.message or update.edited_message
        if message is None and update.callback_query is None and update.inline_query is None:
            raise ApplicationHandlerStop
        if message is not None and not is_from_person(message):
            raise ApplicationHandlerStop
        if not self._updates.add(update.update_id):
            raise ApplicationHandlerStop

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

    async def _answer(self, message: Message, question: str) -> None:
        """Answer a question, or anew in the same place when it was edited."""
        texts = _texts(message)
        async with self._turns.of(message):
            given = self._conversations.given_to(message)
            if given is not None and given.question == question:
                return
            talk = after = given.before if given else await self._before(message)
            if not question:
                screen = Screen(texts.usage)
            elif len(question) > QUESTION_CHARS:
                screen = Screen(render_too_long(texts, QUESTION_CHARS))
            else:
                async with typing(message):
                    screen, after = await self._find(talk, question, texts)
                # Kept before it is sent: the next question may come while the answer is under way. What was
                # asked after a question is not forgotten when that is edited.
                if given is None or self._conversations.before(message) == given.after:
                    self._conversations.keep(message, after)
            numbers = await self._show(message, screen, given)
            self._conversations.keep_answer(message, Given(question, talk, after, numbers))

    async def _before(self, message: Message) -> Conversation:
        """Return what a question goes on from; after a restart, the answer that it replies to."""
        replied = message.reply_to_message
        if replied is not None and self._conversations.given_in(replied) is None:
            press = press_beneath(replied)
            with contextlib.suppress(RetrievalError):  # which will be told of the question itself
                article = await asyncio.to_thread(self._asker.article, press.article) if press else None
                if press is not None and article is not None:
                    return talk_about(article, press)
        return self._conversations.before(message)

    async def _show(self, message: Message, screen: Screen, given: Given | None) -> tuple[int, ...]:
        bot: Bot = message.get_bot()
        if given is not None and given.numbers:
            await edit(bot, message.chat_id, given.numbers[0], screen)
            return given.numbers
        return tuple(await reply(message, [screen], source_of(message, bot.bot)))

    async def _find(self, talk: Conversation, question: str, texts: Texts) -> tuple[Screen, Conversation]:
        try:
            answer, after = await asyncio.to_thread(self._asker.converse, talk, question, self._k)
        except NoIndexError:
            return Screen(texts.no_articles), talk
        except BadQueryError:
            return Screen(texts.cannot_search), talk
        return render_answer(answer, texts), after

    async def _failed(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Log what a handler ran into, and tell the user if Telegram is not itself the trouble."""
        error = context.error
        message = (update.message or update.edited_message) if isinstance(update, Update) else None
        if isinstance(error, Forbidden):
            _log.info("A chat does not let the bot write: %s", _reason(error, update))
        elif isinstance(error, TelegramError):
            _log.warning("A message could not be sent: %s: %s", type(error).__name__, _reason(error, update))
        elif error is not None:
            line, shown = _describe(error, _words(update))
            _log.error("A question could not be answered: %s", line, exc_info=shown)
            if message is not None:
                await _apologize(message)


async def _apologize(message: Message) -> None:
    try:
        await reply(message, [_texts(message).trouble])
    except TelegramError as error:
        _log.warning("The user could not be told: %s", type(error).__name__)


def _message(update: Update) -> Message:
    message = update.message or update.edited_message
    assert message is not None, "handlers are registered for messages only"
    return message


def _texts(message: Message) -> Texts:
    return texts_of(message.from_user)


def _words(update: object) -> str:
    """Return everything that a question may have been taken from."""
    if not isinstance(update, Update):
        return ""
    message = update.effective_message
    seen = [message, message.reply_to_message] if isinstance(message, Message) else []
    texts = [words_of(each) for each in seen if each is not None]
    if update.inline_query:
        texts.append(update.inline_query.query)
    return "\n".join(text for text in texts if text)


def _reason(error: TelegramError, update: object) -> str:
    reason = reason_of(error)
    return _WITHHELD if _quotes(reason, _words(update)) else reason


def _describe(error: BaseException, words: str) -> tuple[str, BaseException | None]:
    """Return what to log, a line and perhaps an error with its traceback.

    Never what a user wrote, which errors of the database or the parser may quote.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(_quotes(str(each), words) for each in chain):
        return f"{type(error).__name__} {_WITHHELD}", withheld(error)
    if isinstance(error, RetrievalError | EmbeddingError):  # one line that says how to mend it
        return str(error), None
    return type(error).__name__, error


def _quotes(text: str, words: str) -> bool:
    size = min(_QUOTED_CHARS, len(words))
    return size > 0 and any(words[at : at + size] in text for at in range(len(words) - size + 1))

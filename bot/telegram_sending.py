"""Getting a message to a chat in spite of the network, flood limits and Telegram's own refusals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx
from telegram import (
    Bot,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.telegram_markup import plain_text
from bot.telegram_pacing import UNASKED
from bot.telegram_screens import Button, Screen

_log = logging.getLogger(__name__)

_PAUSES_S = (0.3, 1.0, 3.0)  # before each new attempt; a server that restarts is back within a few seconds
_TYPING_AFTER_S = 0.2  # most answers are there long before, and cost a request less
_TYPING_S = 4.5  # Telegram shows "typing" for five seconds
_HEAD_START_S = 0.25  # an answer that overtook its "typing" would be followed by five seconds of it
_HTML: str | None = ParseMode.HTML
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_Result = TypeVar("_Result")

_running: set[asyncio.Task[None]] = set()  # asyncio itself keeps weak references only


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message goes."""

    chat_id: int
    thread_id: int | None
    """The topic of a forum."""
    quoted_id: int | None


async def reply(
    message: Message, screens: Sequence[str | Screen], source: Message | None = None
) -> list[int]:
    """Send what is HTML or a screen where `message` came from. Return the numbers of what was sent.

    In groups the first one quotes the message, or the one that its question was taken from; so does, also in
    private, what has buttons: they find their question there. Raises TelegramError when Telegram refuses or
    stays unreachable.
    """
    sent = [Screen(each) if isinstance(each, str) else each for each in screens]
    quotes = message.chat.type != Chat.PRIVATE or any(screen.rows for screen in sent)
    place = _Place(message.chat_id, _topic(message), (source or message).message_id if quotes else None)
    numbers = []
    for screen in sent:
        place, number = await _deliver(message.get_bot(), place, screen)
        place = replace(place, quoted_id=None)
        numbers.append(number)
    return numbers


async def announce(bot: ExtBot[Any], chat_id: int, thread_id: int | None, screen: Screen) -> None:
    """Send what nobody has asked for, at once and only once. Raises TelegramError, also RetryAfter."""
    text, parse_mode = screen.text, _HTML
    for _ in range(2):
        try:
            await bot.send_message(
                chat_id,
                text,
                parse_mode=parse_mode,
                message_thread_id=thread_id,
                reply_markup=_keyboard(screen),
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=UNASKED,
            )
            return
        except BadRequest as refusal:
            if parse_mode is None or "entities" not in refusal.message.lower():
                raise
            _log.warning("Telegram does not accept the markup of an alert; it goes out plain")
            text, parse_mode = plain_text(text), None


async def send(bot: Bot, chat_id: int, screen: Screen) -> None:
    """Send a screen that replies to nothing. Raises TelegramError."""
    await _deliver(bot, _Place(chat_id, None, None), screen)


async def edit(bot: Bot, chat_id: int, number: int, screen: Screen) -> None:
    """Show `screen` in a message of ours. Raises TelegramError, but not where it shows that already."""
    text, keyboard, parse_mode = screen.text, _keyboard(screen), _HTML
    for pause in (*_PAUSES_S, None):
        try:
            await bot.edit_message_text(
                text,
                chat_id,
                number,
                parse_mode=parse_mode,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
            )
            return
        except BadRequest as refusal:
            reason = refusal.message.lower()
            if "not modified" in reason:
                return
            if parse_mode is None or "entities" not in reason:
                raise
            _log.warning("Telegram does not accept the markup of an answer; it is shown plain")
            text, parse_mode = plain_text(text), None
        except NetworkError:
            if pause is None:
                raise
            await asyncio.sleep(pause)  # shown twice it is the same


async def send_file(message: Message, name: str, text: str, caption: str) -> None:
    """Send a text file in reply to a message. Raises TelegramError."""
    await persist(
        lambda: message.get_bot().send_document(
            message.chat_id,
            text.encode(),
            caption=caption,
            parse_mode=ParseMode.HTML,
            filename=name,
            message_thread_id=_topic(message),
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )
    )


async def persist(send: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return what a request brings, sent again where the network failed it, not where it may have arrived.

    Raises TelegramError when Telegram refuses or stays unreachable.
    """
    for pause in _PAUSES_S:
        try:
            return await send()
        except NetworkError as error:
            if isinstance(error, BadRequest) or _may_have_arrived(error):
                raise
            await asyncio.sleep(pause)
    return await send()


@contextlib.asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing" where `message` came from if the body takes a while. Never fails, and hardly waits."""
    shown, done, started = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def start() -> None:
        started.set()
        task = asyncio.create_task(_type_until(done, shown, message))
        _running.add(task)
        task.add_done_callback(_running.discard)

    timer = asyncio.get_running_loop().call_later(_TYPING_AFTER_S, start)
    try:
        yield
    finally:
        # A request under way is left to end by itself: cancelling it would cost its connection.
        done.set()
        timer.cancel()
        if started.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(shown.wait(), _HEAD_START_S)


def _topic(message: Message) -> int | None:
    # Outside forums the number names a thread of replies, and Telegram refuses it.
    return message.message_thread_id if message.is_topic_message else None


async def _deliver(bot: Bot, place: _Place, screen: Screen) -> tuple[_Place, int]:
    """Send one message and return where it has gone, for groups move, and its number there."""
    text, keyboard, parse_mode = screen.text, _keyboard(screen), _HTML
    for pause in (*_PAUSES_S, None):
        try:
            return place, await _send(bot, place, text, parse_mode, keyboard)
        except ChatMigrated as moved:
            place = _Place(moved.new_chat_id, None, None)
        except BadRequest as refusal:
            if parse_mode is None or "entities" not in refusal.message.lower():
                raise
            _log.warning("Telegram does not accept the markup of an answer; it goes out plain")
            text, parse_mode = plain_text(text), None
        except NetworkError as error:
            if pause is None or _may_have_arrived(error):
                raise
            _log.debug("An answer could not be sent (%s); trying again", type(error).__name__)
            await asyncio.sleep(pause)
    return place, await _send(bot, place, text, parse_mode, keyboard)


async def _send(
    bot: Bot, place: _Place, text: str, parse_mode: str | None, keyboard: InlineKeyboardMarkup | None
) -> int:
    quote = None
    if place.quoted_id is not None:
        quote = ReplyParameters(place.quoted_id, allow_sending_without_reply=True)
    sent = await bot.send_message(
        place.chat_id,
        text,
        parse_mode=parse_mode,
        message_thread_id=place.thread_id,
        reply_parameters=quote,
        reply_markup=keyboard,
        link_preview_options=_NO_PREVIEW,
    )
    return sent.message_id


def _keyboard(screen: Screen) -> InlineKeyboardMarkup | None:
    if not screen.rows:
        return None
    return InlineKeyboardMarkup([[_button(each) for each in row] for row in screen.rows])


def _button(button: Button) -> InlineKeyboardButton:
    if button.inline:
        return InlineKeyboardButton(button.label, switch_inline_query=button.data)
    return InlineKeyboardButton(button.label, callback_data=button.data)


def _may_have_arrived(error: NetworkError) -> bool:
    """Tell a request that was sent and not answered in time, which must not be sent twice.

    A broken connection is taken for a request that was not read: by far its commonest reason is an idle
    connection that the other side has just closed, and no answer is worse than two.
    """
    never_sent = (httpx.ConnectTimeout, httpx.PoolTimeout)
    return isinstance(error, TimedOut) and not isinstance(error.__cause__, never_sent)


async def _type_until(done: asyncio.Event, shown: asyncio.Event, message: Message) -> None:
    try:
        while not done.is_set():
            await message.get_bot().send_chat_action(
                message.chat_id, ChatAction.TYPING, message_thread_id=_topic(message)
            )
            shown.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _TYPING_S)
    except (
        TelegramError,
        RuntimeError,
    ) as error:  # RuntimeError: the bot has stopped and its client is closed
        _log.debug("Typing could not be shown: %s", type(error).__name__)
    finally:
        shown.set()

"""In which language a person is spoken to: the one chosen with /lang, or else that of their Telegram."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from telegram import Message, Update, User
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.state import State
from bot.telegram_menus import Menus
from bot.telegram_presses import apologizing, tell
from bot.telegram_screens import Button, Screen
from bot.telegram_sending import edit, reply
from bot.texts import LANGUAGES, Texts, texts_for

_PREFIX = "l:"  # before a language's code in a button; nothing after it for that of Telegram

# Each update is handled in a task of its own, and so are its context variables.
_chosen: ContextVar[str | None] = ContextVar("chosen_language", default=None)


def speak(code: str | None) -> None:
    """Use a language that was chosen for the rest of the update being handled."""
    _chosen.set(code)


def texts_of(user: User | None) -> Texts:
    """Return the texts for whoever the update being handled comes from."""
    return texts_for(_chosen.get() or (user.language_code if user else None))


class Languages:
    """/lang and its buttons."""

    def __init__(self, state: State, menus: Menus) -> None:
        self._state = state
        self._menus = menus

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers."""
        application.add_handler(CommandHandler("lang", self._lang, filters.UpdateType.MESSAGE))
        application.add_handler(CallbackQueryHandler(self._pressed, f"^{_PREFIX}"))

    async def _lang(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        assert message is not None, "registered for new messages only"
        code = "-".join(context.args or ()).lower()
        if message.from_user is not None and code in LANGUAGES:
            texts = await self._choose(message.from_user, code)
            await reply(message, [texts.language_chosen])
        else:
            await reply(message, [_screen(texts_of(message.from_user))])

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        code = (query.data or "").removeprefix(_PREFIX)
        if code and code not in LANGUAGES:
            await tell(query, texts_of(query.from_user).button_gone, alert=True)
            return
        async with apologizing(query, texts_of(query.from_user).trouble):
            texts = await self._choose(query.from_user, code or None)
        await tell(query, texts.language_chosen)
        if isinstance(query.message, Message):
            await edit(context.bot, query.message.chat_id, query.message.message_id, _screen(texts))

    async def _choose(self, user: User, code: str | None) -> Texts:
        await self._state.set_language(user.id, code)
        speak(code)
        await self._menus.show(user.get_bot(), user.id)
        return texts_of(user)


def _screen(texts: Texts) -> Screen:
    rows = tuple((Button(each.language, f"{_PREFIX}{code}"),) for code, each in LANGUAGES.items())
    return Screen(texts.choose_language, (*rows, (Button(texts.language_of_telegram, _PREFIX),)))

"""The menus of commands: for private chats, for groups, and for admins and who has chosen a language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.telegram_reasons import reason_of
from bot.telegram_sending import persist
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts

_log = logging.getLogger(__name__)

PRIVATE = ("ask", "latest", "articles", "alerts", "new", "lang", "stats", "forget", "help", "start")
GROUPS = ("ask", "latest", "articles", "alerts", "new", "help")
ADMINS = (*PRIVATE, "upload", "reindex", "health", "ban", "unban")

_REASON_CHARS = 200  # a proxy in between may answer with a whole page

# By the code that Telegram is told, empty for everybody else. It knows two-letter codes only here, so both
# ways of writing Chinese share a menu; who has chosen the other one gets a menu of their own.
_BY_CODE = {"": LANGUAGES[DEFAULT_LANGUAGE]} | {
    code: texts for code, texts in LANGUAGES.items() if "-" not in code and code != DEFAULT_LANGUAGE
}


class Menus:
    """Fills the menus as far as Telegram lets it; a bot without them works as well."""

    def __init__(self, admins: Iterable[int], language_of: Callable[[int], str | None]) -> None:
        self._admins = frozenset(admins)
        self._language_of = language_of

    async def announce(self, bot: Bot) -> None:
        """Fill all of them."""
        try:
            await _fill(bot, BotCommandScopeAllPrivateChats(), PRIVATE, _BY_CODE)
            await _fill(bot, BotCommandScopeAllGroupChats(), GROUPS, _BY_CODE)
        except TelegramError as error:
            _log.warning("The menu of commands could not be set: %s", reason_of(error))
        for admin in sorted(self._admins):
            await self.show(bot, admin)

    async def show(self, bot: Bot, user: int) -> None:
        """Give an admin, or who has chosen a language, a menu of their own; take it from others."""
        chosen, scope = self._language_of(user), BotCommandScopeChat(user)
        names = ADMINS if user in self._admins else PRIVATE
        try:
            if chosen is not None and chosen in LANGUAGES:
                await _fill(bot, scope, names, dict.fromkeys(_BY_CODE, LANGUAGES[chosen]))
            elif user in self._admins:
                await _fill(bot, scope, names, _BY_CODE)
            else:
                for code in _BY_CODE:
                    await persist(partial(bot.delete_my_commands, scope, code or None))
        except TelegramError as error:  # before the first message of an admin there is no chat
            _log.debug("The menu of a chat could not be set: %s", reason_of(error))


async def _fill(bot: Bot, scope: BotCommandScope, names: Sequence[str], texts: Mapping[str, Texts]) -> None:
    for code, each in texts.items():
        commands = [BotCommand(name, getattr(each, f"command_{name}")) for name in names]
        await persist(partial(bot.set_my_commands, commands, scope, code or None))

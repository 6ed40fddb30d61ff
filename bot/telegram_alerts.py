"""/alerts: keeps questions, lists and stops them, and knows when nobody is to be disturbed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.alert_rendering import (
    ALERT_PREFIX,
    AlertPress,
    read_alert_press,
    render_alerts,
    render_kept,
    render_stop_all,
)
from bot.alerts import Alert, Alerts, Keeping, Place
from bot.quiet_hours import QuietHours
from bot.telegram_gate import Gate
from bot.telegram_languages import texts_of
from bot.telegram_markup import escape, one_line
from bot.telegram_presses import apologizing, tell
from bot.telegram_questions import question_replied_to
from bot.telegram_screens import Screen
from bot.telegram_sending import edit, reply
from bot.texts import LANGUAGES, Texts
from config import TelegramSettings
from retrieval.errors import NoIndexError
from retrieval.model import Hit

_QUESTION_CHARS = 200  # keywords, or a sentence; what is longer says several things
Present = Callable[[str], Hit | None]
"""Returns the best that there is already for a question. Raises RetrievalError."""

_OFF, _QUIET = "off", "quiet"


class AlertCommands:
    """The handlers."""

    def __init__(
        self,
        settings: TelegramSettings,
        alerts: Alerts,
        gate: Gate,
        present: Present,
        wake: Callable[[], None],
    ) -> None:
        """Take also what is to be called when something was kept."""
        self._settings = settings
        self._alerts = alerts
        self._present = present
        self._gate = gate
        self._wake = wake

    def add_to(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Register the handlers."""
        application.add_handler(CommandHandler("alerts", self._command, filters.UpdateType.MESSAGE))
        application.add_handler(CallbackQueryHandler(self._pressed, f"^{ALERT_PREFIX}"))

    async def _command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        assert message is not None, "registered for new messages only"
        place = _place(message)
        texts = texts_of(message.from_user)
        asked = " ".join(context.args or ())
        first, _, rest = asked.partition(" ")
        if not asked:
            screen = await self._list(place, 0, texts)
        elif asked.lower() == _OFF:
            count = len(await self._alerts.of(place.user))
            screen = render_stop_all(count, texts) if count else Screen(texts.alerts_none)
        elif first.lower() == _QUIET and (hours := _hours_in(rest)) is not None:
            screen = await self._quiet(place.user, hours, texts)
        elif first.lower() == _QUIET and not rest.strip("0123456789:：-–—~ "):
            screen = Screen(texts.quiet_usage)
        else:
            screen = await self._keep(place, asked, texts)
        await reply(message, [screen])

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None, "registered for callback queries only"
        texts = texts_of(query.from_user)
        press = read_alert_press(query.data or "")
        shown = query.message if isinstance(query.message, Message) else None
        if press is None or shown is None:
            await tell(query, texts.button_gone, alert=True)
            return
        place = Place(query.from_user.id, shown.chat_id, _topic(shown))
        async with apologizing(query, texts.trouble):
            note, screen = await self._act(press, query, shown, place, texts)
        await tell(query, note, alert=bool(note) and screen is None)
        if screen is not None:
            await edit(context.bot, shown.chat_id, shown.message_id, screen)

    async def _act(
        self, press: AlertPress, query: CallbackQuery, shown: Message, place: Place, texts: Texts
    ) -> tuple[str, Screen | None]:
        """Return what to tell who pressed, and what the message shows from now on, None as it does."""
        if press.action == "k":
            question = question_replied_to(shown, query.get_bot().bot)
            if not question:
                return texts.question_gone, None
            return await self._store(place, question, texts), None
        if press.action == "l":
            return "", await self._list(place, press.page, texts)
        if press.action == "q":
            return "", render_stop_all(len(await self._alerts.of(place.user)), texts)
        if press.action == "a":
            count = await self._alerts.stop_all(place.user)
            return "", Screen(texts.alerts_all_stopped.format(count=count))
        alert = await self._alerts.get(press.number)
        if alert is not None and not self._may_stop(alert, place):
            return texts.alert_of_another, None
        if alert is not None:
            await self._alerts.stop(alert.number)
        if press.action == "x":
            return texts.alert_stopped, await self._list(place, press.page, texts)
        return texts.alert_stopped, None

    def _may_stop(self, alert: Alert, place: Place) -> bool:
        """Tell whether a person may: the owner, an admin, in its chat anybody where a chat is the owner."""
        owners = {alert.place.user} if alert.place.user > 0 else {alert.place.user, place.user}
        return place.user in owners or self._gate.is_admin(place.user)

    async def _list(self, place: Place, page: int, texts: Texts) -> Screen:
        """Return somebody's alerts; in a group those that are told there, which its members see anyhow."""
        await self._alerts.resume(place.user, place.chat)
        own = await self._alerts.of(place.user, None if place.chat == place.user else place.chat)
        return render_alerts(own, page, await self._tell_quiet(place.user, texts), texts)

    async def _quiet(self, user: int, hours: str, texts: Texts) -> Screen:
        await self._alerts.set_quiet_hours(user, hours)
        return Screen(await self._tell_quiet(user, texts))

    async def _tell_quiet(self, user: int, texts: Texts) -> str:
        hours = (await self._alerts.quiet_hours()).get(user, self._settings.quiet_hours)
        if not hours:
            return texts.quiet_none
        zone = self._settings.timezone
        return texts.quiet_is.format(hours=hours, zone=f" ({escape(zone)})" if zone else "")

    async def _keep(self, place: Place, question: str, texts: Texts) -> Screen:
        if len(question) > _QUESTION_CHARS:
            return Screen(texts.too_long.format(limit=_QUESTION_CHARS))
        note = await self._store(place, question, texts)
        if note != texts.alert_noted:
            return Screen(note)
        hit = None
        with contextlib.suppress(NoIndexError):
            hit = await asyncio.to_thread(self._present, question)
        return render_kept(question, hit, texts)

    async def _store(self, place: Place, question: str, texts: Texts) -> str:
        """Keep a question and return what is to be said, as plain text."""
        question = one_line(question, _QUESTION_CHARS)
        if not any(character.isalnum() for character in question):
            return texts.cannot_search
        most = self._settings.alerts
        code = next(code for code, each in LANGUAGES.items() if each is texts)
        kept = await self._alerts.keep(place, question, code, most)
        self._wake()
        if kept is Keeping.TOO_MANY:
            return texts.alert_too_many.format(limit=most) if most else texts.alerts_not_kept
        return texts.alert_kept_already if kept is Keeping.ALREADY else texts.alert_noted


def _place(message: Message) -> Place:
    author = message.sender_chat or message.from_user
    return Place(author.id if author else message.chat_id, message.chat_id, _topic(message))


def _topic(message: Message) -> int:
    return (message.message_thread_id or 0) if message.is_topic_message else 0


def _hours_in(text: str) -> str | None:
    """Return quiet hours as they are stored, empty for none, None where `text` names no hours."""
    if text.strip().lower() == _OFF:
        return ""
    hours = QuietHours.parse(text)
    return str(hours) if hours else None

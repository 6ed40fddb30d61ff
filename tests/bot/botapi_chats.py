"""What stands in the chats of the loopback Bot API, and the methods that write there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.bot.botapi_answers import error, ok
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import BOT, FORUM, GROUP, PRIVATE, TOPIC

_PLACES: tuple[dict[str, Any], ...] = (PRIVATE, GROUP, FORUM)
_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as"
    " a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Chats:
    """Messages by chat and number, and the queries that wait for an answer."""

    def __init__(self, numbers: Iterator[int], violations: list[str], lock: threading.Condition) -> None:
        self._numbers = numbers
        self._violations = violations
        self._lock = lock
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._places: dict[int, dict[str, Any]] = {int(each["id"]): each for each in _PLACES}
        """Where the bot may write: there, and to whoever has written to it."""
        self._written: dict[tuple[int, int], tuple[str, object]] = {}
        """Text and keyboard of the bot's messages as it sent them."""
        self.waiting: set[str] = set()
        """Callback and inline queries without an answer."""
        self._old: set[str] = set()
        self._answered: set[str] = set()

    def keep(self, message: dict[str, Any]) -> None:
        """Remember a message; what it replies to is a message of its own."""
        with self._lock:
            self.messages[message["chat"]["id"], message["message_id"]] = message

    def new(self, chat: dict[str, Any], user: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        """Return a new message."""
        number = next(self._numbers)
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": user, **fields}
        self._places[chat["id"]] = chat
        self.keep(message)
        return message

    def seen(self, chat_id: int, number: int) -> dict[str, Any]:
        """Return a message as an update shows it: what it replies to is shown once, as it is now."""
        with self._lock:
            message = dict(self.messages[chat_id, number])
            replied = message.pop("reply_to_message", None)
            if replied and (chat_id, replied["message_id"]) in self.messages:
                now = self.messages[chat_id, replied["message_id"]]
                message["reply_to_message"] = {
                    name: value for name, value in now.items() if name != "reply_to_message"
                }
        return message

    def open_query(self, number: str, *, old: bool) -> None:
        """Wait for the answer to a query; one that is too old gets none."""
        with self._lock:
            self.waiting.add(number)
            if old:
                self._old.add(number)

    def send_message(self, params: dict[str, Any]) -> web.Response:
        text = parse(params["text"]).text if "parse_mode" in params else params["text"]
        return self._send(params, {"text": text})

    def send_document(self, params: dict[str, Any]) -> web.Response:
        document = {"file_id": "f", "file_unique_id": "u", "file_name": params["document"].filename}
        return self._send(params, {"document": document})

    def edit_message_text(self, params: dict[str, Any]) -> web.Response:
        place = (params.get("chat_id", 0), params.get("message_id", 0))
        message = self.messages.get(place)
        if message is None:
            return error(400, "message to edit not found")
        if message["from"] != BOT:
            return self._refuse("message can't be edited")
        written = (params["text"], params.get("reply_markup"))
        if self._written.get(place) == written:
            return error(400, _MODIFIED)
        self._written[place] = written
        with self._lock:
            message["text"] = parse(params["text"]).text if "parse_mode" in params else params["text"]
            message["reply_markup"] = params.get("reply_markup")
        return ok(self.seen(*place))

    def answer_query(self, number: str) -> web.Response:
        """Take the answer to a callback or inline query: one, and in time."""
        with self._lock:
            if number in self._answered or number not in self.waiting:
                return self._refuse(f"query {number} is answered twice or unknown")
            self.waiting.discard(number)
            self._answered.add(number)
        return error(400, _TOO_OLD) if number in self._old else ok(True)

    def _send(self, params: dict[str, Any], fields: dict[str, Any]) -> web.Response:
        chat = self._places.get(params["chat_id"])
        if chat is None:
            return self._refuse("chat not found")
        thread = params.get("message_thread_id")
        if thread is not None:
            if chat is not FORUM or thread != TOPIC:
                return self._refuse("message thread not found")
            fields = {**fields, "message_thread_id": thread, "is_topic_message": True}
        quote = params.get("reply_parameters")
        if quote:
            replied = self.messages.get((chat["id"], quote["message_id"]))
            if replied is None and not quote.get("allow_sending_without_reply"):
                return self._refuse("message to be replied not found")
            if replied is None:
                self._violations.append("quotes a message that is not there")
            else:
                fields = {**fields, "reply_to_message": replied}
        if "reply_markup" in params:
            fields = {**fields, "reply_markup": params["reply_markup"]}
        message = self.new(chat, BOT, fields)
        place = (chat["id"], message["message_id"])
        self._written[place] = (params.get("text", ""), params.get("reply_markup"))
        return ok(self.seen(*place))

    def _refuse(self, reason: str) -> web.Response:
        self._violations.append(reason)
        return error(400, reason)

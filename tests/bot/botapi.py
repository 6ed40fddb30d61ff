"""A Telegram of our own: a strict Bot API server on the loopback interface, over real HTTP.

Every request is checked (`botapi_checks`); what is wrong is collected in `violations` and, where Telegram
would refuse it, refused. Faults are injected per method.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.bot.botapi_answers import Fault, drop, error, fail, ok
from tests.bot.botapi_checks import decode
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import ALICE, BOT, FORUM, GROUP, PRIVATE, TOKEN, TOPIC, telegram_entities

_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as decoded."""

    method: str
    params: dict[str, Any]
    served: bool
    """False where a fault kept it from having an effect."""

    @property
    def shown(self) -> str:
        """The text as a reader sees it."""
        text: str = self.params["text"]
        return parse(text).text if self.params.get("parse_mode") == "HTML" else text


class BotApi:
    """The server, in a thread of its own; use as a context manager."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.calls: list[Call] = []
        self.said: list[str] = []
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._pending: dict[int, dict[str, Any]] = {}
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._numbers = iter(range(500, 10**9))
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="botapi")
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._pushed = asyncio.Event()
        self._polls = 0
        self._port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(_WAIT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_WAIT_S)
        self._loop.close()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # What a test does.

    def inject(self, method: str, *faults: Fault) -> None:
        """Let `faults` befall the next requests of `method`, one each."""
        with self._changed:
            self._faults[method].extend(faults)

    def say(
        self,
        text: str,
        *,
        chat: dict[str, Any] = PRIVATE,
        user: dict[str, Any] = ALICE,
        reply_to: int | None = None,
        **fields: object,
    ) -> int:
        """Let `user` write `text`, and return the message's number."""
        self.said.append(text)
        entities = telegram_entities(text)
        fields = {"text": text, **({"entities": entities} if entities else {}), **fields}
        return self.post(chat=chat, user=user, reply_to=reply_to, **fields)

    def post(
        self,
        *,
        chat: dict[str, Any] = PRIVATE,
        user: dict[str, Any] = ALICE,
        reply_to: int | None = None,
        **fields: object,
    ) -> int:
        """Let `user` post a message of any kind, and return its number."""
        if reply_to is not None:
            fields["reply_to_message"] = self._messages[chat["id"], reply_to]
        message = self._message(chat, user, fields)
        self.push({"update_id": next(self._numbers), "message": message})
        return int(message["message_id"])

    def push(self, *updates: dict[str, Any]) -> None:
        """Queue updates as they are, all at once."""
        with self._changed:
            for update in updates:
                # What has no number cannot be confirmed; any key of its own will do.
                self._pending[update.get("update_id", -next(self._numbers))] = update
        self._loop.call_soon_threadsafe(self._pushed.set)

    def update_ids(self) -> list[int]:
        """Return the numbers of the updates that are not confirmed."""
        with self._changed:
            return sorted(self._pending)

    def message_ids(self) -> list[tuple[int, int]]:
        """Return chat and number of all messages, the bot's included."""
        with self._changed:
            return list(self._messages)

    def sent(self) -> list[Call]:
        """Return the messages that have arrived."""
        with self._changed:
            return [call for call in self.calls if call.method == "sendMessage" and call.served]

    def wait(self, condition: Callable[[], bool], seconds: float = _WAIT_S) -> None:
        """Return when `condition` holds; fail after `seconds`."""
        with self._changed:
            held = self._changed.wait_for(condition, seconds)
        assert held, f"waited {seconds} s; calls: {[(c.method, c.served) for c in self.calls[-30:]]}"

    def wait_sent(self, count: int, seconds: float = _WAIT_S) -> list[Call]:
        """Return the messages that have arrived once there are `count` of them."""
        self.wait(lambda: len(self.sent()) >= count, seconds)
        return self.sent()

    def wait_called(self, method: str, count: int = 1, seconds: float = _WAIT_S) -> None:
        self.wait(lambda: sum(call.method == method for call in self.calls) >= count, seconds)

    # The server.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return error(401, "Unauthorized")
        form = {name: str(value) for name, value in {**request.query, **(await request.post())}.items()}
        params, wrong = decode(method, form)
        with self._changed:
            self.violations += wrong
            fault = self._faults[method].popleft() if self._faults[method] else Fault()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop == "before" or fault.status:
            self._record(Call(method, params, served=False))
            return drop(request) if fault.drop else fail(fault)
        response = (
            error(400, wrong[0].partition(": ")[2]) if wrong else await self._serve_call(method, params)
        )
        self._record(Call(method, params, served=response.status == 200))
        return drop(request) if fault.drop else response

    def _record(self, call: Call) -> None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    async def _serve_call(self, method: str, params: dict[str, Any]) -> web.Response:
        if method == "getUpdates":
            return await self._get_updates(params)
        if method == "getMe":
            return ok({**BOT, "can_join_groups": True, "can_read_all_group_messages": False})
        if method == "sendMessage":
            return self._send_message(params)
        if method == "editMessageText":
            return self._edit_message_text(params)
        return ok(True)

    async def _get_updates(self, params: dict[str, Any]) -> web.Response:
        self._polls += 1
        turn = self._polls
        self._pushed.set()  # wakes an earlier poll, which sees that it has been displaced
        offset = params.get("offset", 0)
        with self._changed:
            for number in [each for each in self._pending if 0 <= each < offset]:
                del self._pending[number]
        deadline = time.monotonic() + params.get("timeout", 0)
        while True:
            if turn != self._polls:
                return error(409, "Conflict: terminated by other getUpdates request")
            with self._changed:
                ready = [update for number, update in sorted(self._pending.items())]
            left = deadline - time.monotonic()
            if ready or left <= 0 or self._stop.is_set():
                return ok(ready[: params.get("limit", 100)])
            self._pushed.clear()
            waits = {asyncio.ensure_future(event.wait()) for event in (self._pushed, self._stop)}
            await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for each in waits:
                each.cancel()

    def _send_message(self, params: dict[str, Any]) -> web.Response:
        chats = {chat["id"]: chat for chat in (PRIVATE, GROUP, FORUM)}
        chat = chats.get(params["chat_id"])
        if chat is None:
            return self._refuse("chat not found")
        thread = params.get("message_thread_id")
        if thread is not None and (chat is not FORUM or thread != TOPIC):
            return self._refuse("message thread not found")
        quote = params.get("reply_parameters")
        if quote and (chat["id"], quote["message_id"]) not in self._messages:
            self.violations.append("sendMessage: quotes a message that is not there")
            if not quote.get("allow_sending_without_reply"):
                return self._refuse("message to be replied not found")
        text = params["text"]
        return ok(self._message(chat, BOT, {"text": text}))

    def _edit_message_text(self, params: dict[str, Any]) -> web.Response:
        message = self._messages.get((params.get("chat_id", 0), params.get("message_id", 0)))
        if message is None:
            return self._refuse("message to edit not found")
        if message["text"] == params["text"]:
            return self._refuse("message is not modified")
        message["text"] = params["text"]
        return ok(message)

    def _refuse(self, reason: str) -> web.Response:
        self.violations.append(reason)
        return error(400, reason)

    def _message(self, chat: dict[str, Any], user: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"message_id": number, "date": int(time.time()), "chat": chat, "from": user, **fields}
        kept = {name: value for name, value in message.items() if name != "reply_to_message"}
        with self._changed:
            self._messages[chat["id"], number] = kept
        return message

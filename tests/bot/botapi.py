"""A Telegram of our own: a strict Bot API server on the loopback interface, over real HTTP.

Every request is checked (`botapi_checks`); what is wrong is collected in `violations` and, where Telegram
would refuse it, refused. Faults are injected per method.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.bot.botapi_answers import Fault, drop, error, fail, ok
from tests.bot.botapi_chats import Chats
from tests.bot.botapi_checks import decode
from tests.bot.botapi_files import SentFile, break_off, tell_of
from tests.bot.botapi_webhook import Webhook
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import ALICE, BOT, PRIVATE, TOKEN, telegram_entities

_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as decoded."""

    method: str
    params: dict[str, Any]
    served: bool
    """False where a fault kept it from having an effect."""
    at: float = 0.0
    """When it came, by the monotonic clock."""

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
        self.pushed: list[dict[str, Any]] = []
        self.rights = {"supports_inline_queries": True}
        """What getMe tells of the bot's settings."""
        self.handed: dict[int, float] = {}
        """When each update was first given to the bot, by its number."""
        self.begun: Counter[str] = Counter()
        """How many requests of each method have come, those that are not dealt with yet included."""
        self.listener: Callable[[Call], None] = lambda call: None
        """Is told of every request, in the server's thread."""
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._pending: dict[int, dict[str, Any]] = {}
        self._numbers = iter(range(500, 10**9))
        self._changed = threading.Condition()
        self._chats = Chats(self._numbers, self.violations, self._changed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="botapi")
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._pushed = asyncio.Event()
        self._polls = 0
        self.webhook = Webhook(self._pending, self._changed, self._pushed, self._loop)
        self._port = 0
        self.downloads = 0
        self.files: dict[str, SentFile] = {}
        """What can be fetched, by the file's id."""

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

    def wait_faulted(self, method: str) -> None:
        """Return when the faults of `method` have befallen, or are about to after their delay."""
        self.wait(lambda: not self._faults[method])

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
            fields["reply_to_message"] = self._chats.messages[chat["id"], reply_to]
        number = int(self._chats.new(chat, user, fields)["message_id"])
        self.push({"update_id": number, "message": self._chats.seen(chat["id"], number)})
        return number

    def send_file(
        self,
        content: bytes,
        name: str | None,
        *,
        chat: dict[str, Any] = PRIVATE,
        user: dict[str, Any] = ALICE,
        told_size: int | None = None,
        path: str = "",
        breaks: int = 0,
        **fields: Any,  # noqa: ANN401
    ) -> int:
        """Let `user` send a document, and return the message's number.

        `told_size` is what Telegram says of its size where that is not so. `path` is where a server in local
        mode has put it. Its first `breaks` downloads end in the middle.
        """
        number = next(self._numbers)
        file_id = f"BQAC{number}"
        size = len(content) if told_size is None else told_size
        self.files[file_id] = SentFile(content, size, path or f"documents/file_{number}.x", breaks)
        document = {"file_id": file_id, "file_unique_id": f"AgAD{number}", "file_size": size}
        document |= {"file_name": name} if name is not None else {}
        return self.post(chat=chat, user=user, document=document, **fields)

    def rewrite(self, number: int, text: str, *, chat: dict[str, Any] = PRIVATE) -> None:
        """Let the author of a message edit it."""
        self.said.append(text)
        message = self._chats.messages[chat["id"], number]
        message.update({"text": text, "entities": telegram_entities(text), "edit_date": int(time.time())})
        self.push({"update_id": next(self._numbers), "edited_message": self._chats.seen(chat["id"], number)})

    def delete(self, number: int, *, chat: dict[str, Any] = PRIVATE) -> None:
        """Let somebody delete a message."""
        with self._changed:
            del self._chats.messages[chat["id"], number]

    def press(
        self,
        number: int,
        data: str,
        *,
        chat: dict[str, Any] = PRIVATE,
        user: dict[str, Any] = ALICE,
        old: bool = False,
    ) -> str:
        """Let `user` press a button of a message; return the number of the query."""
        query = f"q{next(self._numbers)}"
        self._chats.open_query(query, old=old)
        message = self._chats.seen(chat["id"], number)
        pressed = {"id": query, "from": user, "chat_instance": "1", "message": message, "data": data}
        self.push({"update_id": next(self._numbers), "callback_query": pressed})
        return query

    def expect(self) -> str:
        """Return the number of an inline query that is pushed by hand, and wait for its answer."""
        query = f"i{next(self._numbers)}"
        self._chats.open_query(query, old=False)
        return query

    def query(self, text: str, *, offset: str = "", user: dict[str, Any] = ALICE, old: bool = False) -> str:
        """Let `user` type an inline query; return its number."""
        self.said += [text] if text else []
        query = f"i{next(self._numbers)}"
        self._chats.open_query(query, old=old)
        typed = {"id": query, "from": user, "query": text, "offset": offset}
        self.push({"update_id": next(self._numbers), "inline_query": typed})
        return query

    def message(self, number: int, *, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
        """Return a message as it stands."""
        return self._chats.seen(chat["id"], number)

    def unanswered(self) -> set[str]:
        """Return the queries that have got no answer."""
        with self._changed:
            return set(self._chats.waiting)

    def forget_queries(self) -> None:
        """Wait for no more answers: a fault was to blame."""
        with self._changed:
            self._chats.waiting.clear()

    def wait_answer(self, query: str) -> dict[str, Any]:
        """Return how a callback or inline query was answered, once it is."""
        names = ("callback_query_id", "inline_query_id")

        def found() -> list[dict[str, Any]]:
            return [call.params for call in self.calls if query in (call.params.get(n) for n in names)]

        self.wait(lambda: bool(found()))
        return found()[0]

    def push(self, *updates: dict[str, Any]) -> None:
        """Queue updates as they are, all at once."""
        with self._changed:
            self.pushed += updates
            for update in updates:
                if isinstance(message := update.get("message"), dict) and "message_id" in message:
                    self._chats.keep(message)
                # What has no number cannot be confirmed; any key of its own will do.
                self._pending[update.get("update_id", -next(self._numbers))] = update
        self._loop.call_soon_threadsafe(self._pushed.set)

    def update_ids(self) -> list[int]:
        """Return the numbers of the updates that are not confirmed."""
        with self._changed:
            return sorted(self._pending)

    def pending(self) -> list[dict[str, Any]]:
        """Return the updates that are not confirmed."""
        with self._changed:
            return list(self._pending.values())

    def message_ids(self) -> list[tuple[int, int]]:
        """Return chat and number of all messages, the bot's included."""
        with self._changed:
            return list(self._chats.messages)

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
        application.router.add_get("/file/bot{token}/{path:.+}", self._hand_out)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        delivering = asyncio.create_task(self.webhook.deliver())
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        delivering.cancel()
        await asyncio.wait({delivering})
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return error(401, "Unauthorized")
        came = time.monotonic()
        form = {**request.query, **(await request.post())}
        params, wrong = decode(method, form)
        with self._changed:
            self.violations += wrong
            self.begun[method] += 1
            self._changed.notify_all()
            fault = self._faults[method].popleft() if self._faults[method] else Fault()
            self._changed.notify_all()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop == "before" or fault.status:
            self._record(Call(method, params, served=False, at=came))
            return drop(request) if fault.drop else fail(fault)
        response = (
            error(400, wrong[0].partition(": ")[2]) if wrong else await self._serve_call(method, params)
        )
        self._record(Call(method, params, served=response.status == 200, at=came))
        return drop(request) if fault.drop else response

    def _record(self, call: Call) -> None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        self.listener(call)

    async def _serve_call(self, method: str, params: dict[str, Any]) -> web.Response:
        if method == "getUpdates":
            return await self._get_updates(params)
        if method in ("setWebhook", "deleteWebhook", "getWebhookInfo"):
            return self.webhook.serve(method, params)
        if method == "getMe":
            return ok({**BOT, "can_join_groups": True, "can_read_all_group_messages": False, **self.rights})
        writes = {
            "sendMessage": self._chats.send_message,
            "sendDocument": self._chats.send_document,
            "editMessageText": self._chats.edit_message_text,
        }
        if method in writes:
            return writes[method](params)
        if method == "answerCallbackQuery":
            return self._chats.answer_query(params["callback_query_id"])
        if method == "answerInlineQuery":
            return self._chats.answer_query(params["inline_query_id"])
        if method == "getFile":
            return tell_of(self.files.get(params["file_id"]), params["file_id"])
        return ok(True)

    async def _hand_out(self, request: web.Request) -> web.StreamResponse:
        """Let a file be downloaded."""
        file = next((f for f in self.files.values() if f.path == request.match_info["path"]), None)
        if request.match_info["token"] != TOKEN or file is None:
            return error(404, "Not Found")
        with self._changed:
            self.downloads += 1
            breaks, file.breaks = file.breaks > 0, file.breaks - 1
            fault = self._faults["download"].popleft() if self._faults["download"] else Fault()
            self._changed.notify_all()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.status:
            return fail(fault)
        return await break_off(request, file) if breaks else web.Response(body=file.content)

    async def _get_updates(self, params: dict[str, Any]) -> web.Response:
        if self.webhook.url:
            return error(409, "Conflict: can't use getUpdates method while webhook is active")
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
                del ready[params.get("limit", 100) :]
                now = time.monotonic()
                for update in ready:
                    self.handed.setdefault(update.get("update_id", 0), now)
                return ok(ready)
            self._pushed.clear()
            waits = {asyncio.ensure_future(event.wait()) for event in (self._pushed, self._stop)}
            await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for each in waits:
                each.cancel()

"""A small HTTP/1.1 server: for what Telegram delivers, and for operators who look in.

h11, which the HTTP client of python-telegram-bot brings along, reads and writes the protocol. Around it stand
the limits that light servers leave to others: the time of a whole request, the size of a body, the number of
connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Protocol

import h11

from config import Address, ConfigError

_log = logging.getLogger(__name__)

_BODY_BYTES = 1 << 20
_HEAD_BYTES = 16 << 10
_READ_BYTES = 64 << 10
_CONNECTIONS = 256
_REQUEST_S = 10.0  # from the first byte of a request to its last; also for a new connection to say something
_IDLE_S = 75.0  # a little longer than proxies keep theirs, so that it is they who close
_WRITE_S = 10.0
_LINGER_S, _LINGER_BYTES = 2.0, 8 << 20  # what is still coming is read away, or the answer would be lost


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks."""

    method: str
    path: str
    """Without what follows a question mark."""
    headers: Mapping[str, str]
    """Their names in small letters."""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def plain(cls, status: int, **headers: str) -> Response:
        """Return a response that says what its status means; `Retry_After` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, f"{HTTPStatus(status).phrase}\n".encode(), headers=named)


class Site(Protocol):
    """What stands behind an address."""

    def refuse(self, head: Request) -> Response | None:
        """Return the refusal of a request of which no body has been read yet, None to go on."""
        ...

    async def respond(self, request: Request) -> Response:
        """Return the answer."""
        ...


class HttpServer:
    """Serves one site at one address."""

    def __init__(self, site: Site, key: str, address: Address) -> None:
        """Take a site, the setting that names the address, and the address."""
        self._site = site
        self._key = key
        self._address = address
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._idle: dict[asyncio.Task[None], None] = {}
        self._closing = False

    async def open(self) -> Address:
        """Begin to listen, and return the address with the port that was free where 0 was asked for.

        Raises ConfigError.
        """
        host, port = self._address.host, self._address.port
        try:
            self._server = await asyncio.start_server(self._accept, host, port)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            if error.errno and reason.startswith("error while attempting to bind"):
                reason = reason.rpartition(": ")[2]
            raise ConfigError(
                f"{self._key}: cannot listen on {self._address} ({reason}); name an address of this machine"
                " and a free port"
            ) from None
        return replace(self._address, port=self._server.sockets[0].getsockname()[1])

    def stop_accepting(self) -> None:
        """Let nobody in any more; requests that are under way are answered yet."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        for connection in list(self._idle):
            connection.cancel()

    async def close(self, seconds: float) -> None:
        """End, giving the requests under way so many seconds."""
        self.stop_accepting()
        if not self._connections:
            return
        _, late = await asyncio.wait(self._connections, timeout=max(seconds, 0))
        for connection in late:
            connection.cancel()
        if late:
            await asyncio.wait(late)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self._closing:
            writer.transport.abort()
            return
        if len(self._connections) >= _CONNECTIONS:
            if not self._idle:
                writer.transport.abort()
                return
            silent = next(iter(self._idle))  # for longest
            del self._idle[silent]
            silent.cancel()
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        exchange = _Exchange(reader, writer)
        wait_s = _REQUEST_S
        try:
            while await self._listen(exchange, wait_s) and await self._answer(exchange):
                wait_s = _IDLE_S
        except (OSError, TimeoutError, h11.ProtocolError) as error:
            _log.debug("A connection to %s ended: %s", self._key, type(error).__name__)
        except Exception as error:
            _log.error("A request to %s could not be answered: %s", self._key, type(error).__name__)
        finally:
            writer.close()

    async def _listen(self, exchange: _Exchange, wait_s: float) -> bool:
        """Wait for a request to begin; tell whether one does."""
        task = asyncio.current_task()
        assert task is not None
        self._idle[task] = None
        try:
            async with asyncio.timeout(wait_s):
                return not self._closing and await exchange.begin()
        finally:
            self._idle.pop(task, None)

    async def _answer(self, exchange: _Exchange) -> bool:
        """Answer one request; tell whether another may follow."""
        try:
            async with asyncio.timeout(_REQUEST_S):
                asked = await self._read(exchange)
        except TimeoutError:
            await exchange.send(Response.plain(408), last=True)
            raise
        except h11.RemoteProtocolError as error:
            await exchange.send(Response.plain(error.error_status_hint or 400), last=True)
            raise
        if isinstance(asked, Response):
            return await exchange.send(asked, last=True)
        response = await self._respond(asked)
        return await exchange.send(response, last=self._closing)

    async def _read(self, exchange: _Exchange) -> Request | Response:
        """Return a request, or its refusal: what is refused by its head is not read to the end."""
        head = await exchange.head()
        refusal = self._site.refuse(head)
        if refusal is not None:
            return refusal
        body = await exchange.body(_BODY_BYTES)
        return Response.plain(413) if body is None else replace(head, body=body)

    async def _respond(self, request: Request) -> Response:
        try:
            return await self._site.respond(request)
        except Exception as error:
            # Its text may quote what was sent.
            _log.error("A request to %s could not be answered: %s", self._key, type(error).__name__)
            return Response.plain(500)


class _Exchange:
    """Requests and responses over one connection, in turn."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        self._method = ""

    async def begin(self) -> bool:
        """Wait until something is said; False where the other side has gone."""
        if self._protocol.trailing_data[0]:
            return True
        data = await self._reader.read(_READ_BYTES)
        self._protocol.receive_data(data)
        return bool(data)

    async def head(self) -> Request:
        """Return the next request without its body."""
        event = await self._next()
        if not isinstance(event, h11.Request):
            raise h11.RemoteProtocolError("The connection ended")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
        path = event.target.decode("latin-1").partition("?")[0]
        self._method = event.method.decode("latin-1")
        return Request(self._method, path, headers)

    async def body(self, most: int) -> bytes | None:
        """Return the body, None where it has more than so many bytes."""
        parts, size = [], 0
        while True:
            event = await self._next()
            if isinstance(event, h11.Data):
                size += len(event.data)
                if size > most:
                    return None
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return b"".join(parts)
            else:
                raise h11.RemoteProtocolError("The request ended early")

    async def send(self, response: Response, *, last: bool) -> bool:
        """Send a response; tell whether another request may follow, which `last` denies."""
        protocol = self._protocol
        if protocol.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return False
        # What was refused without being read is in the way of the next request.
        last = last or protocol.their_state is not h11.DONE
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            "Cache-Control": "no-store",
            **response.headers,
            **({"Connection": "close"} if last else {}),
        }
        head = h11.Response(
            status_code=response.status,
            reason=HTTPStatus(response.status).phrase.encode(),
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        )
        sent = [protocol.send(head)]
        if self._method != "HEAD":
            sent.append(protocol.send(h11.Data(data=response.body)))
        sent.append(protocol.send(h11.EndOfMessage()))
        async with asyncio.timeout(_WRITE_S):
            self._writer.write(b"".join(part for part in sent if part))
            await self._writer.drain()
        if last or protocol.their_state is not h11.DONE:
            await self._linger()
            return False
        protocol.start_next_cycle()
        return True

    async def _linger(self) -> None:
        """Read away what the other side is still sending: closing at once would destroy our answer."""
        with contextlib.suppress(OSError, TimeoutError):
            self._writer.write_eof()
            async with asyncio.timeout(_LINGER_S):
                left = _LINGER_BYTES
                while left > 0 and (data := await self._reader.read(_READ_BYTES)):
                    left -= len(data)

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._protocol.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._protocol.send(go_on) or b"")
            self._protocol.receive_data(await self._reader.read(_READ_BYTES))

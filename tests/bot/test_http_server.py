"""The small HTTP server over real sockets: what clients may do to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from bot import http_server
from bot.http_server import HttpServer, Request, Response
from config import Address, ConfigError


class Echo:
    """Answers what it is sent; keeps one request waiting until it is released."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.held = asyncio.Event()
        self.asked: list[Request] = []

    def refuse(self, head: Request) -> Response | None:
        return Response.plain(403) if head.path == "/no" else None

    async def respond(self, request: Request) -> Response:
        self.asked.append(request)
        if request.path == "/held":
            self.held.set()
            await self.release.wait()
        if request.path == "/broken":
            raise ValueError("private")
        return Response(200, request.body)


@contextlib.asynccontextmanager
async def _serving() -> AsyncIterator[tuple[Echo, HttpServer, Address]]:
    site = Echo()
    server = HttpServer(site, "monitoring.listen", Address("127.0.0.1", 0))
    address = await server.open()
    try:
        yield site, server, address
    finally:
        await server.close(0)


async def _talk(address: Address, *said: bytes) -> bytes:
    """Say things and return all that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    for each in said:
        writer.write(each)
        await writer.drain()
    async with asyncio.timeout(10):
        heard = await reader.read()
    writer.close()
    return heard


def _post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_requests_in_a_row_in_pieces_and_in_chunks() -> None:
    async def run() -> None:
        async with _serving() as (site, _, address):
            chunks = b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            chunks += b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            first = _post("/a?b=c", b"first")
            heard = await _talk(
                address, first[:9], first[9:] + chunks, _post("/d", "第三".encode(), "Connection: close")
            )
            assert heard.count(b"HTTP/1.1 200 OK\r\n") == 3
            assert [request.path for request in site.asked] == ["/a", "/c", "/d"]
            assert [request.body for request in site.asked] == [b"first", b"abcde", "第三".encode()]
            assert b"first" in heard and b"abcde" in heard and heard.endswith("第三".encode())

    asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000, 431),
        (_post("/no", b"z" * 3_000_000), 403),
        (_post("/yes", b"z" * 3_000_000), 413),
        (b"POST /yes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n", 100),
        (_post("/broken", b"x", "Connection: close"), 500),
        (b"GET /old HTTP/1.0\r\n\r\n", 200),
    ],
    ids=["nonsense", "no host", "long head", "refused", "large", "expect", "broken", "old"],
)
def test_odd_requests(said: bytes, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_REQUEST_S", 0.5)

    async def run() -> bytes:
        async with _serving() as (_, _, address):
            return await _talk(address, said)

    heard = asyncio.run(run())
    assert heard.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"private" not in heard


@pytest.mark.parametrize("said", [b"", b"POST /x HT", _post("/x", b"abc")[:-1]])
def test_who_is_slow_is_left(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_REQUEST_S", 0.2)

    async def run() -> bytes:
        async with _serving() as (_, _, address):
            return await _talk(address, said)

    heard = asyncio.run(run())
    assert heard.startswith(b"HTTP/1.1 408 ") if said else heard == b""


def test_who_says_nothing_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_CONNECTIONS", 4)

    async def run() -> None:
        async with _serving() as (_, _, address):
            silent = [await asyncio.open_connection(address.host, address.port) for _ in range(8)]
            heard = await _talk(address, _post("/x", b"heard", "Connection: close"))
            assert heard.endswith(b"heard")
            for _, writer in silent:
                writer.close()

    asyncio.run(run())


def test_the_end_answers_what_is_under_way_and_nothing_else() -> None:
    async def run() -> None:
        async with _serving() as (site, server, address):
            idle = asyncio.create_task(_talk(address))
            held = asyncio.create_task(_talk(address, _post("/held", b"late")))
            await site.held.wait()
            server.stop_accepting()
            assert await idle == b""
            with pytest.raises(OSError):
                await _talk(address, _post("/x", b"more"))
            site.release.set()
            await server.close(5)
            heard = await held
            assert heard.endswith(b"late") and b"connection: close" in heard.lower()

    asyncio.run(run())


def test_the_end_waits_for_nobody_for_ever() -> None:
    async def run() -> None:
        async with _serving() as (site, server, address):
            held = asyncio.create_task(_talk(address, _post("/held", b"late")))
            await site.held.wait()
            await server.close(0.05)
            assert await held == b""

    asyncio.run(run())


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (Address("127.0.0.1", -1), "in use"),
        (Address("192.0.2.1", 0), "assign"),
        (Address("no.invalid", 1), "name"),
    ],
)
def test_an_address_that_cannot_be_had(address: Address, reason: str) -> None:
    async def run() -> str:
        async with _serving() as (site, _, taken):
            wanted = taken if address.port < 0 else address
            with pytest.raises(ConfigError) as raised:
                await HttpServer(site, "monitoring.listen", wanted).open()
            return str(raised.value)

    said = asyncio.run(run())
    assert said.startswith("monitoring.listen: cannot listen on ") and reason in said and "\n" not in said

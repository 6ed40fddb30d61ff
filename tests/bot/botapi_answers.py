"""What the loopback Bot API answers, and how it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request instead of, or before, its being served."""

    status: int = 0
    description: str = "injected"
    retry_after: int = 0
    migrate_to: int = 0
    body: bytes | None = None
    """Sent as it is, with `status`."""
    drop: str = ""
    """"before" or "after" serving it, the connection is closed without an answer."""
    delay: float = 0.0


def ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def error(status: int, description: str, **parameters: int) -> web.Response:
    names = {400: "Bad Request: ", 403: "Forbidden: "}
    body: dict[str, Any] = {"ok": False, "error_code": status}
    body["description"] = names.get(status, "") + description
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def fail(fault: Fault) -> web.Response:
    if fault.body is not None:
        return web.Response(status=fault.status, body=fault.body, content_type="text/html")
    if fault.retry_after:
        return error(429, "Too Many Requests", retry_after=fault.retry_after)
    if fault.migrate_to:
        return error(400, fault.description, migrate_to_chat_id=fault.migrate_to)
    return error(fault.status, fault.description)


def drop(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()

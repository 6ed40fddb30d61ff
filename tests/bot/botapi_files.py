"""Files that people have sent, as the loopback Bot API hands them out."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.bot.botapi_answers import error, ok

_LARGEST = 20 * 1000 * 1000  # what the public server hands out


@dataclass(slots=True)
class SentFile:
    """One file."""

    content: bytes
    told_size: int
    path: str
    """As getFile tells it: below the address of files, or absolute in local mode, which has no limit."""
    breaks: int = 0


def tell_of(file: SentFile | None, file_id: str) -> web.Response:
    """Answer getFile."""
    if file is None:
        return error(400, "wrong file_id or the file is temporarily unavailable")
    if max(file.told_size, len(file.content)) > _LARGEST and not file.path.startswith("/"):
        return error(400, "file is too big")
    told = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": file.told_size}
    return ok({**told, "file_path": file.path})


async def break_off(request: web.Request, file: SentFile) -> web.StreamResponse:
    """Hand out the half of a file and break the connection."""
    response = web.StreamResponse()
    response.content_length = len(file.content)
    await response.prepare(request)
    await response.write(file.content[: len(file.content) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response

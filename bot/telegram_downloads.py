"""Getting a file that was sent to the bot onto the disk: so large and no larger, in so long and no longer."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit, urlunsplit

import httpx
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

_log = logging.getLogger(__name__)

_PUBLIC = "api.telegram.org"
_PAUSES_S = (0.3, 1.0, 3.0)  # before each new attempt
_TOTAL_S = 300.0
_READ_S, _CONNECT_S = 20.0, 10.0
_BLOCK = 1 << 18


class TooLargeError(Exception):
    """The file is larger than is wanted, or than Telegram hands out."""


class LostError(Exception):
    """The file cannot be had; the text is a line that says why, fit to be shown."""


class Downloads:
    """Fetches files. What it raises never names an address, which holds the token."""

    def __init__(self, api_url: str, proxy_url: str, limit: int) -> None:
        """Take the root of the Bot API, a proxy or "", and the largest size in bytes."""
        self._root = api_url.rstrip("/")
        self._proxy = proxy_url or None
        self._limit = limit

    def check_size(self, size: int | None) -> None:
        """Raise TooLargeError where a file is said to be too large."""
        if size is not None and size > self._limit:
            raise TooLargeError

    async def fetch(self, bot: Bot, file_id: str, target: Path) -> None:
        """Write a file to `target`, which is new. Raises TooLargeError, LostError and OSError."""
        try:
            async with asyncio.timeout(_TOTAL_S):
                await self._insist(bot, file_id, target)
        except TimeoutError:
            raise LostError("it does not arrive; try again later") from None

    async def _insist(self, bot: Bot, file_id: str, target: Path) -> None:
        for pause in (*_PAUSES_S, None):
            try:
                await self._fetch(bot, file_id, target)
                return
            except BadRequest as refusal:
                if "too big" in refusal.message.lower():
                    raise TooLargeError from None
                raise LostError("Telegram no longer has it; send it again") from None
            except (TelegramError, httpx.HTTPError, _BrokenOffError) as error:
                if pause is None or isinstance(error, InvalidToken):
                    raise LostError("it cannot be fetched from Telegram; try again later") from None
                _log.debug("A file could not be fetched (%s); trying again", type(error).__name__)
            await asyncio.sleep(pause)

    async def _fetch(self, bot: Bot, file_id: str, target: Path) -> None:
        file = await bot.get_file(file_id)
        self.check_size(file.file_size)
        # The library takes a path for a local one where there happens to be such a file; the address decides.
        path = (file.file_path or "").removeprefix(f"{bot.base_file_url}/")
        if not path:
            raise LostError("Telegram no longer has it; send it again")
        if os.path.isabs(path):
            await asyncio.to_thread(self._copy, path, target)
        else:
            size = await self._stream(f"{bot.base_file_url}/{path}", target)
            if file.file_size is not None and size != file.file_size:
                raise _BrokenOffError

    async def _stream(self, address: str, target: Path) -> int:
        timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
        # In a thread, for it reads the system's certificates.
        client = await asyncio.to_thread(
            httpx.AsyncClient,
            proxy=self._proxy,
            timeout=timeout,
            headers={"Accept-Encoding": "identity"},  # what is unpacked may swell beyond all bounds
        )
        size = 0
        async with client, client.stream("GET", _quoted(address)) as response:
            if response.status_code != httpx.codes.OK:
                raise _BrokenOffError
            with target.open("wb") as file:
                async for block in response.aiter_bytes(_BLOCK):
                    size += len(block)
                    self.check_size(size)
                    await asyncio.to_thread(file.write, block)
        return size

    def _copy(self, path: str, target: Path) -> None:
        """Copy what a Bot API in local mode has put on the disk of its machine."""
        if urlsplit(self._root).hostname == _PUBLIC:
            raise LostError("Telegram gives no address for it; send it again")
        if not os.path.isfile(path):
            raise LostError(
                "the Bot API is in local mode and its files are not on this machine; run it without --local"
            )
        try:
            source = open(path, "rb")  # noqa: SIM115  its errors are others than those of the target
        except OSError as error:
            raise LostError(f"the file of the Bot API cannot be read ({error.strerror})") from None
        size = 0
        with source, target.open("wb") as file:
            for block in _blocks(source):
                size += len(block)
                self.check_size(size)
                file.write(block)


class _BrokenOffError(Exception):
    """A download that came to nothing, or not to all."""


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _quoted(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=quote(parts.path, safe="/:%")))


def discard(path: Path) -> None:
    """Delete a file that is not wanted, if it is there."""
    with suppress(OSError):
        path.unlink(missing_ok=True)

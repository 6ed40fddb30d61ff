"""The log: one line an event on standard error, as text or as JSON, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_HIDDEN = "(hidden)"
# As it stands in the address of every request; the colon may have been percent-encoded.
_BOT_TOKEN = re.compile(r"bot\d+(?::|%3[Aa])[\w-]+")
# As BotFather hands it out, wherever it may stand.
_BARE_TOKEN = re.compile(r"(?<![\w-])\d{5,}(?::|%3[Aa])[\w-]{20,}")
# What would begin a new line, or make a terminal do something: it may be of a foreign text.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_INDENT = "    "  # before the lines of a traceback, so that none passes for a line of ours
_SHORTEST_SECRET = 4  # hiding anything shorter would riddle the log with holes

# Loggers that name addresses (with the token) and what people write, at levels that we do not share.
_TALKATIVE = ("httpx", "httpcore", "telegram", "asyncio")


def configure_logging(level: str, secrets: Sequence[str] = (), form: str = "text") -> None:
    """Send the log to standard error from `level` ("DEBUG" to "ERROR") upwards, with `secrets` hidden.

    `form` is "text" or "json". May be called again, for another level or when more secrets are known.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _StandardError):
            root.removeHandler(handler)
            handler.close()
    ours = _StandardError(sys.stderr)
    ours.setFormatter(_Json(secrets) if form == "json" else _Text(secrets))
    root.addHandler(ours)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def redact(text: str, secrets: Sequence[str] = ()) -> str:
    """Return `text` without bot tokens and without any of `secrets`."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _HIDDEN)
    return _BARE_TOKEN.sub(_HIDDEN, _BOT_TOKEN.sub(f"bot{_HIDDEN}", text))


class WithheldError(Exception):
    """Stands in a traceback for an error whose text must not be shown; its own text is the other's kind."""


def withheld(error: BaseException) -> WithheldError:
    """Return what to log instead of an error whose text may quote what a user wrote: where it was."""
    return WithheldError(type(error).__name__).with_traceback(error.__traceback__)


class _StandardError(logging.StreamHandler[TextIO]):
    """Ours, told apart from handlers that others have put on the root logger."""


class _Redacting(logging.Formatter):
    """Redacts finished texts: only there do arguments and tracebacks stand in full."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__(_FORMAT)
        self._secrets = tuple(secrets)

    def _message(self, record: logging.LogRecord) -> str:
        return redact(record.getMessage(), self._secrets)

    def _trace(self, record: logging.LogRecord) -> str:
        return redact(self.formatException(record.exc_info), self._secrets) if record.exc_info else ""


class _Text(_Redacting):
    """A line, and the lines of a traceback below it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.message = one_line(self._message(record))
        record.asctime = self.formatTime(record)
        lines = [self.formatMessage(record)]
        lines += [_INDENT + one_line(line) for line in self._trace(record).split("\n") if line]
        return "\n".join(lines)


class _Json(_Redacting):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
        }
        if trace := self._trace(record):
            entry["exception"] = trace
        # Escaped, for a surrogate that stands alone could not be written.
        return json.dumps(entry)


def one_line(text: str) -> str:
    """Return `text` with its line breaks and control characters written out as escapes."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)

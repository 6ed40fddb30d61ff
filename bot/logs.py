"""The log: one line an event on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from typing import TextIO

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_HIDDEN = "(hidden)"
# As it stands in the address of every request; the colon may have been percent-encoded.
_BOT_TOKEN = re.compile(r"bot\d+(?::|%3[Aa])[\w-]+")
# As BotFather hands it out, wherever it may stand.
_BARE_TOKEN = re.compile(r"(?<![\w-])\d{5,}(?::|%3[Aa])[\w-]{20,}")
_SHORTEST_SECRET = 4  # hiding anything shorter would riddle the log with holes

# Loggers that name addresses (with the token) and what people write, at levels that we do not share.
_TALKATIVE = ("httpx", "httpcore", "telegram", "asyncio")


def configure_logging(level: str, secrets: Sequence[str] = ()) -> None:
    """Send the log to standard error from `level` ("DEBUG" to "ERROR") upwards, with `secrets` hidden.

    May be called again, for another level or when more secrets are known.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _StandardError):
            root.removeHandler(handler)
            handler.close()
    ours = _StandardError(sys.stderr)
    ours.setFormatter(_Redacting(_FORMAT, secrets))
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


class _StandardError(logging.StreamHandler[TextIO]):
    """Ours, told apart from handlers that others have put on the root logger."""


class _Redacting(logging.Formatter):
    """Redacts the finished text: only there do arguments and tracebacks stand in full."""

    def __init__(self, form: str, secrets: Sequence[str]) -> None:
        super().__init__(form)
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its traceback if any, redacted."""
        return redact(super().format(record), self._secrets)

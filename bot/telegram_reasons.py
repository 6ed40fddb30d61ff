"""What Telegram, or what stands before it, says when it refuses: short enough for the log, no page."""

from __future__ import annotations

from telegram.error import TelegramError

_REASON_CHARS = 200
# The library then quotes all that came, in which a proxy may show what it was sent.
_QUOTED_PAGE = ". Parsing the server response"


def reason_of(error: TelegramError) -> str:
    """Return the reason of a refusal."""
    return error.message.partition(_QUOTED_PAGE)[0][:_REASON_CHARS]

"""Where Telegram sends updates to, and how they are known to be Telegram's."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config import Address, ConfigError, TelegramSettings

LISTEN = "telegram.webhook_listen"

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PUBLIC_API = "api.telegram.org"
_PUBLIC_PORTS = (443, 80, 88, 8443)  # Bot API, setWebhook


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """A webhook."""

    url: str
    """What Telegram knows."""
    path: str
    """Under which it arrives here."""
    listen: Address
    secret: str = field(repr=False)

    @classmethod
    def of(cls, telegram: TelegramSettings, token: str) -> WebhookAddress | None:
        """Return the webhook that the settings ask for, None where they ask for none. Raises ConfigError."""
        if not telegram.webhook_url:
            return None
        parts = urlsplit(telegram.webhook_url)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise ConfigError("telegram.webhook_url: its port is not a number up to 65535; mend it") from None
        # A Bot API server of one's own takes any port, and http beside https.
        if urlsplit(telegram.api_url).hostname == _PUBLIC_API:
            if parts.scheme != "https":
                raise ConfigError("telegram.webhook_url: Telegram takes https only; begin it with https://")
            if port not in _PUBLIC_PORTS:
                raise ConfigError(
                    f"telegram.webhook_url: Telegram does not send to port {port}, only to 443, 80, 88 and"
                    " 8443; let the reverse proxy listen on one of these"
                )
        path = telegram.webhook_path or parts.path or "/"
        listen = Address.parse(telegram.webhook_listen)
        return cls(telegram.webhook_url, path, listen, read_secret(telegram) or _derived(token))


def read_secret(telegram: TelegramSettings) -> str:
    """Return the secret that was chosen, the setting before the file; "" for none. Raises ConfigError."""
    key = "telegram.webhook_secret"
    secret = telegram.webhook_secret.get_secret_value().strip() if telegram.webhook_secret else ""
    if not secret and telegram.webhook_secret_file is not None:
        key, secret = f"{key}_file", _read_file(telegram.webhook_secret_file)
        if not secret:
            raise ConfigError(f"{key}: {telegram.webhook_secret_file} is empty; write a secret into it")
    if secret and not _SECRET.fullmatch(secret):
        raise ConfigError(f"{key}: not a secret that Telegram takes; use 1 to 256 of A-Z a-z 0-9 _ -")
    return secret


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(
            f"telegram.webhook_secret_file: {path} cannot be read ({reason}); mend the path"
        ) from None


def _derived(token: str) -> str:
    """Return a secret that is the same after every restart, so that no delivery is refused meanwhile."""
    return hmac.new(token.encode(), b"huiwen webhook", hashlib.sha256).hexdigest()

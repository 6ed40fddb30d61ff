"""Addresses to listen on, as an operator writes them."""

from __future__ import annotations

from dataclasses import dataclass

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """A host, by name or number, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return what "127.0.0.1:8443", "localhost:8443" or "[::1]:8443" says. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        shaped = colon and bare and not set(bare) & set("/[]@ \t") and (":" not in bare or bare != host)
        if not shaped or not (port.isascii() and port.isdecimal()) or int(port) > _LAST_PORT:
            raise ValueError("write it as HOST:PORT, as in 127.0.0.1:8443 or [::1]:8443")
        return cls(bare, int(port))

    @property
    def is_loopback(self) -> bool:
        """Tell whether nothing outside this machine reaches it."""
        import ipaddress  # most commands listen nowhere

        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

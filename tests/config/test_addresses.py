from __future__ import annotations

import pytest

from config import Address


@pytest.mark.parametrize(
    "text", ["127.0.0.1:8443", "localhost:0", "[::1]:9464", "bot.example.org:65535", "0.0.0.0:1"]
)
def test_what_is_read_is_written_alike(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "8443",
        ":8443",
        "localhost",
        "localhost:",
        "::1:8443",
        "[]:1",
        "h:65536",
        "h:-1",
        "h:１",
        "http://h:1",
        "a b:1",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.8.9.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("h", False)],
)
def test_what_is_reached_from_this_machine_alone(host: str, loopback: bool) -> None:
    assert Address(host, 1).is_loopback is loopback

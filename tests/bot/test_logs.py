from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import configure_logging, redact

TOKEN = "123456789:AAExample_token-of_thirty-five-char"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    talkative = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "telegram", "asyncio")}
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, before in talkative.items():
        logging.getLogger(name).setLevel(before)


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"The token `{TOKEN}` was rejected",
        "bot1:short",
    ],
)
def test_tokens_are_hidden_whatever_they_are(text: str) -> None:
    hidden = redact(text)
    assert TOKEN.partition(":")[2] not in hidden
    assert "short" not in hidden
    assert "(hidden)" in hidden


def test_what_is_no_token_stays() -> None:
    text = "2019-11-20 12:30:15 robot 3:1 http://127.0.0.1:8080/x 响水“3·21”"
    assert redact(text) == text


def test_log_goes_to_standard_error_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", ["p@ssword", "", "ab"])
    log = logging.getLogger("a")
    log.debug("invisible")
    log.info("about %s and ab", "p@ssword")
    try:
        raise ValueError(f"https://x/bot{TOKEN}/getMe")
    except ValueError:
        log.exception("failed")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "about (hidden) and ab" in shown.err
    assert "ValueError: https://x/bot(hidden)/getMe" in shown.err
    assert "invisible" not in shown.err and TOKEN not in shown.err


def test_again_replaces_the_first_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    configure_logging("WARNING", ["secret"])
    logging.getLogger("a").info("invisible")
    logging.getLogger("a").warning("secret once")
    assert capsys.readouterr().err.splitlines()[0].endswith("WARNING a: (hidden) once")


def test_foreign_texts_begin_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    forged = "x\n2026-01-01 00:00:00,000 INFO bot: forged\r\x1b[2J\u2028y\x85"
    logging.getLogger("a").info("about %s", forged)
    try:
        raise ValueError(forged)
    except ValueError:
        logging.getLogger("a").exception("failed")
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.endswith("about x\\n2026-01-01 00:00:00,000 INFO bot: forged\\r\\x1b[2J\\u2028y\\x85")
    assert rest[0].endswith("ERROR a: failed") and all(line.startswith("    ") for line in rest[1:])
    assert any("forged" in line for line in rest)


def test_json_is_an_object_a_line_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own may not report such characters
    configure_logging("INFO", ['quoted"secret'], "json")
    logging.getLogger("a.b").info("会议 %s %s\nmore \ud800", 'quoted"secret', TOKEN)
    try:
        raise ValueError('quoted"secret')
    except ValueError:
        logging.getLogger("a").exception("failed")
    plain, failed = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert plain.pop("time").endswith("+00:00")
    assert plain == {"level": "INFO", "logger": "a.b", "message": "会议 (hidden) (hidden)\nmore \ud800"}
    assert failed["exception"].endswith("ValueError: (hidden)") and failed["message"] == "failed"


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_libraries_that_name_addresses_and_questions_are_kept_down(level: str) -> None:
    configure_logging(level)
    for name in ("httpx", "httpcore.connection", "telegram.Bot", "telegram.ext.Application"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)

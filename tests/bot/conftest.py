from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.bot.botapi import BotApi
from tests.bot.running import SmallAsker, running


@pytest.fixture(autouse=True, scope="session")
def _interrupts_are_heard() -> None:
    """A shell lets what it starts in the background ignore Ctrl-C, and that is passed on to our children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server
    assert server.violations == []
    assert server.unanswered() == set()


@pytest.fixture
def asker() -> SmallAsker:
    return SmallAsker()


@pytest.fixture
def bot(api: BotApi, asker: SmallAsker) -> Iterator[None]:
    with running(api, asker):
        yield

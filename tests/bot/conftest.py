from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.botapi import BotApi
from tests.bot.running import SmallAsker, running


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

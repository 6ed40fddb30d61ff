from __future__ import annotations

import logging
import threading

import pytest

from bot import telegram_intake
from bot.telegram_intake import readable
from tests.bot.botapi import BotApi
from tests.bot.running import SmallAsker, running


def test_what_there_is_no_room_for_waits_with_telegram(
    api: BotApi, asker: SmallAsker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_intake, "QUEUE", 2)
    released = threading.Event()
    asker.before = lambda question: assert_set(released)

    def assert_set(event: threading.Event) -> None:
        assert event.wait(20)

    with running(api, asker):
        for number in range(5):
            api.say(f"/ask 第{number}问？")
        api.wait_called("sendChatAction", 1)
        api.wait(lambda: len(asker.questions) >= 1)
        assert len(api.update_ids()) == 5  # a batch is confirmed by the next poll, which has to wait
        released.set()
        api.wait_sent(5)
    assert sorted(asker.questions) == [f"第{number}问？" for number in range(5)]
    assert api.update_ids() == []


@pytest.mark.parametrize("update", [None, 5, [], {}, {"update_id": "1"}, {"message": {}}])
def test_what_has_no_number_is_no_update(update: object) -> None:
    assert readable(update) is None


def test_what_cannot_be_read_is_emptied_and_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        assert readable({"update_id": 5, "message": {"text": "private"}}) == {"update_id": 5}
    assert "Update 5 cannot be read" in caplog.text and "private" not in caplog.text

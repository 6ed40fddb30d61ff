"""What the network, Telegram and others may do to a bot by webhook."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import telegram_intake, telegram_link, telegram_webhook
from bot.webhook_address import WebhookAddress
from config import ConfigError, Settings, TelegramSettings
from tests.bot.bot_process import free_port
from tests.bot.botapi import BotApi
from tests.bot.botapi_answers import Fault
from tests.bot.running import NOWHERE, SENTENCE, SmallAsker, running, settings_for
from tests.bot.telegram_world import ALICE, PRIVATE, TOKEN

pytestmark = pytest.mark.filterwarnings("ignore:.*`retry_after` will be of type:DeprecationWarning")

URL = "https://bot.example.org/hook"
QUESTION = "警示教育大会是哪天召开的？"


@pytest.fixture
def settings(api: BotApi) -> Settings:
    api.webhook.listen = f"127.0.0.1:{free_port()}"
    return settings_for(api, NOWHERE, webhook_url=URL, webhook_listen=api.webhook.listen)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_link, "_FIRST_PAUSE_S", 0.01)


def _statuses(api: BotApi) -> list[int]:
    return [status for _, status in api.webhook.statuses]


def test_the_network_may_be_away_at_the_start(
    api: BotApi, asker: SmallAsker, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    api.inject("getMe", Fault(502), *[Fault(drop="before")] * 5)
    api.inject("setWebhook", *[Fault(drop="before")] * 5, Fault(429, retry_after=0), Fault(502))
    with caplog.at_level(logging.INFO, "bot"), running(api, asker, settings):
        api.say(QUESTION)
        (sent,) = api.wait_sent(1)
    assert SENTENCE in sent.shown and "Telegram answers again" in caplog.text
    assert api.webhook.url == URL  # what is said meanwhile waits for the next start
    assert QUESTION not in caplog.text and api.webhook.secret not in caplog.text


def test_an_address_that_telegram_refuses_is_told_and_tried_again(
    api: BotApi, asker: SmallAsker, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    api.inject("setWebhook", *[Fault(400, "bad webhook: Failed to resolve host")] * 3)
    with caplog.at_level(logging.INFO, "bot"), running(api, asker, settings):
        api.say(QUESTION)
        api.wait_sent(1)
    assert caplog.text.count("failed to resolve host; mend telegram.webhook_url") == 1


def test_a_webhook_that_another_has_taken_is_taken_back(
    api: BotApi,
    asker: SmallAsker,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telegram_webhook, "_LOOK_EVERY_S", 0.02)
    with caplog.at_level(logging.INFO, "bot"), running(api, asker, settings):
        api.wait_called("getWebhookInfo")
        api.webhook.url = ""
        api.say(QUESTION)
        api.wait_sent(1)
        api.webhook.url = "https://other.example.org/"
        api.wait_called("setWebhook", 3)
        api.webhook.fail("Wrong response from the webhook: 502 Bad Gateway\nforged")
        api.wait_called("getWebhookInfo", sum(call.method == "getWebhookInfo" for call in api.calls) + 3)
    assert caplog.text.count("Another process has changed the webhook") == 1
    assert caplog.text.count("Telegram could not deliver to the webhook: Wrong response") == 1


def test_a_long_answer_is_confirmed_before_it_ends_and_a_full_queue_is_not(
    api: BotApi, asker: SmallAsker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_webhook, "_HOLD_S", 0.05)
    monkeypatch.setattr(telegram_intake, "QUEUE", 2)
    api.inject("sendMessage", Fault(delay=2), Fault(delay=2))
    with running(api, asker, settings):
        for number in range(4):
            api.say(f"第{number}问？", user={**ALICE, "id": 5000 + number})
        # All in one chat: each is delivered when the one before is confirmed.
        api.wait(lambda: 503 in _statuses(api))
        assert _statuses(api)[:2] == [200, 200] and api.sent() == []
        api.wait_sent(4)
    assert sorted(asker.questions) == [f"第{number}问？" for number in range(4)]


def test_hundreds_of_people_at_once(api: BotApi, asker: SmallAsker, settings: Settings) -> None:
    with running(api, asker, settings):
        api.wait_called("setWebhook")
        queries = [api.expect() for _ in range(300)]
        api.push(
            *(
                {
                    "update_id": 930_000_000 + number,
                    "inline_query": {
                        "id": query,
                        "from": {**ALICE, "id": 20_000 + number},
                        "query": QUESTION,
                        "offset": "",
                    },
                }
                for number, query in enumerate(queries)
            )
        )
        api.wait(lambda: not api.update_ids(), 60)
        assert api.unanswered() == set()
    assert len(asker.questions) == 300 and api.webhook.at_once <= 64


def test_the_same_update_at_once_is_answered_once(api: BotApi, asker: SmallAsker, settings: Settings) -> None:
    """Telegram gives up a delivery that is under way, and begins it anew."""
    message = {"message_id": 3, "date": 1, "chat": PRIVATE, "from": ALICE, "text": QUESTION}
    api.inject("sendMessage", Fault(delay=0.5))
    with running(api, asker, settings):
        api.push({"update_id": 940_000_000, "message": message})
        api.wait_faulted("sendMessage")
        api.webhook.repeat(940_000_000)
        api.wait(lambda: len(_statuses(api)) == 2)
    assert _statuses(api) == [200, 200] and asker.questions == [QUESTION] and len(api.sent()) == 1


def _address(**telegram: object) -> WebhookAddress:
    found = WebhookAddress.of(TelegramSettings.of({"webhook_url": URL, **telegram}), TOKEN)
    assert found is not None
    return found


def test_the_address() -> None:
    assert WebhookAddress.of(TelegramSettings(), TOKEN) is None
    assert (_address().path, _address(webhook_path="/in").path) == ("/hook", "/in")
    assert _address(webhook_url="https://x.org").path == "/"
    assert str(_address(webhook_listen="[::1]:99").listen) == "[::1]:99"
    # The same after a restart, another for another token, and not shown by chance.
    assert _address() == _address() and TOKEN.partition(":")[2] not in _address().secret
    other = WebhookAddress.of(TelegramSettings(webhook_url=URL), "1:x")
    assert other is not None and other.secret != _address().secret
    assert _address().secret not in repr(_address())
    own = _address(webhook_url="http://bot:8443/x", api_url="http://127.0.0.1:8081")
    assert own.url == "http://bot:8443/x"


@pytest.fixture
def secret_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "secret"
    path.write_text("from-a_file\n", encoding="utf-8")
    yield path


def test_the_secret_may_be_chosen(secret_file: Path) -> None:
    assert _address(webhook_secret_file=secret_file).secret == "from-a_file"
    assert _address(webhook_secret_file=secret_file, webhook_secret="mine").secret == "mine"


@pytest.mark.parametrize(
    ("telegram", "said"),
    [
        ({"webhook_url": "http://bot.example.org/"}, "https only"),
        ({"webhook_url": "https://bot.example.org:9000/"}, "port 9000"),
        ({"webhook_url": "https://bot.example.org:99999/"}, "port"),
        ({"webhook_secret": "hidden word"}, "telegram.webhook_secret: not a secret"),
        ({"webhook_secret": "x" * 257}, "1 to 256"),
        ({"webhook_secret_file": "/nowhere/secret"}, "cannot be read"),
        ({"webhook_secret_file": "/dev/null"}, "is empty"),
    ],
)
def test_a_wrong_address_is_one_line(telegram: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _address(**telegram)
    assert (
        said in str(raised.value) and "\n" not in str(raised.value) and "hidden word" not in str(raised.value)
    )

"""The Telegram front end: put together, and run until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from telegram.error import InvalidToken
from telegram.ext import Application

from bot.index_keeper import IndexKeeper
from bot.logs import configure_logging, redact
from bot.monitoring import Monitoring
from bot.state_file import StateError
from bot.telegram_handlers import Handlers
from bot.telegram_library import Asker, Library
from bot.telegram_pacing import AnswersFirst
from bot.telegram_people import People
from bot.telegram_polling import Poller, QuietRequest, UpdatesRequest
from bot.telegram_serving import Serving
from bot.telegram_webhook import Webhook
from bot.webhook_address import WebhookAddress, read_secret
from config import ConfigError, Settings, TelegramSettings
from embeddings import EmbeddingError, open_encoder, open_reranker
from retrieval import LiveSearcher, NoIndexError, RetrievalError

_log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

_OK, _WRONG = 0, 2

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_HOW_TO_GET_ONE = "get one from @BotFather in Telegram (/newbot) and set HUIWEN_TELEGRAM__TOKEN"

_WARM_UP = "会议"

# A handler waits for the network most of its time; searches themselves queue for asyncio's threads.
_CONCURRENT_UPDATES = 64
_CONNECTIONS = 64
_READ_S = 20.0  # a reply whose request has timed out cannot be sent again without risking two
_POLL_READ_S = 10.0  # on top of the time that Telegram may hold a poll
_WRITE_S = _CONNECT_S = _POOL_S = 10.0


def build_application(settings: Settings, asker: Asker, people: People | None = None) -> AnyApplication:
    """Return the bot, not yet started. Raises ConfigError when there is no usable token or proxy."""
    people = people or People.open(settings)
    telegram = settings.telegram
    root = telegram.api_url.rstrip("/")
    proxy = telegram.proxy_url or None
    try:
        request = QuietRequest(_CONNECTIONS, _READ_S, _WRITE_S, _CONNECT_S, _POOL_S, proxy=proxy)
        updates = UpdatesRequest(2, _POLL_READ_S, _WRITE_S, _CONNECT_S, _POOL_S, proxy=proxy)
    except (RuntimeError, ValueError, httpx.InvalidURL) as error:
        reason = redact(str(error), _secrets(settings))
        raise ConfigError(f"telegram.proxy_url: cannot be used ({reason}); see config/huiwen.toml") from None
    application = (
        Application.builder()
        .token(read_token(telegram))
        .base_url(f"{root}/bot")
        .base_file_url(f"{root}/file/bot")
        .request(request)
        .get_updates_request(updates)
        .rate_limiter(AnswersFirst())
        .concurrent_updates(_CONCURRENT_UPDATES)
        .updater(None)
        .post_init(people.greet)
        .post_stop(people.part)
        .build()
    )
    handlers = Handlers(asker, telegram.k, closed=bool(telegram.allow))
    people.add_to(application, asker, handlers)
    handlers.add_to(application)
    return application


def open_serving(settings: Settings, application: AnyApplication) -> Serving:
    """Return what gets updates for an application: a webhook if there is an address for one, or polling."""
    address = WebhookAddress.of(settings.telegram, read_token(settings.telegram))
    return Webhook(application, address) if address else Poller(application)


def run_bot(settings: Settings, config_file: Path | None = None) -> int:
    """Answer in Telegram until SIGINT or SIGTERM. Return the exit status: 0, or 2 for a wrong set-up.

    `config_file` is where the settings came from; the process that keeps the index up reads it too.
    """
    try:
        # The process that indexes needs the store's token; the log does not.
        token = settings.store.token.get_secret_value() if settings.store.token else ""
        configure_logging(settings.log.level, [*_secrets(settings), token], settings.log.format)
        # Before the model is loaded: that takes a while.
        WebhookAddress.of(settings.telegram, read_token(settings.telegram))
        keeper = None
        if settings.index.watch:
            keeper = IndexKeeper.of(settings.data_dir, config_file, _secrets(settings))
        with contextlib.closing(People.open(settings, config_file, _secrets(settings))) as people:
            return serve(settings, _open_library(settings), people, keeper)
    except (ConfigError, EmbeddingError, RetrievalError, StateError) as error:
        return _refuse(redact(str(error), _secrets(settings)))


def serve(settings: Settings, library: Library, people: People, keeper: IndexKeeper | None = None) -> int:
    """Answer in Telegram from `library` until SIGINT or SIGTERM, while `keeper` keeps the index up.

    Return the exit status; raise ConfigError.
    """
    monitoring = Monitoring.of(settings.monitoring)
    asker = monitoring.measure(library) if monitoring else library
    application = build_application(settings, asker, people)
    serving = open_serving(settings, application)
    if monitoring:
        monitoring.watch(application, serving, library.state)
    try:
        asyncio.run(_until_signal(application, serving, library, people, keeper, monitoring))
    except InvalidToken:
        return _refuse(f"telegram.token: Telegram does not accept it; {_HOW_TO_GET_ONE}")
    except KeyboardInterrupt:  # where the event loop cannot handle signals
        return _OK
    _log.info("Stopped")
    return _OK


def read_token(telegram: TelegramSettings) -> str:
    """Return the bot's token, the setting before the file. Raises ConfigError."""
    key, token = "telegram.token", telegram.token.get_secret_value().strip() if telegram.token else ""
    if not token and telegram.token_file is not None:
        key, token = "telegram.token_file", _read_token_file(telegram.token_file)
    if not token:
        raise ConfigError(f"telegram.token: there is none; {_HOW_TO_GET_ONE}")
    if not _TOKEN.fullmatch(token):
        raise ConfigError(f"{key}: not a token, which looks like 123456789:AbCdEf...; {_HOW_TO_GET_ONE}")
    return token


def _read_token_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(f"telegram.token_file: {path} cannot be read ({reason}); mend the path") from None


def _secrets(settings: Settings) -> list[str]:
    """Return what must never be shown: the token, the webhook's secret, passwords in addresses."""
    secrets = []
    telegram = settings.telegram
    with contextlib.suppress(ConfigError):
        secrets.append(read_token(telegram))
        webhook = WebhookAddress.of(telegram, secrets[0])
        secrets += [webhook.secret] if webhook else []
    with contextlib.suppress(ConfigError):
        secrets.append(read_secret(telegram))
    if telegram.token:
        secrets.append(telegram.token.get_secret_value())
    for url in (telegram.proxy_url, telegram.api_url, telegram.webhook_url):
        password = urlsplit(url).password
        if password:
            secrets += [password, unquote(password)]
    return [secret for secret in secrets if secret]


def _refuse(line: str) -> int:
    print(f"huiwen: {line}", file=sys.stderr)
    return _WRONG


async def _until_signal(
    application: AnyApplication,
    serving: Serving,
    library: Library,
    people: People,
    keeper: IndexKeeper | None,
    monitoring: Monitoring | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows; there Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(number, stop.set)
    if monitoring:
        await monitoring.open()
    warming = asyncio.create_task(asyncio.to_thread(_warm_up, library))
    tidying = asyncio.create_task(people.tidy(stop))
    watching = asyncio.create_task(people.watch(library, application.bot, stop))
    keeping = asyncio.create_task(keeper.run(stop)) if keeper else None
    try:
        await serving.run(stop)
    finally:
        stop.set()  # also where the token is refused
        if keeping:
            await keeping
        await tidying
        await watching
        if monitoring:
            await monitoring.close()
    await warming


def _warm_up(asker: Asker) -> None:
    """Load model and index before the first question comes, and tell the operator if they are not there."""
    try:
        asker.ask(_WARM_UP, 1)
    except NoIndexError:
        _log.warning("There are no articles yet: run `huiwen index`; they are picked up without a restart")
    except (RetrievalError, EmbeddingError) as error:
        _log.error("Questions cannot be answered: %s", error)


def _open_library(settings: Settings) -> Library:
    reranker = open_reranker(settings.search.reranker, settings.embedding)
    live = LiveSearcher.open(
        settings.data_dir,
        lambda: open_encoder(settings.embedding),
        settings.search,
        reranker,
        settings.store,
    )
    return Library(live)

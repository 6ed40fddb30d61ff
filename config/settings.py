"""Settings: one frozen object, read once in `main`, that holds every choice an operator can make."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from config.fields import (
    Secret,
    Table,
    choice,
    number,
    path,
    path_if_any,
    secret,
    section,
    several,
    switch,
    text,
    to_path,
    to_whole,
    whole,
)
from config.folders import user_data_folder


def _not_empty(value: str) -> None:
    if not value:
        raise ValueError("should have at least 1 character")


def _shard(value: str) -> None:
    part, _, of = value.partition("/")
    if value and not 1 <= int(part) <= int(of):
        raise ValueError(f"there is no part {part} of {of}")


def _known_zone(name: str) -> None:
    if name:
        from zoneinfo import ZoneInfo  # few name one

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write it as in Asia/Shanghai") from None


def _address(value: str) -> None:
    from config.addresses import Address  # few listen anywhere

    Address.parse(value)


def _address_if_any(value: str) -> None:
    if value:
        _address(value)


_HOUR = r"(?:[01]?\d|2[0-4])(?::[0-5]\d)?"
_HOURS = rf"|{_HOUR}-{_HOUR}"


class ArticlesSettings(Table):
    """Where articles come from."""

    paths: tuple[Path, ...] = several(to_path)
    inbox: Path | None = path_if_any()


class EmbeddingSettings(Table):
    """Which sentence model turns text into vectors, and how it runs."""

    model: str = text("use-multilingual-v3", check=_not_empty)
    threads: int = whole(0, 0, 1024)
    batch_size: int = whole(32, 1, 65536)
    query_prompt: str = text("")
    passage_prompt: str = text("")
    device: str = text("")
    backend: Literal["torch", "onnx", "openvino"] = choice("torch", "onnx", "openvino")


class IndexSettings(Table):
    """How articles are cut into passages, how many generations are kept, and how arrivals are noticed."""

    passage_chars: int = whole(600, 100, 10_000)
    keep_generations: int = whole(3, 1, 1000)
    shard: str = text("", r"(\d{1,4}/\d{1,4})?", _shard)
    watch: bool = switch(False)
    watch_settle: float = number(2.0, 0.05, 3600.0)
    watch_poll: float = number(600.0, 1.0, 86_400.0)


class StoreSettings(Table):
    """Where articles are searched: beside the program, or on a Milvus server."""

    uri: str = text("", r"|(https?|tcp|unix)://[^\s/]+.*|[^\s:]+\.db")
    token: Secret | None = secret()
    timeout: float = number(10.0, 0.1, 600.0)
    database: str = text("", r"[A-Za-z0-9_]*")
    prefix: str = text("huiwen", r"[A-Za-z_][A-Za-z0-9_]{0,40}")
    writer: str = text("main", r"[A-Za-z0-9_-]{1,40}")


class SearchSettings(Table):
    """How many passages an answer has and when it is withheld."""

    k: int = whole(5, 1, 100)
    threshold: float = number(0.3, 0.0, 1.0)
    per_article: int = whole(2, 0, 100)
    reranker: str = text("")
    rerank_top: int = whole(20, 1, 1000)


class TelegramSettings(Table):
    """The Telegram front end."""

    token: Secret | None = secret()
    token_file: Path | None = path_if_any()
    api_url: str = text("https://api.telegram.org", r"https?://[^\s/]+.*")
    proxy_url: str = text("", r"|(https?|socks5h?)://[^\s/]+.*")
    webhook_url: str = text("", r"(https?://[^\s/?#]+(/[^\s?#]*)?)?")
    webhook_listen: str = text("127.0.0.1:8443", check=_address)
    webhook_path: str = text("", r"(/[^\s?#]*)?")
    webhook_secret: Secret | None = secret()
    webhook_secret_file: Path | None = path_if_any()
    k: int = whole(5, 1, 10)
    allow: tuple[int, ...] = several(to_whole)
    block: tuple[int, ...] = several(to_whole)
    admins: tuple[int, ...] = several(to_whole)
    questions_per_minute: float = number(20.0, 0.0, 6000.0)
    question_burst: int = whole(10, 1, 1000)
    chat_questions_per_minute: float = number(60.0, 0.0, 6000.0)
    chat_question_burst: int = whole(20, 1, 1000)
    keep_days: int = whole(365, 0, 36_500)
    log_questions: bool = switch(False)
    alerts: int = whole(20, 0, 1000)
    quiet_hours: str = text("", _HOURS)
    timezone: str = text("", check=_known_zone)
    upload_mb: float = number(20.0, 0.0, 500.0)


class MonitoringSettings(Table):
    """Where operators see how the bot is doing."""

    listen: str = text("", check=_address_if_any)


class LogSettings(Table):
    """What is written to the log."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = choice("INFO", "DEBUG", "WARNING", "ERROR")
    format: Literal["text", "json"] = choice("text", "json")


class Settings(Table):
    """Everything an operator can choose. Built by `config.load_settings`; see `config/huiwen.toml`."""

    data_dir: Path = path(user_data_folder)
    articles: ArticlesSettings = section(ArticlesSettings)
    embedding: EmbeddingSettings = section(EmbeddingSettings)
    index: IndexSettings = section(IndexSettings)
    store: StoreSettings = section(StoreSettings)
    search: SearchSettings = section(SearchSettings)
    telegram: TelegramSettings = section(TelegramSettings)
    monitoring: MonitoringSettings = section(MonitoringSettings)
    log: LogSettings = section(LogSettings)

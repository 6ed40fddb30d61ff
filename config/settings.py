"""Settings: one frozen object, read once in `main`, that holds every choice an operator can make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from config.addresses import Address


def _expand(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:  # ~nobody
        raise ValueError(str(error)) from None


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _shard(text: str) -> str:
    number, _, of = text.partition("/")
    if text and not 1 <= int(number) <= int(of):
        raise ValueError(f"there is no part {number} of {of}")
    return text


def _known_zone(name: str) -> str:
    if name:
        from zoneinfo import ZoneInfo  # few name one

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write it as in Asia/Shanghai") from None
    return name


_HOUR = r"(?:[01]?\d|2[0-4])(?::[0-5]\d)?"
_HOURS = rf"^$|^{_HOUR}-{_HOUR}$"


def _address(text: str) -> str:
    Address.parse(text)
    return text


UserPath = Annotated[Path, AfterValidator(_expand)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ArticlesSettings(_Section):
    """Where articles come from."""

    paths: tuple[UserPath, ...] = ()
    inbox: Annotated[UserPath | None, BeforeValidator(_none_if_empty)] = None


class EmbeddingSettings(_Section):
    """Which sentence model turns text into vectors, and how it runs."""

    model: str = Field(default="use-multilingual-v3", min_length=1)
    threads: int = Field(default=0, ge=0, le=1024)
    batch_size: int = Field(default=32, ge=1, le=65536)
    query_prompt: str = ""
    passage_prompt: str = ""
    device: str = ""
    backend: Literal["torch", "onnx", "openvino"] = "torch"


class IndexSettings(_Section):
    """How articles are cut into passages, how many generations are kept, and how arrivals are noticed."""

    passage_chars: int = Field(default=600, ge=100, le=10_000)
    keep_generations: int = Field(default=3, ge=1, le=1000)
    shard: Annotated[str, AfterValidator(_shard)] = Field(default="", pattern=r"^$|^\d{1,4}/\d{1,4}$")
    watch: bool = False
    watch_settle: float = Field(default=2.0, ge=0.05, le=3600.0)
    watch_poll: float = Field(default=600.0, ge=1.0, le=86_400.0)


class StoreSettings(_Section):
    """Where articles are searched: beside the program, or on a Milvus server."""

    uri: str = Field(default="", pattern=r"^$|^(https?|tcp|unix)://[^\s/]+|^[^\s:]+\.db$")
    token: SecretStr | None = None
    timeout: float = Field(default=10.0, ge=0.1, le=600.0)
    database: str = Field(default="", pattern=r"^[A-Za-z0-9_]*$")
    prefix: str = Field(default="huiwen", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,40}$")
    writer: str = Field(default="main", pattern=r"^[A-Za-z0-9_-]{1,40}$")


class SearchSettings(_Section):
    """How many passages an answer has and when it is withheld."""

    k: int = Field(default=5, ge=1, le=100)
    threshold: float = Field(default=0.3, ge=0.0, le=1.0)
    per_article: int = Field(default=2, ge=0, le=100)
    reranker: str = ""
    rerank_top: int = Field(default=20, ge=1, le=1000)


class TelegramSettings(_Section):
    """The Telegram front end."""

    token: SecretStr | None = None
    token_file: Annotated[UserPath | None, BeforeValidator(_none_if_empty)] = None
    api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://[^\s/]+")
    proxy_url: str = Field(default="", pattern=r"^$|^(https?|socks5h?)://[^\s/]+")
    webhook_url: str = Field(default="", pattern=r"^$|^https?://[^\s/?#]+(/[^\s?#]*)?$")
    webhook_listen: Annotated[str, AfterValidator(_address)] = "127.0.0.1:8443"
    webhook_path: str = Field(default="", pattern=r"^$|^/[^\s?#]*$")
    webhook_secret: SecretStr | None = None
    webhook_secret_file: Annotated[UserPath | None, BeforeValidator(_none_if_empty)] = None
    k: int = Field(default=5, ge=1, le=10)
    allow: tuple[int, ...] = ()
    block: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    questions_per_minute: float = Field(default=20.0, ge=0.0, le=6000.0)
    question_burst: int = Field(default=10, ge=1, le=1000)
    chat_questions_per_minute: float = Field(default=60.0, ge=0.0, le=6000.0)
    chat_question_burst: int = Field(default=20, ge=1, le=1000)
    keep_days: int = Field(default=365, ge=0, le=36_500)
    log_questions: bool = False
    alerts: int = Field(default=20, ge=0, le=1000)
    quiet_hours: str = Field(default="", pattern=_HOURS)
    timezone: Annotated[str, AfterValidator(_known_zone)] = ""
    upload_mb: float = Field(default=20.0, ge=0.0, le=500.0)


class MonitoringSettings(_Section):
    """Where operators see how the bot is doing."""

    listen: str = ""

    @field_validator("listen")
    @classmethod
    def _listen(cls, text: str) -> str:
        return _address(text) if text else text


class LogSettings(_Section):
    """What is written to the log."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


class Settings(_Section):
    """Everything an operator can choose. Built by `config.load_settings`; see `config/huiwen.toml`."""

    data_dir: UserPath = Field(default_factory=lambda: user_data_path("huiwen", appauthor=False))
    articles: ArticlesSettings = ArticlesSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    index: IndexSettings = IndexSettings()
    store: StoreSettings = StoreSettings()
    search: SearchSettings = SearchSettings()
    telegram: TelegramSettings = TelegramSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    log: LogSettings = LogSettings()

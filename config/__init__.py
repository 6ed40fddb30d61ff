"""Settings: read once, frozen, with the origin of every value."""

from typing import TYPE_CHECKING

from config.errors import ConfigError
from config.loading import Loaded, Origin, default_values, load_settings
from config.settings import (
    ArticlesSettings,
    EmbeddingSettings,
    IndexSettings,
    LogSettings,
    MonitoringSettings,
    SearchSettings,
    Settings,
    StoreSettings,
    TelegramSettings,
)

if TYPE_CHECKING:
    from config.addresses import Address

__all__ = [
    "Address",
    "ArticlesSettings",
    "ConfigError",
    "EmbeddingSettings",
    "IndexSettings",
    "Loaded",
    "LogSettings",
    "MonitoringSettings",
    "Origin",
    "SearchSettings",
    "Settings",
    "StoreSettings",
    "TelegramSettings",
    "default_values",
    "load_settings",
]


def __getattr__(name: str) -> object:
    """Import what few commands need when one does."""
    if name != "Address":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from config.addresses import Address

    return Address

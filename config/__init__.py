"""Settings: read once, frozen, with the origin of every value."""

from config.addresses import Address
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

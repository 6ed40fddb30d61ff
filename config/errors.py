"""What can go wrong with the configuration."""


class ConfigError(Exception):
    """An unknown key or a wrong value; the text is one line a problem, each with the way to mend it."""

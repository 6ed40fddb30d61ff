"""Where settings come from: defaults, then a TOML file, then HUIWEN_* variables, then flags."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigError
from config.settings import Settings

_PREFIX = "HUIWEN_"
# Ours, but not settings: the file to read, and where the tests find their material.
_NOT_SETTINGS = frozenset({"HUIWEN_CONFIG", "HUIWEN_SHARED"})
_NEAR = 0.75  # difflib ratio above which an unknown variable is taken for a misspelt one
_SECRETS = ("telegram.token", "telegram.webhook_secret", "store.token")
# These may hold a user name and password.
_ADDRESSES = ("telegram.api_url", "telegram.proxy_url", "telegram.webhook_url", "store.uri")

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting as it is in force."""

    key: str
    """Dotted, as in `search.k`."""
    value: str
    """As TOML would write it; secrets read as "(set)" or "(not set)"."""
    where: str
    """"default", or the file, the variable or the flag that the value came from."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and the story of each value."""

    settings: Settings
    origins: tuple[Origin, ...]
    file: Path | None


def load_settings(flags: Mapping[str, Any] | None = None, *, file: Path | None = None) -> Loaded:
    """Return the settings in force.

    `flags` are dotted keys with values (`{"search.k": 3}`). `file` is a TOML file that must exist; without
    it the one named by HUIWEN_CONFIG is read, else `huiwen.toml` in this folder, else the one in the user's
    configuration folder, else none. Raises ConfigError, a line a problem.
    """
    file = file or _find_file()
    layers = [
        (f"file {file}", _read_toml(file) if file else {}),
        ("variable", _read_environment()),
        ("flag", _nest(flags or {})),
    ]
    merged: Tree = {}
    where: dict[str, str] = {}
    for name, tree in layers:
        _merge(merged, tree)
        for key, _ in _leaves(tree):
            where[key] = f"variable {_variable(key)}" if name == "variable" else name
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(detail, where) for detail in error.errors())) from None
    return Loaded(settings, tuple(_origins(settings, where)), file)


def _find_file() -> Path | None:
    if named := os.environ.get("HUIWEN_CONFIG"):
        return Path(os.path.expanduser(named))
    for candidate in (Path("huiwen.toml"), user_config_path("huiwen", appauthor=False) / "huiwen.toml"):
        if candidate.is_file():
            return candidate
    return None


def _read_toml(file: Path) -> Tree:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such configuration file; name one that exists") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); mend its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not valid TOML in UTF-8 ({error}); compare config/huiwen.toml") from None


def _read_environment() -> Tree:
    defaults = default_values()
    known = {_variable(key): key for key in defaults}
    sections = {variable.partition("__")[0] for variable in known if "__" in variable}
    found: Tree = {}
    for name in sorted(os.environ):
        if not name.upper().startswith(_PREFIX) or name.upper() in _NOT_SETTINGS:
            continue
        if key := known.get(name.upper()):
            if value := os.environ[name]:  # an empty one says nothing
                found[key] = _listed(key, value) if isinstance(defaults[key], tuple) else value
            continue
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=_NEAR)
        if near or "__" in name or name.upper() in sections:
            hint = f"did you mean {near[0]}?" if near else "see config/huiwen.toml for all keys"
            raise ConfigError(f"{name}: unknown setting in the environment; {hint}")
    return _nest(found)


def _listed(key: str, value: str) -> object:
    """Return the list that a variable has as JSON."""
    try:
        return json.loads(value)
    except ValueError:
        shape = '["a", "b"]' if key == "articles.paths" else "[123456, -100123456]"
        where = f"{key} = {value!r} (from variable {_variable(key)})"
        raise ConfigError(f"{where}: lists are written as JSON; write it as {shape}") from None


def default_values() -> dict[str, Any]:
    """Return every dotted key with its default."""
    return dict(_leaves(_dump(Settings.model_construct())))


def _dump(model: BaseModel) -> Tree:
    return {
        name: _dump(value) if isinstance(value, BaseModel) else value
        for name, value in ((name, getattr(model, name)) for name in type(model).model_fields)
    }


def _leaves(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _nest(flags: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for key, value in flags.items():
        *sections, name = key.split(".")
        node = tree
        for section in sections:
            node = node.setdefault(section, {})
        node[name] = value
    return tree


def _merge(into: Tree, tree: Tree) -> None:
    for name, value in tree.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _variable(key: str) -> str:
    return _PREFIX + key.replace(".", "__").upper()


def _explain(detail: ErrorDetails, where: Mapping[str, str]) -> str:
    key = ".".join(str(part) for part in detail["loc"] if isinstance(part, str))
    origin = where.get(key) or next((w for k, w in where.items() if k.startswith(f"{key}.")), "default")
    defaults = default_values()
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, defaults, n=1)
        hint = f"did you mean {near[0]}?" if near else "see config/huiwen.toml for all keys"
        return f"{key}: unknown setting (from {origin}); {hint}"
    value = "(hidden)" if _is_secret(key, detail["input"]) else repr(detail["input"])
    reason = detail["msg"][:1].lower() + detail["msg"][1:]
    mend = f"the default is {_written(defaults[key])}" if key in defaults else "see config/huiwen.toml"
    return f"{key} = {value} (from {origin}): {reason}; {mend}"


def _is_secret(key: str, value: object) -> bool:
    if "token" in key or "secret" in key or key in ("telegram", "store"):
        return True
    return key in _ADDRESSES and "@" in str(value)


def _origins(settings: Settings, where: Mapping[str, str]) -> Iterator[Origin]:
    for key, value in _leaves(_dump(settings)):
        written = _written(value)
        if key in _SECRETS:
            written = "(set)" if value else "(not set)"
        elif key in _ADDRESSES and "@" in written:
            written = "(set, with credentials)"
        yield Origin(key, written, where.get(key, "default"))


def _written(value: object) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    if value is None:
        return '""'
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)

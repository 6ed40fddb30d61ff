"""Where settings come from: defaults, then a TOML file, then HUIWEN_* variables, then flags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from config.errors import ConfigError
from config.fields import Field, Problem, Table, WrongValuesError
from config.folders import user_config_folder
from config.settings import Settings

_PREFIX = "HUIWEN_"
# Ours, but not settings: the file to read, and where the tests find their material.
_NOT_SETTINGS = frozenset({"HUIWEN_CONFIG", "HUIWEN_SHARED"})
_NEAR = 0.75  # difflib ratio above which an unknown variable is taken for a misspelt one
_SECRETS = ("telegram.token", "telegram.webhook_secret", "store.token")
# These may hold a user name and password.
_ADDRESSES = ("telegram.api_url", "telegram.proxy_url", "telegram.webhook_url", "store.uri")

Tree = dict[str, Any]


class Origin(NamedTuple):
    """One setting as it is in force."""

    key: str
    """Dotted, as in `search.k`."""
    value: str
    """As TOML would write it; secrets read as "(set)" or "(not set)"."""
    where: str
    """"default", or the file, the variable or the flag that the value came from."""


class Loaded(NamedTuple):
    """Settings, and the story of each value."""

    settings: Settings
    where: Mapping[str, str]
    """By dotted key the file, the variable or the flag that its value came from, if from any."""
    file: Path | None

    @property
    def origins(self) -> list[Origin]:
        """Return every setting with the origin of its value."""
        return list(_origins(self.settings, self.where))


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
        settings = Settings.of(merged)
    except WrongValuesError as error:
        raise ConfigError("\n".join(_explain(problem, where) for problem in error.problems)) from None
    return Loaded(settings, where, file)


def _find_file() -> Path | None:
    if named := os.environ.get("HUIWEN_CONFIG"):
        return Path(os.path.expanduser(named))
    for candidate in (Path("huiwen.toml"), user_config_folder() / "huiwen.toml"):
        if candidate.is_file():
            return candidate
    return None


def _read_toml(file: Path) -> Tree:
    import tomllib  # few have a file

    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such configuration file; name one that exists") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); mend its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not valid TOML in UTF-8 ({error}); compare config/huiwen.toml") from None


def _read_environment() -> Tree:
    declared = dict(_declared(Settings))
    known = {_variable(key): key for key in declared}
    sections = {variable.partition("__")[0] for variable in known if "__" in variable}
    found: Tree = {}
    for name in sorted(os.environ):
        if not name.upper().startswith(_PREFIX) or name.upper() in _NOT_SETTINGS:
            continue
        if key := known.get(name.upper()):
            if value := os.environ[name]:  # an empty one says nothing
                found[key] = _listed(key, value) if declared[key].is_list else value
            continue
        near = _near(name.upper(), known, _NEAR)
        if near or "__" in name or name.upper() in sections:
            hint = f"did you mean {near}?" if near else "see config/huiwen.toml for all keys"
            raise ConfigError(f"{name}: unknown setting in the environment; {hint}")
    return _nest(found)


def _listed(key: str, value: str) -> object:
    """Return the list that a variable has as JSON."""
    import json

    try:
        return json.loads(value)
    except ValueError:
        shape = '["a", "b"]' if key == "articles.paths" else "[123456, -100123456]"
        where = f"{key} = {value!r} (from variable {_variable(key)})"
        raise ConfigError(f"{where}: lists are written as JSON; write it as {shape}") from None


def default_values() -> dict[str, Any]:
    """Return every dotted key with its default."""
    return dict(Settings().leaves())


def _declared(table: type[Table], prefix: str = "") -> Iterator[tuple[str, Field]]:
    for name, field in table.fields.items():
        if field.table is not None:
            yield from _declared(field.table, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


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


def _explain(problem: Problem, where: Mapping[str, str]) -> str:
    key = problem.key
    origin = where.get(key) or next((w for k, w in where.items() if k.startswith(f"{key}.")), "default")
    defaults = default_values()
    if not problem.reason:
        near = _near(key, defaults)
        hint = f"did you mean {near}?" if near else "see config/huiwen.toml for all keys"
        return f"{key}: unknown setting (from {origin}); {hint}"
    value = "(hidden)" if _is_secret(key, problem.value) else repr(problem.value)
    mend = f"the default is {_written(defaults[key])}" if key in defaults else "see config/huiwen.toml"
    return f"{key} = {value} (from {origin}): {problem.reason}; {mend}"


def _near(name: str, known: Iterable[str], least: float = 0.6) -> str:
    """Return the one of `known` that is most like `name`, empty where none is."""
    import difflib  # most write what there is

    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=least)), "")


def _is_secret(key: str, value: object) -> bool:
    if "token" in key or "secret" in key or key in ("telegram", "store"):
        return True
    return key in _ADDRESSES and "@" in str(value)


def _origins(settings: Settings, where: Mapping[str, str]) -> Iterator[Origin]:
    for key, value in settings.leaves():
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
    import json  # as a rule nothing is to be told of what is right

    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)

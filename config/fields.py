"""Tables of settings, frozen, each value checked when it is set.

A library that does the same takes a tenth of a second to import, which every command would have to wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, cast, dataclass_transform

Check = Callable[[Any], Any]
"""Returns a value as it is kept. Raises ValueError with what is wrong with it."""

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})
_UNSAID = object()

_T = TypeVar("_T")
_Number = TypeVar("_Number", int, float)
_Word = TypeVar("_Word", bound=str)
_Table = TypeVar("_Table", bound="Table")


class Problem(NamedTuple):
    """A value that cannot be."""

    key: str
    """Dotted, as in `search.k`."""
    value: object
    reason: str
    """Empty where there is no such key."""


class WrongValuesError(ValueError):
    """Values that a table cannot have; the text has none of them, for one may be a secret."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{each.key}: {each.reason or 'unknown setting'}" for each in self.problems)
        )


class Secret:
    """A text that nothing shows by chance."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """Return the text."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret('**********')" if self._text else "Secret('')"


class Field:
    """One key of a table."""

    __slots__ = ("_check", "_default", "_each")

    def __init__(self, check: Check, default: object, *, each: bool = False) -> None:
        """Take what is checked, or `each` of a list of it, and what a table has that says nothing of it.

        A function as a default is called when it is needed.
        """
        self._check, self._default, self._each = check, default, each

    @property
    def default(self) -> object:
        """Return what is in force where nothing is said."""
        return self._default() if callable(self._default) else self._default

    @property
    def table(self) -> type[Table] | None:
        """Return the table that is the value, None where it is another one."""
        return type(self._default) if isinstance(self._default, Table) else None

    @property
    def is_list(self) -> bool:
        """Tell whether several may be given."""
        return self._each

    def read(self, key: str, value: object, problems: list[Problem]) -> object:
        """Return a value as it is kept; what is wrong with it is added to `problems`."""
        if not self._each:
            return self._read(key, value, problems)
        if not isinstance(value, list | tuple):
            problems.append(Problem(key, value, "should be a list"))
            return ()
        return tuple([self._read(key, item, problems) for item in value])

    def _read(self, key: str, value: object, problems: list[Problem]) -> object:
        try:
            return self._check(value)
        except WrongValuesError as error:
            problems += (each._replace(key=f"{key}.{each.key}") for each in error.problems)
        except ValueError as error:
            problems.append(Problem(key, value, str(error)))
        return None


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Table:
    """What a class declares as its fields: `k: int = whole(5, 1, 100)`."""

    fields: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        cls.fields = {name: field for name, field in vars(cls).items() if isinstance(field, Field)}

    def __init__(self, /, **values: object) -> None:
        problems: list[Problem] = []
        for name, field in self.fields.items():
            given = values.pop(name, _UNSAID)
            kept = field.default if given is _UNSAID else field.read(name, given, problems)
            self.__dict__[name] = kept
        problems += (Problem(name, value, "") for name, value in values.items())
        if problems:
            raise WrongValuesError(problems)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Return the table with these values; a table in it may be given as its values.

        Raises WrongValuesError with all that is wrong.
        """
        return cls(**values)

    def changed(self, **values: object) -> Self:
        """Return a table that has these values, which are not checked, and otherwise the same."""
        if unknown := values.keys() - self.fields.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        copy = object.__new__(type(self))
        copy.__dict__.update(vars(self), **values)
        return copy

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Any]]:
        """Yield every dotted key with its value, of tables within this one as well."""
        for name in self.fields:
            value = getattr(self, name)
            if isinstance(value, Table):
                yield from value.leaves(f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", value

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).items()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def section(table: type[_Table]) -> _Table:
    """Declare a table within a table."""

    def check(value: object) -> _Table:
        if isinstance(value, table):
            return value
        if not isinstance(value, Mapping):
            raise ValueError("should be a table of settings")
        return table.of(value)

    return cast(_Table, Field(check, table()))


def whole(default: int, least: int, most: int) -> int:
    """Declare a whole number, which may be written as text."""
    return cast(int, Field(lambda value: _within(to_whole(value), least, most), default))


def number(default: float, least: float, most: float) -> float:
    """Declare a number, which may be written as text."""
    return cast(float, Field(lambda value: _within(_to_number(value), least, most), default))


def text(default: str, pattern: str = "", check: Callable[[str], object] | None = None) -> str:
    """Declare a text that is all as `pattern` says, and at which `check` finds nothing wrong."""

    def checked(value: object) -> str:
        found = _to_text(value)
        if pattern:
            import re  # as a rule all is as it is by default, which need not be looked at

            if not re.fullmatch(pattern, found):
                raise ValueError(f"should match pattern {pattern!r}")
        if check is not None:
            check(found)
        return found

    return cast(str, Field(checked, default))


def choice(default: _Word, *others: _Word) -> _Word:
    """Declare one of a few words."""
    known = (default, *others)

    def check(value: object) -> str:
        if value in known:
            return str(value)
        raise ValueError(f"should be {', '.join(map(repr, known[:-1]))} or {known[-1]!r}")

    return cast(_Word, Field(check, default))


def switch(default: bool) -> bool:
    """Declare what is on or off, which may be written as text."""
    return cast(bool, Field(_to_switch, default))


def secret() -> Secret | None:
    """Declare a text that nothing shows, None where it is not set."""
    return cast("Secret | None", Field(lambda value: _optional(value, _to_secret), None))


def path(default: Callable[[], Path]) -> Path:
    """Declare a path, in which ~ is somebody's home."""
    return cast(Path, Field(to_path, default))


def path_if_any() -> Path | None:
    """Declare a path, in which ~ is somebody's home, None where it is not set."""
    return cast("Path | None", Field(lambda value: _optional(value, to_path), None))


def several(check: Callable[[Any], _T]) -> tuple[_T, ...]:
    """Declare a list, by default an empty one; `check` is of each of its members."""
    return cast("tuple[_T, ...]", Field(check, (), each=True))


def to_whole(value: object) -> int:
    """Return what is or says a whole number. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise ValueError("should be a valid integer")


def to_path(value: object) -> Path:
    """Return a path with ~ filled in. Raises ValueError."""
    if not isinstance(value, str | Path):
        raise ValueError("should be a path")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # ~nobody
        raise ValueError(str(error)) from None


def _to_number(value: object) -> float:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise ValueError("should be a valid number")


def _to_text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("should be a valid string")


def _to_secret(value: object) -> Secret:
    return value if isinstance(value, Secret) else Secret(_to_text(value))


def _to_switch(value: object) -> bool:
    said = str(value).strip().casefold() if isinstance(value, bool | int | str) else ""
    if said in _TRUE or said in _FALSE:
        return said in _TRUE
    raise ValueError("should be true or false")


def _within(value: _Number, least: float, most: float) -> _Number:
    if not value >= least:
        raise ValueError(f"should be greater than or equal to {least}")
    if not value <= most:
        raise ValueError(f"should be less than or equal to {most}")
    return value


def _optional(value: object, check: Callable[[Any], _T]) -> _T | None:
    return None if value is None or value == "" else check(value)

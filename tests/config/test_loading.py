"""Settings: where each comes from, and what is said of a wrong one."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platformdirs import user_config_path

from config import ConfigError, default_values, load_settings

_SHOWN = Path(__file__).parents[2] / "config" / "huiwen.toml"
_COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, an empty home and none of our variables."""
    for name in list(os.environ):
        if name.upper().startswith(("HUIWEN_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _file(text: str, name: str = "mine.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def _origin(key: str, flags: dict[str, Any] | None = None, file: Path | None = None) -> tuple[str, str]:
    origins = {origin.key: origin for origin in load_settings(flags, file=file).origins}
    return origins[key].value, origins[key].where


def _refusal(flags: dict[str, Any] | None = None, file: Path | None = None) -> str:
    with pytest.raises(ConfigError) as raised:
        load_settings(flags, file=file)
    text = str(raised.value)
    assert "\n" not in text
    return text


def test_defaults_are_in_force_where_nothing_is_said() -> None:
    loaded = load_settings()
    assert loaded.file is None
    assert {origin.where for origin in loaded.origins} == {"default"}
    assert {origin.key for origin in loaded.origins} == set(default_values())
    assert loaded.settings.search.k == 5


def test_the_file_is_weaker_than_the_environment_and_that_than_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _origin("search.k") == ("5", "default")
    file = _file("[search]\nk = 2\nthreshold = 0.25\n")
    assert _origin("search.k", file=file) == ("2", "file mine.toml")
    monkeypatch.setenv("HUIWEN_SEARCH__K", "3")
    assert _origin("search.k", file=file) == ("3", "variable HUIWEN_SEARCH__K")
    assert _origin("search.threshold", file=file) == ("0.25", "file mine.toml")  # a neighbour stays
    assert _origin("search.k", {"search.k": 4}, file) == ("4", "flag")


@given(st.lists(st.integers(1, 100), min_size=3, max_size=3, unique=True), st.sets(st.integers(0, 2)))
def test_the_strongest_that_speaks_wins(values: list[int], speaking: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        file = _file(f"[search]\nk = {values[0]}\n") if 0 in speaking else None
        if 1 in speaking:
            patch.setenv("HUIWEN_SEARCH__K", str(values[1]))
        flags = {"search.k": values[2]} if 2 in speaking else {}
        expected = values[max(speaking)] if speaking else 5
        assert load_settings(flags, file=file).settings.search.k == expected


def test_a_file_is_found_here_then_at_home_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    at_home = user_config_path("huiwen", appauthor=False)
    at_home.mkdir(parents=True)
    (at_home / "huiwen.toml").write_text("[search]\nk = 11\n", encoding="utf-8")
    assert load_settings().settings.search.k == 11
    _file("[search]\nk = 12\n", "huiwen.toml")
    assert load_settings().settings.search.k == 12
    (Path.home() / "named.toml").write_text("[search]\nk = 13\n", encoding="utf-8")
    monkeypatch.setenv("HUIWEN_CONFIG", "~/named.toml")
    assert load_settings().settings.search.k == 13
    assert load_settings(file=_file("[search]\nk = 14\n")).settings.search.k == 14


def test_the_environment_speaks_every_kind_of_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIWEN_ARTICLES__PATHS", '["~/articles", "/srv/报纸"]')
    monkeypatch.setenv("huiwen_search__threshold", "0.125")
    monkeypatch.setenv("HUIWEN_LOG__LEVEL", "DEBUG")
    monkeypatch.setenv("HUIWEN_EMBEDDING__MODEL", "")  # empty says nothing
    settings = load_settings().settings
    assert settings.articles.paths == (Path.home() / "articles", Path("/srv/报纸"))
    assert settings.search.threshold == 0.125
    assert settings.log.level == "DEBUG"
    assert settings.embedding.model == "use-multilingual-v3"


def test_home_is_expanded_wherever_a_path_is_given(alone: Path) -> None:
    file = _file('data_dir = "~/data"\n[articles]\npaths = ["~"]\n[telegram]\ntoken_file = "~/token"\n')
    settings = load_settings(file=file).settings
    assert settings.data_dir == alone / "home" / "data"
    assert settings.articles.paths == (alone / "home",)
    assert settings.telegram.token_file == alone / "home" / "token"


def test_settings_cannot_be_changed() -> None:
    settings = load_settings().settings
    with pytest.raises(AttributeError, match="frozen"):
        settings.search.k = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        settings.data_dir = Path("elsewhere")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[search]\nk = 0\n", ["search.k = 0", "greater than or equal to 1", "the default is 5"]),
        ("[search]\nk = 'many'\n", ["search.k = 'many'", "integer", "the default is 5"]),
        (
            "[search]\nthreshold = 1.5\n",
            ["search.threshold = 1.5", "less than or equal to 1", "the default is"],
        ),
        ("[search]\nkk = 3\n", ["search.kk: unknown setting", "did you mean search.k?"]),
        ("[serach]\nk = 3\n", ["serach", "unknown setting"]),
        ("nonsense = 3\n", ["nonsense: unknown setting", "config/huiwen.toml"]),
        ('[telegram]\nwebhook_listen = "8443"\n', ["telegram.webhook_listen", "HOST:PORT", "127.0.0.1:8443"]),
        ('[monitoring]\nlisten = "[::1]:70000"\n', ["monitoring.listen", "HOST:PORT"]),
        ('[telegram]\nwebhook_url = "bot.example.org"\n', ["telegram.webhook_url", "pattern"]),
        ("[telegram]\nwebhook_secret = 5\n", ["telegram.webhook_secret = (hidden)"]),
        ("search = 3\n", ["search = 3", "config/huiwen.toml"]),
        ("[log]\nlevel = 'LOUD'\n", ["log.level = 'LOUD'", "'DEBUG'", 'the default is "INFO"']),
        ("[articles]\npaths = [1]\n", ["articles.paths = 1", "the default is []"]),
        ("[articles]\npaths = 'here'\n", ["articles.paths = 'here'", "the default is []"]),
        ("data_dir = '~nobody-of-this-name/x'\n", ["data_dir", "nobody-of-this-name"]),
        ("[telegram]\napi_url = 'ftp://x'\n", ["telegram.api_url = 'ftp://x'", "https://api.telegram.org"]),
        ("[telegram]\nproxy_url = 'x'\n", ["telegram.proxy_url = 'x'"]),
        ("[embedding]\nbackend = 'abacus'\n", ["embedding.backend = 'abacus'", "'torch'"]),
    ],
)
def test_a_wrong_value_is_one_line_with_key_value_and_mend(text: str, parts: list[str]) -> None:
    refusal = _refusal(file=_file(text))
    assert "(from file mine.toml)" in refusal
    assert all(part in refusal for part in parts), refusal


def test_several_wrong_values_are_a_line_each() -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(file=_file("[search]\nk = 0\nkk = 1\n[log]\nlevel = 1\n"))
    assert len(str(raised.value).splitlines()) == 3


def test_a_secret_is_in_no_message_and_no_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "123456789:AbCdEfGhIjKlMnOpQrStUv"
    for text in (
        f"[telegram]\ntoken = ['{secret}']\n",
        f"telegram = '{secret}'\n",
        f"[telegram]\ntokn = '{secret}'\n",
        f"[telegram]\nproxy_url = 'http//me:{secret}@host'\n",
        f"[telegram]\napi_url = 'me:{secret}@host'\n",
    ):
        refusal = _refusal(file=_file(text))
        assert secret not in refusal
        assert "telegram" in refusal
    monkeypatch.setenv("HUIWEN_TELEGRAM__TOKEN", secret)
    assert _origin("telegram.token") == ("(set)", "variable HUIWEN_TELEGRAM__TOKEN")
    monkeypatch.delenv("HUIWEN_TELEGRAM__TOKEN")
    assert _origin("telegram.token") == ("(not set)", "default")
    for key in ("proxy_url", "api_url"):
        value, _ = _origin(f"telegram.{key}", file=_file(f"[telegram]\n{key} = 'http://me:{secret}@host'\n"))
        assert secret not in value


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("HUIWEN_SEARCH__KK", "3", ["HUIWEN_SEARCH__KK", "did you mean HUIWEN_SEARCH__K?"]),
        ("HUIWEN_SERCH__K", "3", ["HUIWEN_SERCH__K", "did you mean HUIWEN_SEARCH__K?"]),
        ("HUIWEN_DATADIR", "x", ["HUIWEN_DATADIR", "did you mean HUIWEN_DATA_DIR?"]),
        ("HUIWEN_QUITE__ELSE", "x", ["HUIWEN_QUITE__ELSE: unknown setting", "config/huiwen.toml"]),
        ("HUIWEN_LOG", "DEBUG", ["HUIWEN_LOG: unknown setting"]),
        ("HUIWEN_SEARCH", "{}", ["HUIWEN_SEARCH: unknown setting"]),
        (
            "HUIWEN_ARTICLES__PATHS",
            "a,b",
            ["articles.paths", "'a,b'", "HUIWEN_ARTICLES__PATHS", '["a", "b"]'],
        ),
        ("HUIWEN_SEARCH__K", "x", ["search.k = 'x'", "HUIWEN_SEARCH__K", "the default is 5"]),
        ("HUIWEN_DATA_DIR", "~nobody-of-this-name", ["data_dir", "HUIWEN_DATA_DIR"]),
    ],
)
def test_a_wrong_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, parts: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    refusal = _refusal()
    assert all(part in refusal for part in parts), refusal


def test_variables_that_are_not_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIWEN_SHARED", "/somewhere")
    monkeypatch.setenv("HUIWENISH__K", "3")
    load_settings()


def test_a_wrong_flag_is_refused_as_such() -> None:
    refusal = _refusal({"search.k": 1000})
    assert "search.k = 1000 (from flag)" in refusal


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"[search\nk = 1\n", ["not valid TOML", "line 1"]),
        ("[search]\nk = 1 # 中文".encode("gb18030"), ["not valid TOML in UTF-8"]),
        (b"k = 1\nk = 2\n", ["not valid TOML"]),
        (b"\x00\x01", ["not valid TOML"]),
    ],
)
def test_a_broken_file_is_refused(content: bytes, parts: list[str]) -> None:
    path = Path("broken.toml")
    path.write_bytes(content)
    refusal = _refusal(file=path)
    assert refusal.startswith("broken.toml: ")
    assert all(part in refusal for part in parts), refusal


def test_a_missing_file_and_a_folder_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such configuration file" in _refusal(file=Path("missing.toml"))
    assert "cannot be read" in _refusal(file=Path("."))
    monkeypatch.setenv("HUIWEN_CONFIG", "gone.toml")
    assert "gone.toml: no such configuration file" in _refusal()


def test_a_byte_order_mark_is_no_part_of_a_file() -> None:
    path = Path("marked.toml")
    path.write_bytes(b"\xef\xbb\xbf[search]\nk = 7\n")
    assert load_settings(file=path).settings.search.k == 7


def test_the_file_we_show_has_every_key_with_its_default() -> None:
    text = _COMMENTED.sub("", _SHOWN.read_text(encoding="utf-8"))
    shown = {
        f"{section}.{key}" if section else key: value
        for section, keys in _sections(tomllib.loads(text))
        for key, value in keys.items()
    }
    expected: dict[str, object] = {
        key: "" if value is None else str(value) if isinstance(value, Path) else value
        for key, value in default_values().items()
    }
    expected |= {key: [] for key, value in expected.items() if value == ()}
    expected["data_dir"] = "~" + str(expected["data_dir"]).removeprefix(str(Path.home()))
    if os.name == "posix" and Path("/proc").exists():  # the folder shown is that of Linux
        assert shown == expected
    assert shown.keys() == expected.keys()


def test_the_file_we_show_means_the_defaults_with_and_without_its_comments() -> None:
    plain = _SHOWN.read_text(encoding="utf-8")
    defaults = {origin.key: origin.value for origin in load_settings().origins}
    for text in (plain, _COMMENTED.sub("", plain)):
        loaded = load_settings(file=_file(text))
        assert {**{origin.key: origin.value for origin in loaded.origins}, "data_dir": ""} == {
            **defaults,
            "data_dir": "",
        }
        assert loaded.settings.telegram.token_file is None


def _sections(tree: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    top = {key: value for key, value in tree.items() if not isinstance(value, dict)}
    return [("", top), *((key, value) for key, value in tree.items() if isinstance(value, dict))]

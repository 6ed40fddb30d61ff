"""A user's folders: where platformdirs says that they are."""

from __future__ import annotations

import pytest
from platformdirs import user_config_path, user_data_path

from config.folders import user_config_folder, user_data_folder


@pytest.mark.parametrize("home", ["/home/somebody", "/"])
@pytest.mark.parametrize("named", [None, "", "/elsewhere", "/else where/", "relative", "~/tilde", "/a/../b"])
def test_folders_are_those_of_the_system(
    monkeypatch: pytest.MonkeyPatch, home: str, named: str | None
) -> None:
    monkeypatch.setenv("HOME", home)
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
        if named is not None:
            monkeypatch.setenv(variable, named)
    assert user_config_folder() == user_config_path("huiwen", appauthor=False)
    assert user_data_folder() == user_data_path("huiwen", appauthor=False)

"""The options that several commands share, and the settings that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from config import Loaded

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
count_option = click.option("-k", metavar="N", type=click.IntRange(1, 100), help="Passages to show.")
since_option = click.option("--since", metavar="D", help="Only articles from this date on: 2019-11-20.")
until_option = click.option("--until", metavar="D", help="Only articles up to this date.")
context_option = click.option(
    "--context", "context_paragraphs", metavar="N", type=click.IntRange(0, 100), default=0, show_default=True,
    help="Show N paragraphs before and after each.",
)  # fmt: skip
explain_option = click.option("--explain", is_flag=True, help="Tell why these passages, in this order.")
wait_option = click.option("--wait", is_flag=True, help="Wait while another huiwen writes the index.")

_config = click.option("--config", metavar="FILE", type=PATH, help="Read settings from this TOML file.")
_data_dir = click.option("--data-dir", metavar="DIR", type=PATH, help="Where the index lives.")


def settings_options(command: Command) -> Command:
    """Let a command take the options that every command with settings has."""
    return _config(_data_dir(command))


def loaded(
    context: click.Context, config: Path | None, data_dir: Path | None, flags: dict[str, Any] | None = None
) -> Loaded:
    """Return the settings in force; `--config` and `--data-dir` may stand before or after the command."""
    from config import load_settings

    common = context.obj or {}
    given = {**(flags or {}), "data_dir": data_dir or common.get("data_dir")}
    file = config or common.get("config")
    return load_settings({key: value for key, value in given.items() if value is not None}, file=file)

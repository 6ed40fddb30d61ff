"""The options that several commands share, and the settings that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option

from config import Loaded, load_settings

ConfigOption = Annotated[
    Path | None, Option("--config", metavar="FILE", help="Read settings from this TOML file.")
]
DataOption = Annotated[Path | None, Option("--data-dir", metavar="DIR", help="Where the index lives.")]
JsonOption = Annotated[bool, Option("--json", help="Print JSON for programs.")]
CountOption = Annotated[int | None, Option("-k", metavar="N", min=1, max=100, help="Passages to show.")]
SinceOption = Annotated[
    str | None, Option("--since", metavar="D", help="Only articles from this date on: 2019-11-20.")
]
ContextOption = Annotated[
    int, Option("--context", metavar="N", min=0, max=100, help="Show N paragraphs before and after each.")
]
ExplainOption = Annotated[bool, Option("--explain", help="Tell why these passages, in this order.")]
UntilOption = Annotated[str | None, Option("--until", metavar="D", help="Only articles up to this date.")]


def loaded(
    context: typer.Context, config: Path | None, data_dir: Path | None, flags: dict[str, Any] | None = None
) -> Loaded:
    """Return the settings in force; `--config` and `--data-dir` may stand before or after the command."""
    common = context.obj or {}
    given = {**(flags or {}), "data_dir": data_dir or common.get("data_dir")}
    file = config or common.get("config")
    return load_settings({key: value for key, value in given.items() if value is not None}, file=file)

"""The command about what people think of answers: feedback."""

from __future__ import annotations

import typer
from typer import Typer

from bot.cli_options import ConfigOption, DataOption, JsonOption, loaded

people_app = Typer()


@people_app.command("feedback")
def _feedback(
    context: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Show what people in Telegram thought of answers, the oldest first."""
    from bot.feedback import feedback

    return feedback(loaded(context, config, data_dir).settings.data_dir, as_json=as_json)

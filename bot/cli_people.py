"""The command about what people think of answers: feedback."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli_options import json_option, loaded, settings_options


@click.command("feedback")
@json_option
@settings_options
@click.pass_context
def feedback(context: click.Context, as_json: bool, config: Path | None, data_dir: Path | None) -> int:
    """Show what people in Telegram thought of answers, the oldest first."""
    from bot.feedback import feedback

    return feedback(loaded(context, config, data_dir).settings.data_dir, as_json=as_json)


PEOPLE_COMMANDS = (feedback,)

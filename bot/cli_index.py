"""The commands that write the index: index, rollback, export, import."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli_options import PATH, json_option, loaded, settings_options, wait_option


@click.command("index")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@click.option("--full", is_flag=True, help="Read and encode everything anew.")
@click.option("--retry", is_flag=True, help="Read again what could not be read, though it has not changed.")
@wait_option
@click.option(
    "--watch", "watching", is_flag=True, help="Go on: follow what comes, changes and goes, until stopped."
)
@click.option("--tied", is_flag=True, hidden=True)  # to the bot; see bot/tie.py
@click.option("--shard", metavar="K/N", help="Only part K of N of the files, as in 3/8.")
@json_option
@settings_options
@click.pass_context
def index(
    context: click.Context,
    paths: tuple[Path, ...],
    full: bool,
    retry: bool,
    wait: bool,
    watching: bool,
    tied: bool,
    shard: str | None,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Read new, changed and removed articles and publish a new generation.

    PATH are folders or files of articles; without any those of the settings, else those of the last time.
    """
    settings = loaded(context, config, data_dir, {"index.shard": shard}).settings
    if tied:
        from bot.tie import tie

        tie()  # before numpy is imported: a priority is that of a thread and those that it starts
    if watching:
        from bot.watching import watch

        return watch(settings, list(paths), full=full, retry=retry, as_json=as_json)
    from bot.indexing import index, plan_of

    plan = plan_of(settings, full=full, retry=retry, wait=wait)
    return index(settings, list(paths), plan, as_json=as_json)


@click.command("rollback")
@click.argument("generation", metavar="[GENERATION]", required=False, type=int)
@wait_option
@json_option
@settings_options
@click.pass_context
def rollback(
    context: click.Context,
    generation: int | None,
    wait: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Let an earlier generation serve again; the next `huiwen index` follows the folders as they then are.

    GENERATION is its number; without it, the one before.
    """
    from bot.keeping import rollback

    return rollback(loaded(context, config, data_dir).settings, generation, wait=wait, as_json=as_json)


@click.command("export")
@click.argument("file", metavar="FILE", type=PATH)
@json_option
@settings_options
@click.pass_context
def export(
    context: click.Context, file: Path, as_json: bool, config: Path | None, data_dir: Path | None
) -> int:
    """Write the serving generation to one file.

    FILE is a tar archive; .tar.gz and .tar.xz are packed.
    """
    from bot.keeping import export

    return export(loaded(context, config, data_dir).settings.data_dir, file, as_json=as_json)


@click.command("import")
@click.argument("file", metavar="FILE", type=PATH)
@wait_option
@json_option
@settings_options
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    wait: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Verify what `huiwen export` wrote and let it serve; what served before can be gone back to.

    FILE is what `huiwen export` wrote.
    """
    from bot.keeping import import_

    return import_(loaded(context, config, data_dir).settings, file, wait=wait, as_json=as_json)


INDEX_COMMANDS = (index, rollback, export, import_)

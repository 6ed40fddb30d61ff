"""The commands that write the index: index, rollback, export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option, Typer

from bot.cli_options import ConfigOption, DataOption, JsonOption, loaded
from bot.tie import tie

index_app = Typer()

WaitOption = Annotated[bool, Option("--wait", help="Wait while another huiwen writes the index.")]


@index_app.command("index")
def _index(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, Argument(metavar="[PATH]...", help="Folders or files of articles.")
    ] = None,
    full: Annotated[bool, Option("--full", help="Read and encode everything anew.")] = False,
    retry: Annotated[
        bool, Option("--retry", help="Read again what could not be read, though it has not changed.")
    ] = False,
    wait: WaitOption = False,
    watching: Annotated[
        bool, Option("--watch", help="Go on: follow what comes, changes and goes, until stopped.")
    ] = False,
    tied: Annotated[bool, Option("--tied", hidden=True)] = False,  # to the bot; see bot/tie.py
    shard: Annotated[
        str | None, Option("--shard", metavar="K/N", help="Only part K of N of the files, as in 3/8.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Read new, changed and removed articles and publish a new generation."""
    settings = loaded(context, config, data_dir, {"index.shard": shard}).settings
    if tied:
        tie()  # before numpy is imported: a priority is that of a thread and those that it starts
    if watching:
        from bot.watching import watch

        return watch(settings, paths or [], full=full, retry=retry, as_json=as_json)
    from bot.indexing import index, plan_of

    return index(settings, paths or [], plan_of(settings, full=full, retry=retry, wait=wait), as_json=as_json)


@index_app.command("rollback")
def _rollback(
    context: typer.Context,
    generation: Annotated[
        int | None, Argument(metavar="[GENERATION]", help="Its number; by default the one before.")
    ] = None,
    wait: WaitOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Let an earlier generation serve again; the next `huiwen index` follows the folders as they then are."""
    from bot.keeping import rollback

    return rollback(loaded(context, config, data_dir).settings, generation, wait=wait, as_json=as_json)


@index_app.command("export")
def _export(
    context: typer.Context,
    file: Annotated[Path, Argument(metavar="FILE", help="A tar archive; .tar.gz and .tar.xz are packed.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Write the serving generation to one file."""
    from bot.keeping import export

    return export(loaded(context, config, data_dir).settings.data_dir, file, as_json=as_json)


@index_app.command("import")
def _import(
    context: typer.Context,
    file: Annotated[Path, Argument(metavar="FILE", help="What `huiwen export` wrote.")],
    wait: WaitOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Verify what `huiwen export` wrote and let it serve; what served before can be gone back to."""
    from bot.keeping import import_

    return import_(loaded(context, config, data_dir).settings, file, wait=wait, as_json=as_json)

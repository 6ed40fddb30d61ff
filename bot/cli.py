"""The command line: parse, call, render, and say by the exit status how it went."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option, Typer, TyperException

from bot.cli_index import index_app
from bot.cli_options import (
    ConfigOption,
    ContextOption,
    CountOption,
    DataOption,
    ExplainOption,
    JsonOption,
    SinceOption,
    UntilOption,
    loaded,
)
from bot.cli_people import people_app
from bot.reasons import reason
from config import ConfigError, Settings

if TYPE_CHECKING:
    from embeddings import Encoder

ANSWERED, NOTHING, WRONG, NO_INDEX, INTERRUPTED = 0, 1, 2, 3, 130

app = Typer(
    name="huiwen",
    help="会问: ask what newspaper articles say about meetings.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(index_app)
app.add_typer(people_app)


def main() -> None:
    """Run a command and exit; whatever goes wrong becomes one line on stderr and a status."""
    _prepare_streams()
    status = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the rest is short; a second Ctrl-C could only break it
    try:
        sys.stdout.flush()
    except OSError as error:
        _close_stdout()
        status = status if isinstance(error, BrokenPipeError) else _explain(error)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status."""
    try:
        status = app(arguments or ["--help"], standalone_mode=False)
    except TyperException as error:
        registered = [each for group in (app, index_app, people_app) for each in group.registered_commands]
        commands = {command.name for command in registered}
        asked = "".join(f"{name} " for name in arguments[:1] if name in commands)
        return _complain(f"{error.format_message().rstrip('.')}; see `huiwen {asked}--help`")
    except (typer.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except (BrokenPipeError, SystemExit):  # typer turns the first into the second
        _close_stdout()  # the reader has had enough, as in `huiwen articles | head`
        return ANSWERED
    except ConfigError as error:
        return _complain(str(error))
    except Exception as error:
        return _explain(error)
    if status == INTERRUPTED:
        return _complain("stopped; the index is as it was", INTERRUPTED)
    if not arguments:
        return WRONG
    return status if isinstance(status, int) else ANSWERED


@app.callback()
def _common(
    context: typer.Context,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    version: Annotated[bool, Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"huiwen {installed('huiwen')}")
        raise typer.Exit
    context.obj = {"config": config, "data_dir": data_dir}


@app.command("ask")
def _ask(
    context: typer.Context,
    question: Annotated[list[str] | None, Argument(metavar="QUESTION", help="What to ask.")] = None,
    k: CountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    batch: Annotated[
        str | None,
        Option("--batch", metavar="FILE", help='Ask every {"id","text"} line of this file; - is stdin.'),
    ] = None,
    context_paragraphs: ContextOption = 0,
    explain: ExplainOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Show the passages that answer a question."""
    if batch is not None and question:
        raise typer.BadParameter("give either a question or --batch, not both")
    if batch is None and not question:
        raise typer.BadParameter("there is no question; as in: huiwen ask 谁主持了大会？")
    settings = loaded(context, config, data_dir, {"search.k": k}).settings
    encoder = _encoder_ahead(settings)
    from bot.asking import Asked, ask, ask_batch

    asked = Asked(settings.search.k, since, until, as_json, context_paragraphs, explain)
    if batch is not None:
        return ask_batch(settings, encoder, batch, asked)
    return ask(settings, encoder, " ".join(question or []), asked)


@app.command("chat")
def _chat(
    context: typer.Context,
    k: CountOption = None,
    context_paragraphs: ContextOption = 0,
    explain: ExplainOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Ask one question after another; /new forgets what was said, /quit ends."""
    settings = loaded(context, config, data_dir, {"search.k": k}).settings
    encoder = _encoder_ahead(settings)
    from bot.asking import Asked, chat

    return chat(settings, encoder, Asked(settings.search.k, context=context_paragraphs, explain=explain))


@app.command("articles")
def _articles(
    context: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """List what is indexed, and which files could not be read."""
    from bot.listing import articles

    return articles(loaded(context, config, data_dir).settings, as_json=as_json)


@app.command("show")
def _show(
    context: typer.Context,
    article: Annotated[str, Argument(metavar="ARTICLE", help="An article's id, or the beginning of it.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Print one whole article."""
    from bot.listing import show

    return show(loaded(context, config, data_dir).settings, article, as_json=as_json)


@app.command("reflow")
def _reflow(
    files: Annotated[list[Path], Argument(metavar="FILE...", help="Files of articles.")],
    as_json: JsonOption = False,
    explain: Annotated[bool, Option("--explain", help="Tell what decided each boundary.")] = False,
) -> int:
    """Show how files are read, as headline and paragraphs; nothing is stored."""
    from bot.listing import reflow

    return reflow(files, as_json=as_json, explain=explain)


@app.command("eval")
def _eval(
    context: typer.Context,
    folder: Annotated[Path, Argument(metavar="DIR", help="A folder with corpus.jsonl and queries.jsonl.")],
    ablate: Annotated[
        bool, Option("--ablate", help="Also without each score in turn, and by single ones.")
    ] = False,
    langs: Annotated[
        list[str] | None,
        Option("--lang", metavar="LANG", help="Only questions in this language; repeatable."),
    ] = None,
    rerank: Annotated[
        bool, Option("--rerank", help="Measure with and without search.reranker, and how long it takes.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Measure how good the answers are on questions with known answers."""
    from bot.measuring import measure

    settings = loaded(context, config, data_dir).settings
    return measure(settings, folder, as_json=as_json, ablating=ablate, rerank=rerank, langs=langs or ())


@app.command("doctor")
def _doctor(
    context: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> int:
    """Check the installation, and show every setting with its origin."""
    from bot.doctor import doctor

    return doctor(loaded(context, config, data_dir), as_json=as_json)


@app.command("bot")
def _bot(context: typer.Context, config: ConfigOption = None, data_dir: DataOption = None) -> int:
    """Answer in Telegram until stopped."""
    found = loaded(context, config, data_dir)
    from bot.telegram_app import run_bot

    return run_bot(found.settings, found.file)


def _encoder_ahead(settings: Settings) -> Encoder:
    """Return the encoder, its model loading beside the imports that follow: they take as long."""
    from embeddings import open_encoder

    return open_encoder(settings.embedding, ahead=True)


def _explain(error: Exception) -> int:
    """Say what went wrong, and return the exit status."""
    from retrieval.errors import NoIndexError

    return _complain(reason(error), NO_INDEX if isinstance(error, NoIndexError) else WRONG)


def _complain(text: str, status: int = WRONG) -> int:
    print(f"huiwen: {text}", file=sys.stderr)
    return status


def _prepare_streams() -> None:
    """See to it that whatever an article or a question holds can be printed."""
    if sys.stdout is None:  # started with `>&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  open until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _close_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

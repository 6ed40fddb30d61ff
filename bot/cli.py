"""The command line: parse, call, render, and say by the exit status how it went."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import interrupts
from bot.cli_index import INDEX_COMMANDS
from bot.cli_options import (
    PATH,
    context_option,
    count_option,
    explain_option,
    json_option,
    loaded,
    settings_options,
    since_option,
    until_option,
)
from bot.cli_people import PEOPLE_COMMANDS

if TYPE_CHECKING:
    from config import Settings
    from embeddings import Encoder

ANSWERED, NOTHING, WRONG, NO_INDEX, INTERRUPTED = 0, 1, 2, 3, 130

_NAME = "huiwen"
_COMPLETE = "_HUIWEN_COMPLETE"  # how a shell asks what could come next


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which people need them."""
        return list(self.commands)


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
    if "bot.asking" in sys.modules and "retrieval.milvus" not in sys.modules:
        # Nothing was written, and to take down what was loaded would take as long as a search.
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status."""
    try:
        if shell := os.environ.get(_COMPLETE):
            from click.shell_completion import shell_complete

            return shell_complete(app, {}, _NAME, _COMPLETE, shell)
        with app.make_context(_NAME, list(arguments) or ["--help"]) as context:  # which empties it
            status = app.invoke(context)
    except click.exceptions.Exit as shown:
        return shown.exit_code if arguments else WRONG
    except click.ClickException as error:
        asked = "".join(f"{name} " for name in arguments[:1] if name in app.commands)
        return _complain(f"{error.format_message().rstrip('.')}; see `{_NAME} {asked}--help`")
    except KeyboardInterrupt:
        return _complain("stopped; the index is as it was", INTERRUPTED)
    except (BrokenPipeError, SystemExit):
        _close_stdout()  # the reader has had enough, as in `huiwen articles | head`
        return ANSWERED
    except Exception as error:
        if not interrupts.came():
            return _explain(error)
        status = INTERRUPTED
    if status == INTERRUPTED:
        return _complain("stopped; the index is as it was", INTERRUPTED)
    return status if isinstance(status, int) else ANSWERED


@click.group(
    cls=_Commands,
    help="会问: ask what newspaper articles say about meetings.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@settings_options
@click.version_option(
    package_name="huiwen", prog_name=_NAME, message="%(prog)s %(version)s", help="Print the version and stop."
)
@click.pass_context
def app(context: click.Context, config: Path | None, data_dir: Path | None) -> None:
    """Take what stands before the command."""
    context.obj = {"config": config, "data_dir": data_dir}


@app.command("ask")
@click.argument("question", metavar="[QUESTION]...", nargs=-1)
@count_option
@since_option
@until_option
@click.option("--batch", metavar="FILE", help='Ask every {"id","text"} line of this file; - is stdin.')
@context_option
@explain_option
@json_option
@settings_options
@click.pass_context
def _ask(
    context: click.Context,
    question: tuple[str, ...],
    k: int | None,
    since: str | None,
    until: str | None,
    batch: str | None,
    context_paragraphs: int,
    explain: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Show the passages that answer a question."""
    if batch is not None and question:
        raise click.UsageError("give either a question or --batch, not both")
    if batch is None and not question:
        raise click.UsageError("there is no question; as in: huiwen ask 谁主持了大会？")
    settings = loaded(context, config, data_dir, {"search.k": k}).settings
    if question:
        from retrieval.segmenter import load_beside

        load_beside()
    encoder = _encoder_ahead(settings, " ".join(question))
    from bot.asking import Asked, ask, ask_batch

    asked = Asked(settings.search.k, since, until, as_json, context_paragraphs, explain)
    if batch is not None:
        return ask_batch(settings, encoder, batch, asked)
    return ask(settings, encoder, " ".join(question), asked)


@app.command("chat")
@count_option
@context_option
@explain_option
@settings_options
@click.pass_context
def _chat(
    context: click.Context,
    k: int | None,
    context_paragraphs: int,
    explain: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Ask one question after another; /new forgets what was said, /quit ends."""
    settings = loaded(context, config, data_dir, {"search.k": k}).settings
    encoder = _encoder_ahead(settings)
    from bot.asking import Asked, chat

    return chat(settings, encoder, Asked(settings.search.k, context=context_paragraphs, explain=explain))


@app.command("articles")
@json_option
@settings_options
@click.pass_context
def _articles(context: click.Context, as_json: bool, config: Path | None, data_dir: Path | None) -> int:
    """List what is indexed, and which files could not be read."""
    from bot.listing import articles

    return articles(loaded(context, config, data_dir).settings, as_json=as_json)


@app.command("show")
@click.argument("article", metavar="ARTICLE")
@json_option
@settings_options
@click.pass_context
def _show(
    context: click.Context, article: str, as_json: bool, config: Path | None, data_dir: Path | None
) -> int:
    """Print one whole article.

    ARTICLE is its id, or the beginning of it.
    """
    from bot.listing import show

    return show(loaded(context, config, data_dir).settings, article, as_json=as_json)


@app.command("reflow")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
@json_option
@click.option("--explain", is_flag=True, help="Tell what decided each boundary.")
def _reflow(files: tuple[Path, ...], as_json: bool, explain: bool) -> int:
    """Show how files are read, as headline and paragraphs; nothing is stored."""
    from bot.listing import reflow

    return reflow(list(files), as_json=as_json, explain=explain)


@app.command("eval")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--ablate", is_flag=True, help="Also without each score in turn, and by single ones.")
@click.option(
    "--lang", "langs", metavar="LANG", multiple=True, help="Only questions in this language; repeatable."
)
@click.option(
    "--rerank", is_flag=True, help="Measure with and without search.reranker, and how long it takes."
)
@json_option
@settings_options
@click.pass_context
def _eval(
    context: click.Context,
    folder: Path,
    ablate: bool,
    langs: tuple[str, ...],
    rerank: bool,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> int:
    """Measure how good the answers are on questions with known answers.

    DIR is a folder with corpus.jsonl and queries.jsonl.
    """
    from bot.measuring import measure

    settings = loaded(context, config, data_dir).settings
    return measure(settings, folder, as_json=as_json, ablating=ablate, rerank=rerank, langs=langs)


@app.command("doctor")
@json_option
@settings_options
@click.pass_context
def _doctor(context: click.Context, as_json: bool, config: Path | None, data_dir: Path | None) -> int:
    """Check the installation, and show every setting with its origin."""
    from bot.doctor import doctor

    return doctor(loaded(context, config, data_dir), as_json=as_json)


@app.command("bot")
@settings_options
@click.pass_context
def _bot(context: click.Context, config: Path | None, data_dir: Path | None) -> int:
    """Answer in Telegram until stopped."""
    found = loaded(context, config, data_dir)
    from bot.telegram_app import run_bot

    return run_bot(found.settings, found.file)


for _command in (*INDEX_COMMANDS, *PEOPLE_COMMANDS):
    app.add_command(_command)


def _encoder_ahead(settings: Settings, *texts: str) -> Encoder:
    """Return the encoder; its model loads beside the imports that follow, as far as `texts` need it."""
    from embeddings import open_encoder

    return open_encoder(settings.embedding, ahead=True, texts=texts)


def _explain(error: Exception) -> int:
    """Say what went wrong, and return the exit status."""
    from bot.reasons import reason
    from config.errors import ConfigError

    if isinstance(error, ConfigError):
        return _complain(str(error))
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

"""The terminal: where output goes, with or without colour, and how progress is shown."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from bot.styled_text import StyledText
    from retrieval.segment_writer import Progress

_TERMINAL_ALL_THE_SAME = ("FORCE_COLOR", "TTY_COMPATIBLE")  # variables that rich goes by
_SHOW_AFTER = 1.0  # seconds; shorter work needs no bar


def out() -> Console:
    """Return the console for answers: plain text where stdout is no terminal or NO_COLOR is set."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def has_styles() -> bool:
    """Tell whether what is printed on stdout can have styles."""
    if not sys.stdout.isatty() and not any(os.environ.get(name) for name in _TERMINAL_ALL_THE_SAME):
        return False  # no need to ask rich, which takes longer to import than to answer
    console = out()
    return console.is_terminal and not console.no_color


def show(text: StyledText, *, styled: bool) -> None:
    """Print an answer or an article on stdout; `styled` as `has_styles` tells."""
    if not styled and not sys.stdout.isatty():
        sys.stdout.write(text.plain)
        return
    from rich.text import Text

    out().print(Text.assemble(*text.parts), end="")


def say(text: str) -> None:
    """Print a remark for people, on stderr."""
    print(text, file=sys.stderr)


def print_json(record: Any) -> None:  # noqa: ANN401  whatever JSON can say
    """Print one line of JSON on stdout, at once, so that a reader in a pipe need not wait."""
    try:
        line = json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate cannot be written; JSON can still spell it
        line = json.dumps(record).encode("ascii")
    sys.stdout.buffer.write(line + b"\n")  # JSON is UTF-8 whatever the terminal is
    sys.stdout.flush()


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield a function that draws a bar on stderr for work of more than a second."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many are done in a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "", "progress.data.speed")

    console = Console(stderr=True, highlight=False)
    started = monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def update(step: str, done: int, total: int) -> None:
            if monotonic() - started < _SHOW_AFTER:
                return
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield update

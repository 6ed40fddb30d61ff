"""`huiwen feedback`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from bot.console import out, print_json, say
from bot.state import FILE_NAME
from bot.state_file import Feedback, StateError, read_feedback

_OK, _WRONG = 0, 2


def feedback(data_dir: Path, *, as_json: bool) -> int:
    """Print all feedback that the bot has kept."""
    try:
        found = read_feedback(data_dir / FILE_NAME)
    except StateError as error:
        say(f"huiwen: {error}")
        return _WRONG
    console = out()
    for each in found:
        if as_json:
            print_json(_record(each))
        else:
            line = Text("+ " if each.good else "- ", "green" if each.good else "red")
            line.append(f"{_time(each)}  ", "dim")
            line.append(each.question or "(the question is not known)", "bold")
            passages = ", ".join(f"{article} ¶{paragraph}" for article, paragraph in each.passages)
            line.append(f"  {passages}  generation {each.generation}", "dim")
            console.print(line)
    if not as_json:
        good = sum(each.good for each in found)
        say(f"{good} good, {len(found) - good} not")
    return _OK


def _record(each: Feedback) -> dict[str, Any]:
    return {
        "time": _time(each),
        "good": each.good,
        "question": each.question,
        "passages": [{"article": article, "paragraph": paragraph} for article, paragraph in each.passages],
        "generation": each.generation,
        "user": each.user,
    }


def _time(each: Feedback) -> str:
    return datetime.fromtimestamp(each.time, UTC).isoformat()

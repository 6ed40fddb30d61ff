"""The program as real processes: the bot against the loopback Bot API, and other commands beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.bot.botapi import BotApi
from tests.bot.telegram_world import TOKEN

HUIWEN = Path(sys.executable).with_name("huiwen")

HARBOUR = "5月8日，<滨海>市召开港口安全 & 发展工作会议。市长王建国主持会议。会议决定新建三座防波堤。"
RIVER = "6月2日，临江市召开防汛工作会议。副市长李春梅强调，要二十四小时值守水库。"
HARBOUR_QUESTION = "港口安全与发展工作会议决定新建什么？"
RIVER_QUESTION = "临江市防汛工作会议上李春梅强调了什么？"


class Bot:
    """One process."""

    def __init__(self, api: BotApi, folder: Path, **more: str) -> None:
        self.api = api
        self._output = folder / "output.txt"
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [HUIWEN, "bot"],
                env=environment(folder, HUIWEN_TELEGRAM__API_URL=api.root, **more),
                cwd=folder,
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HUIWEN_")}
    return {
        **ours,
        "HOME": str(folder),
        "NO_PROXY": "127.0.0.1",
        "HUIWEN_DATA_DIR": str(folder / "data"),
        "HUIWEN_TELEGRAM__TOKEN": TOKEN,
        "HUIWEN_LOG__LEVEL": "DEBUG",
        "HUIWEN_TELEGRAM__QUESTIONS_PER_MINUTE": "0",
        "HUIWEN_SEARCH__THRESHOLD": "0",  # how sure an answer must be is tested elsewhere
        **more,
    }


def index(folder: Path, **articles: str) -> None:
    """Add articles to those in `folder` and index them."""
    write(folder, **articles)
    huiwen(folder, "index", folder / "articles").check_returncode()


def write(folder: Path, **articles: str) -> None:
    (folder / "articles").mkdir(exist_ok=True)
    for name, text in articles.items():
        # Complete at once, for an indexer may be looking.
        (folder / f"{name}.part").write_text(text, encoding="utf-8")
        (folder / f"{name}.part").rename(folder / "articles" / f"{name}.txt")


def huiwen(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run another command."""
    return subprocess.run(
        [HUIWEN, *arguments],
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )

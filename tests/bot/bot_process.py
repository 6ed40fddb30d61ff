"""`huiwen bot` as a real process, with the real index and model, against the loopback Bot API."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bot.botapi import BotApi
from tests.bot.telegram_world import TOKEN

HUIWEN = Path(sys.executable).with_name("huiwen")
SECRET = TOKEN.partition(":")[2]


class Bot:
    """One process."""

    def __init__(self, api: BotApi, folder: Path, **environment: str) -> None:
        self.api = api
        self._folder = folder
        self._environment = environment
        self._output = folder / "output.txt"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            return subprocess.Popen(
                [HUIWEN, "bot"],
                env=environment_of(
                    self._folder, **{"HUIWEN_TELEGRAM__API_URL": self.api.root, **self._environment}
                ),
                cwd=self._folder,
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def restart(self) -> None:
        """Kill it, and start another one."""
        self.process.kill()
        self.process.wait()
        menus = sum(call.method == "setMyCommands" for call in self.api.calls)
        self.process = self._start()
        self.api.wait_called("setMyCommands", menus + 2)

    def wait_serving(self, generation: int) -> None:
        """Return when it answers from a generation."""
        deadline = time.monotonic() + 30
        while f"serving generation {generation}\n" not in self.output:
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def webhook(api: BotApi) -> dict[str, str]:
    """Return the environment of a bot by webhook, to whose address `api` then delivers."""
    api.webhook.listen = f"127.0.0.1:{free_port()}"
    return {
        "HUIWEN_TELEGRAM__WEBHOOK_URL": "https://bot.example.org/hook",
        "HUIWEN_TELEGRAM__WEBHOOK_LISTEN": api.webhook.listen,
    }


def environment_of(folder: Path, **more: str) -> dict[str, str]:
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
        env=environment_of(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@contextlib.contextmanager
def running(folder: Path, *, by_webhook: bool = False, **environment: str) -> Iterator[Bot]:
    """Run a bot; when the body ends, stop it and see that it kept its secrets."""
    with BotApi() as api:
        if by_webhook:
            environment |= webhook(api)
        bot = Bot(api, folder, **environment)
        try:
            api.wait_called("setMyCommands", 2)
            yield bot
            assert bot.stop() == 0, bot.output
        finally:
            bot.process.kill()
            bot.process.wait()
    assert api.violations == [], "\n".join(api.violations)
    assert SECRET not in bot.output
    assert not [question for question in api.said if not question.startswith("/") and question in bot.output]
    assert "Traceback" not in bot.output

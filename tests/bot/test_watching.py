"""`huiwen index --watch` as a process of its own, with the real model, and as the bot runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.bot.botapi import BotApi
from tests.bot.telegram_world import TOKEN
from tests.retrieval.building import put, record

_SCRIPT = Path(sys.executable).with_name("huiwen")
_LONG = 60.0
_SETTLE = 0.5
_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.upper().startswith("HUIWEN_")} | {
    "HUIWEN_INDEX__WATCH_SETTLE": str(_SETTLE),
    "HUIWEN_INDEX__KEEP_GENERATIONS": "1000",
}

_HARBOUR = "5月8日，滨海市召开港口安全工作会议。市长王建国主持会议。会议决定新建三座防波堤。"


def _wait(condition: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + _LONG
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


class Watching:
    """A process that watches."""

    def __init__(self, home: Path, *arguments: str | Path, **variables: str) -> None:
        home.mkdir(exist_ok=True)
        self.data = home / "data"
        self._out, self._err = home / "out.txt", home / "err.txt"
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self.process = subprocess.Popen(
                [_SCRIPT, "index", "--watch", "--json", "--data-dir", self.data, *arguments],
                cwd=home,
                env=_ENVIRONMENT | variables,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def lines(self) -> list[str]:
        return self._err.read_text(encoding="utf-8").splitlines()

    @property
    def reports(self) -> list[dict[str, Any]]:
        lines = self._out.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def wait(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the newest report once it meets `condition`."""
        _wait(lambda: self.reports and condition(self.reports[-1]), lambda: (self.lines, self.reports[-3:]))
        return self.reports[-1]

    def wait_articles(self, count: int) -> dict[str, Any]:
        """Return the newest report once there are so many articles."""
        return self.wait(lambda report: report["articles"] == count)

    def wait_line(self, part: str) -> None:
        _wait(lambda: any(part in line for line in self.lines), lambda: (part, self.lines))

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_LONG)


@contextmanager
def _watching(home: Path, *arguments: str | Path, **variables: str) -> Iterator[Watching]:
    watching = Watching(home, *arguments, **variables)
    try:
        yield watching
        assert "Traceback" not in "\n".join(watching.lines)
    finally:
        watching.process.kill()
        watching.process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    put(folder, "harbour.jsonl", record("harbour", _HARBOUR))
    return folder


@pytest.fixture(scope="module")
def watching(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    """One process for all that leave it running; it is stopped at the end as a service manager does."""
    with _watching(tmp_path_factory.mktemp("home"), folder) as running:
        running.wait_articles(1)
        yield running
        assert running.process.poll() is None
        assert running.end() == 0
        assert running.lines[-1].startswith("stopped")
        assert all(report["published"] for report in running.reports)


def test_a_file_written_in_pieces_is_read_once_it_is_whole(watching: Watching, folder: Path) -> None:
    paragraphs = [
        f"第{number}次会议讨论了第{number}号议案，会议决定交由有关部门办理。" for number in range(12)
    ]
    for attempt in range(5):
        before = watching.reports[-1]
        longest = _write_slowly(folder / f"slow-{attempt}.md", paragraphs)
        watching.wait_articles(before["articles"] + 1)
        if longest < _SETTLE / 2:  # else this machine was so slow that the file seemed to be whole
            break
    first = next(r for r in watching.reports if r["generation"] > before["generation"])
    assert first["passages"] - before["passages"] == len(paragraphs)
    assert first["added"] == 1


def _write_slowly(path: Path, paragraphs: list[str]) -> float:
    """Write for longer than files take to settle; return the longest pause in seconds."""
    longest, last = 0.0, time.monotonic()
    with path.open("w", encoding="utf-8", buffering=1) as file:
        for paragraph in paragraphs:
            half = len(paragraph) // 2
            for piece in (paragraph[:half], paragraph[half:] + "\n\n"):
                file.write(piece)
                file.flush()
                now = time.monotonic()
                longest, last = max(longest, now - last), now
                time.sleep(0.05)
    return longest


def test_a_file_that_is_renamed_into_place_is_read(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    part = put(folder, "renamed.jsonl.part", record("renamed", "县委召开常委会会议，研究防汛工作。"))
    part.rename(folder / "renamed.jsonl")
    report = watching.wait_articles(before["articles"] + 1)
    assert (report["added"], report["failed"]) == (1, 0)


def test_a_broken_file_is_named_once_and_read_when_mended(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 not a document")
    watching.wait(lambda report: report["failed"] == 1)
    put(folder, "after.jsonl", record("after", "全市召开信访工作会议。"))
    watching.wait_articles(before["articles"] + 1)
    assert sum("broken.docx" in line for line in watching.lines) == 1
    (folder / "broken.docx").unlink()
    watching.wait(lambda report: report["failed"] == 0)


def test_a_folder_may_vanish_and_come_back(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    away = folder.with_name("away")
    folder.rename(away)
    gone = watching.wait(lambda report: report["problems"])
    assert gone["articles"] == before["articles"] and "not there now" in gone["problems"][0]["reason"]
    watching.wait_line("waiting for")
    put(away, "meanwhile.jsonl", record("meanwhile", "省政府召开常务会议，部署秋收工作。"))
    away.rename(folder)
    back = watching.wait(lambda report: not report["problems"])
    assert back["articles"] == before["articles"] + 1


def test_another_writer_is_waited_for(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    with FileLock(watching.data / "writer.lock"):
        put(folder, "locked.jsonl", record("locked", "市人大召开立法工作会议。"))
        watching.wait_line("another huiwen is writing the index")
        time.sleep(1.5)  # it tries again, and does not say so again
    watching.wait_articles(before["articles"] + 1)
    assert sum("another huiwen" in line for line in watching.lines) == 1


def test_a_failed_run_is_told_and_tried_again(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    generations = watching.data / "generations"
    generations.rename(watching.data / "hidden")
    generations.write_text("in the way")
    put(folder, "failed.jsonl", record("failed", "县政府召开招商会议。"))
    _wait(lambda: any(line.startswith("huiwen: ") and "generations" in line for line in watching.lines))
    generations.unlink()
    (watching.data / "hidden").rename(generations)
    put(folder, "next.jsonl", record("next", "县政府召开旅游会议。"))  # else some seconds would pass
    report = watching.wait_articles(before["articles"] + 2)
    assert report["generation"] > before["generation"]


def test_a_thousand_files_at_once_are_few_publications(watching: Watching, folder: Path) -> None:
    before = watching.reports[-1]
    published = len(watching.reports)
    _put_thousand(folder / "burst")
    watching.wait_articles(before["articles"] + 1000)
    assert len(watching.reports) - published <= 3


def _put_thousand(folder: Path) -> None:
    for number in range(1000):
        put(folder, f"{number}.jsonl", record(f"burst-{number}", f"第{number}号会议。"))


def test_a_run_under_way_is_broken_off_at_once(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    _put_thousand(articles)
    with _watching(tmp_path / "home", articles) as watching:
        _wait(lambda: list(watching.data.glob("*/building-*/*")), lambda: watching.lines)
        started = time.monotonic()
        assert watching.end() == 0
        assert time.monotonic() - started < 10
        assert not list(watching.data.glob("*/building-*"))
        assert not (watching.data / "CURRENT").exists()
        assert watching.lines[-1].startswith("stopped")


def test_folders_may_come_later_but_must_be_named(tmp_path: Path) -> None:
    with (
        _watching(tmp_path / "unnamed") as unnamed,
        _watching(tmp_path / "named", tmp_path / "later") as named,
    ):
        named.wait_line("waiting for")
        put(tmp_path / "later", "harbour.jsonl", record("harbour", _HARBOUR))
        named.wait_articles(1)
        assert named.end(signal.SIGINT) == 0
        assert unnamed.process.wait(_LONG) == 2
        assert len(unnamed.lines) == 1 and "huiwen index FOLDER --watch" in unnamed.lines[0]


# As the bot runs it.


class Bot:
    """A bot that keeps its index up."""

    def __init__(self, api: BotApi, home: Path) -> None:
        self._output = home / "output.txt"
        (home / "huiwen.toml").write_text('[index]\nwatch = true\n[articles]\npaths = ["articles"]\n')
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [_SCRIPT, "bot"],
                cwd=home,
                env=_ENVIRONMENT
                | {
                    "HOME": str(home),
                    "NO_PROXY": "127.0.0.1",
                    "HUIWEN_DATA_DIR": "data",
                    "HUIWEN_TELEGRAM__TOKEN": TOKEN,
                    "HUIWEN_TELEGRAM__API_URL": api.root,
                    "HUIWEN_SEARCH__THRESHOLD": "0",
                    "SOMEBODY_ELSES": f"token={TOKEN}",
                },
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def keeper(self) -> int | None:
        """Return the number of the process that keeps the index up, None where there is none."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"--watch" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except (OSError, ValueError):  # it has ended
                continue
        return None

    def wait_keeper(self, but: int | None = None) -> int:
        _wait(lambda: self.keeper() not in (None, but), lambda: self.output)
        keeper = self.keeper()
        assert keeper is not None
        return keeper


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_bot_keeps_its_index_up(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    put(
        articles,
        "river.jsonl",
        record("river", "6月2日，临江市召开防汛工作会议。李春梅强调，要二十四小时值守。"),
    )
    with BotApi() as api:
        bot = Bot(api, tmp_path)
        try:
            first = bot.wait_keeper()
            _wait(lambda: "generation 1 published" in bot.output, lambda: bot.output)
            put(articles, "harbour.jsonl", record("harbour", _HARBOUR))
            _wait(lambda: "generation 2 published" in bot.output, lambda: bot.output)
            _wait(lambda: "三座防波堤" in _answer(api, "港口安全工作会议决定新建什么？"))

            secret = TOKEN.encode()
            assert secret not in Path(f"/proc/{first}/environ").read_bytes()
            assert secret not in Path(f"/proc/{first}/cmdline").read_bytes()
            threads = [int(entry.name) for entry in Path(f"/proc/{first}/task").iterdir()]
            assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {19}

            os.kill(first, signal.SIGKILL)
            second = bot.wait_keeper(but=first)
            _wait(lambda: bot.output.count("watching ") == 2, lambda: bot.output)

            bot.process.send_signal(signal.SIGTERM)
            assert bot.process.wait(_LONG) == 0
            assert not _is_alive(second)
        finally:
            bot.process.kill()
            bot.process.wait()
    assert TOKEN.partition(":")[2] not in bot.output
    assert "Traceback" not in bot.output
    assert api.violations == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_index_is_not_kept_up_for_a_dead_bot(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    put(articles, "harbour.jsonl", record("harbour", _HARBOUR))
    with BotApi() as api:
        bot = Bot(api, tmp_path)
        try:
            keeper = bot.wait_keeper()
        finally:
            bot.process.kill()
            bot.process.wait()
        _wait(lambda: not _is_alive(keeper))


def _answer(api: BotApi, question: str) -> str:
    before = len(api.sent())
    api.say(question)
    return api.wait_sent(before + 1)[before].shown


def _is_alive(number: int) -> bool:
    """Return whether there is such a process that is more than a zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

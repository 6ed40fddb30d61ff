"""A long-running process follows what is published, and no reader ever sees half of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from embeddings import EmbeddingError, Encoder
from retrieval.errors import NoIndexError
from retrieval.generation import published
from retrieval.live import LiveSearcher

from .building import PARAGRAPHS, index, put, put_all, record
from .encoding import PairEncoder

_PATIENCE_S = 10.0


def _live(data: Path) -> LiveSearcher:
    return LiveSearcher.open(data, PairEncoder)


def _await(live: LiveSearcher, generation: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while live.ask("会议").generation != generation:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_index_may_come_later(folder: Path, data: Path) -> None:
    live = _live(data)
    for _ in range(2):
        with pytest.raises(NoIndexError):
            live.ask("会议")
    put_all(folder)
    index(data, folder)
    assert live.ask("会议").generation == 1


def test_a_new_generation_is_taken_up(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    live = _live(data)
    assert live.ask("全新的报道").hits[0].text != "全新的报道。"
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    index(data)
    _await(live, 2)
    assert live.ask("全新的报道").hits[0].text == "全新的报道。"


def test_a_damaged_generation_is_not_taken_up(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    live = _live(data)
    assert live.ask("会议").generation == 1
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    index(data)
    (data / "generations" / "00000002" / "articles.npy").write_bytes(b"")
    time.sleep(0.6)
    assert live.ask("会议").generation == 1
    index(data)  # builds it anew
    _await(live, 3)


def test_an_index_that_is_taken_away_serves_on_and_a_new_one_is_seen(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    live = _live(data)
    assert live.ask("会议").hits
    shutil.rmtree(data)
    time.sleep(0.6)
    assert live.ask("会议").hits
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    index(data, folder)  # is number 1 again
    until = time.monotonic() + _PATIENCE_S
    while live.ask("全新的报道").hits[0].text != "全新的报道。":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_model_that_cannot_be_had_says_so_every_time(folder: Path, data: Path) -> None:
    def open_encoder() -> Encoder:
        raise EmbeddingError("no such model")

    put_all(folder)
    index(data, folder)
    live = LiveSearcher.open(data, open_encoder)
    for _ in range(2):
        with pytest.raises(EmbeddingError, match="no such model"):
            live.ask("会议")


def test_questions_go_on_while_generations_come_and_go(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    live = _live(data)
    stop = threading.Event()
    seen: list[tuple[int, str]] = []
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                answer = live.ask("报道全新", 1)
                seen.append((answer.generation, answer.hits[0].text))
        except BaseException as error:
            errors.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(2, 8):
        put(folder, "new.jsonl", record("new", f"全新的报道，第{number}代。"))
        assert index(data, keep=1).generation == number
        time.sleep(0.2)
    _await(live, 7)
    stop.set()
    for asker in askers:
        asker.join()
    assert errors == []
    assert {generation for generation, _ in seen} >= {7}
    for generation, text in seen:  # never a passage of another generation
        assert text == f"全新的报道，第{generation}代。" or (generation == 1 and text in PARAGRAPHS.values())


def test_what_is_published_is_followed_whatever_the_clock_says(folder: Path, data: Path) -> None:
    put_all(folder)
    index(data, folder)
    os.utime(data / "CURRENT", ns=(10**18, 10**18))
    live = _live(data)
    assert live.ask("会议").generation == 1
    # The same time again, and maybe the same number of the file, which is free once more after two runs.
    for number, ago in ((3, 0), (5, 0), (7, 10**17), (9, 0)):
        for text in (f"第{number}次。", f"第{number}次再来。"):
            put(folder, "new.jsonl", record("new", text))
            assert index(data).published
        os.utime(data / "CURRENT", ns=(10**18 - ago, 10**18 - ago))
        assert published(data)[-1] == number
        _await(live, number)


_RELOADING = """
import gc, os, sys, time
from pathlib import Path
import retrieval.live
from retrieval.generation import point_to
from tests.retrieval.encoding import PairEncoder
data = Path(sys.argv[1])
retrieval.live._LOOK_EVERY = 0.01  # to be done sooner
live = retrieval.live.LiveSearcher.open(data, PairEncoder)

def reload(times):
    for turn in range(times):
        number = 1 + turn % 2
        point_to(data, number)
        while live.ask("第17次会议").generation != number:
            time.sleep(0.01)

def used():
    gc.collect()
    with open("/proc/self/status") as status:
        memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    with open("/proc/self/maps") as maps:
        mapped = sum(str(data) in line for line in maps)
    return memory, len(os.listdir("/proc/self/fd")), mapped

reload(10)
before = used()
reload(50)
print(*before, *used())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what is used cannot be told here")
def test_fifty_generations_later_no_more_is_used(folder: Path, data: Path) -> None:
    put(folder, "many.jsonl", *(record(f"a{n}", f"第{n}次会议，研究第{n}项工作。") for n in range(400)))
    index(data, folder)
    put(folder, "new.jsonl", record("new", "全新的报道。"))
    index(data)
    ran = subprocess.run(
        [sys.executable, "-c", _RELOADING, data],
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    memory, files, mapped, memory_later, files_later, mapped_later = map(int, ran.stdout.split())
    assert memory_later - memory < 20_000  # kilobytes; each generation that stayed would take some
    assert files_later <= files
    assert mapped_later <= mapped

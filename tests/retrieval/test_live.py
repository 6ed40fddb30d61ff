"""A long-running process follows what is published, and no reader ever sees half of it."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from embeddings import EmbeddingError, Encoder
from retrieval.errors import NoIndexError
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

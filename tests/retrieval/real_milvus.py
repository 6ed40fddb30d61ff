"""A real Milvus server, 2.3.5 from its wheel, and what is tried on it. Run by `test_milvus_server`.

    unshare -rn sh -c 'ip link set lo up && exec python -m tests.retrieval.real_milvus FOLDER'

The server listens on every interface, so it runs in a network namespace that has the loopback alone. It is of
before BM25: what is found by words is left out, the rest is as on newer ones. Prints a line for each thing
that was as it should be.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config import StoreSettings
from retrieval.errors import StoreError
from retrieval.milvus.link import Link
from retrieval.model import Answer

from .building import put, put_all, record, said
from .stores import Home, new_home

QUESTIONS = ("谁主持防汛会议？", "Who is Wu Zhenglong?", "地铁全长多少？", "2022年3月的会议")
STEPS = (
    "dense search alone",
    "the same answers",
    "an arrival, a change and a deletion",
    "gone back",
    "killed while it served",
    "answers again after its restart",
)
_PORT = 19540
_PATIENCE_S = 240.0


def main() -> None:
    """Start the server and try everything."""
    from milvus import MilvusServer  # the wheel; not among our packages

    place = Path(sys.argv[1])
    server = MilvusServer()
    server.set_base_dir(str(place / "server"))
    server.listen_port = _PORT
    server.start()
    try:
        _try(server, place)
    finally:
        server.stop()


def _try(server: Any, place: Path) -> None:  # noqa: ANN401  the wheel has no types
    home = new_home(place, f"http://127.0.0.1:{server.listen_port}", timeout=60)
    link = Link(home.store)
    assert link.version.startswith("v2.3.5") and not link.has_bm25
    _done(0)
    put_all(home.folder)
    home.index()
    first = _agree(home)
    _done(1)
    put(home.folder, "port.jsonl", record("port", "港口吞吐量突破五亿吨。"))
    put(home.folder, "metro.jsonl", record("metro", "地铁3号线改为全长30公里。", date="2022-03"))
    (home.folder / "fire.jsonl").unlink()
    home.index()
    _agree(home)
    _done(2)
    home.roll_back(1)
    assert _agree(home) == first
    _done(3)
    live = home.live()
    live.ask(QUESTIONS[0])
    server.server_proc.kill()
    server.server_proc.wait()
    home.store = StoreSettings(uri=home.store.uri, prefix=home.store.prefix, timeout=1)
    try:
        home.searcher()
    except StoreError as error:
        assert "does not answer within 1 s" in str(error)
        _done(4)
    _start_as_it_was(server)
    again = _patiently(lambda: live.ask(QUESTIONS[0]))
    assert said([again]) == first[:1]
    _done(5)


def _start_as_it_was(server: Any) -> None:  # noqa: ANN401
    """Start it on its old ports, which a killed process leaves looking taken for a minute."""
    server.config.resolve = lambda: None
    server.config.resolve_port = lambda port: (port, socket.socket())
    server.start()


def _agree(home: Home) -> list[tuple[object, ...]]:
    ours, theirs = ([each.ask(text) for text in QUESTIONS] for each in (home.searcher(), home.embedded()))
    assert said(ours) == said(theirs)
    return said(ours)


def _patiently(ask: Callable[[], Answer]) -> Answer:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return ask()
        except StoreError as error:
            assert time.monotonic() < until, error
            time.sleep(0.5)


def _done(step: int) -> None:
    print(STEPS[step], flush=True)


if __name__ == "__main__":
    main()

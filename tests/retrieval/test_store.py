"""One suite for every store: whatever is done to the articles, it answers as the embedded one does."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config import StoreSettings
from retrieval.builder import build
from retrieval.checking import Standing, check
from retrieval.conversation import Conversation
from retrieval.errors import BadQueryError, NoIndexError, StoreError
from retrieval.milvus.heads import read_heads
from retrieval.milvus.link import Link
from retrieval.model import Answer, Hit
from retrieval.searcher import Searcher
from retrieval.shards import Shard

from .building import PARAGRAPHS, index, plan, put, put_all, record, said
from .encoding import PairEncoder
from .stores import PATIENCE_S, Home, LiteServer, lenient, needs_milvus, new_home

pytestmark = lenient

_TODAY = date(2024, 5, 1)
_QUESTIONS = (
    "谁主持了省防汛抗旱指挥部会议？",
    "地铁3号线全长多少公里？",
    "村醫招聘多少名？",
    "火灾事故警示教育大会",
    "What did Wu Zhenglong stress?",
    "Who chaired the flood control meeting?",
    "Кто проводил совещание?",
    "¿Cuántos kilómetros tiene la línea 3?",
    "2022年3月说了什么？",
    "7月13日开了什么会？",
    "上个月的会议",
    "。",
    "Zhang Huaizhang",
    "1999年的会议有哪些？",
)
_WRITER = """
import os, signal, sys
from pathlib import Path
from config import StoreSettings
from retrieval.milvus import copying, link as links
from retrieval.milvus.publishing import publish
steps = int(sys.argv[4])
put = links.Link.put
def counted(self, *given):
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return put(self, *given)
links.Link.put = counted
link = links.Link(StoreSettings(uri=sys.argv[1], prefix=sys.argv[2]))
publish(link, Path(sys.argv[3]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    started = LiteServer(tmp_path_factory.mktemp("server") / "data")
    started.start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("file") / "store.db"


@pytest.fixture(params=["embedded", *(pytest.param(name, marks=needs_milvus) for name in ("file", "server"))])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    kind = request.param
    uri = "" if kind == "embedded" else str(request.getfixturevalue("file"))
    return new_home(tmp_path, request.getfixturevalue("server").uri if kind == "server" else uri)


@pytest.fixture
def remote(server: LiteServer, tmp_path: Path) -> Home:
    """A home on a server, for what only a server can do."""
    return new_home(tmp_path, server.uri)


def _answers(searcher: Searcher) -> list[Answer]:
    return [searcher.ask(question, today=_TODAY) for question in _QUESTIONS]


def _agree(home: Home) -> None:
    """See to it that the store says what the embedded one says, and has what it has."""
    store, embedded = home.searcher(), home.embedded()
    for ours, theirs in zip(said(_answers(store)), said(_answers(embedded)), strict=True):
        assert ours == theirs
    assert store.generation == embedded.generation
    assert sorted(map(repr, store.catalog.articles())) == sorted(map(repr, embedded.catalog.articles()))
    assert sorted(map(repr, store.catalog.refs())) == sorted(map(repr, embedded.catalog.refs()))


def test_it_answers_as_the_embedded_store_does(home: Home) -> None:
    put_all(home.folder)
    home.index()
    _agree(home)
    store, embedded = home.searcher(), home.embedded()
    for since, until in (("2022", None), (None, "2021-07-13"), ("2021-08", "2022-12-31"), ("1990", "1991")):
        ours, theirs = (each.ask("会议", since=since, until=until) for each in (store, embedded))
        assert said([ours]) == said([theirs])
        assert ours.searched == theirs.searched
    for without in (frozenset(["flood"]), frozenset(PARAGRAPHS), frozenset(["nobody"])):
        assert said([store.ask("防汛会议", without=without)]) == said(
            [embedded.ask("防汛会议", without=without)]
        )
    talk = [Conversation().ask(each, "谁主持防汛会议？") for each in (store, embedded)]
    went_on = [
        after.ask(each, "他还说了什么？")[0] for each, (_, after) in zip((store, embedded), talk, strict=True)
    ]
    assert said(went_on[:1]) == said(went_on[1:])


def test_articles_can_be_read(home: Home) -> None:
    put(home.folder, "a.jsonl", record("page/1", "第一段。", "第二段。", date="2021-02-03"))
    put(
        home.folder,
        "b.jsonl",
        record("page/2", "另一段。"),
        record("100%", "百分之百。"),
        record("100_", "下划线。"),
    )
    put(
        home.folder,
        "long.jsonl",
        record("long", *(f"第{n}段说的是第{n}件事，{'很长' * 90}。" for n in range(300))),
    )
    home.index()
    held = home.holdings()
    assert held.counts["articles"] == 5
    article = held.articles.article("page/1")
    assert article is not None and article.paragraphs == ("第一段。", "第二段。")
    long = held.articles.article("long")
    assert long is not None and len(long.paragraphs) == 300
    assert held.articles.article("page") is None
    assert held.articles.ids_like("page/") == ["page/1", "page/2"]
    assert held.articles.ids_like("100%") == ["100%"]
    assert held.articles.ids_like('"x') == []
    assert held.articles.passages_of("page/1") == ["第一段。", "第二段。"]
    assert held.articles.passages_of("nobody") is None
    assert home.searcher().ask("第77件事").hits[0].paragraph == 78


def test_what_comes_changes_and_goes(home: Home) -> None:
    put_all(home.folder)
    home.index()
    put(
        home.folder,
        "port.jsonl",
        record("port", "港口吞吐量突破五亿吨。市长骆闻笙主持调度会。", date="2024-04-02"),
    )
    home.index()
    _agree(home)
    put(home.folder, "metro.jsonl", record("metro", "地铁3号线改为全长30公里。", date="2022-03"))
    home.index()
    _agree(home)
    assert "27.6" not in home.searcher().ask("地铁3号线全长多少公里？").hits[0].text
    (home.folder / "fire.jsonl").unlink()
    home.index()
    _agree(home)
    assert all(hit.article.id != "fire" for answer in _answers(home.searcher()) for hit in answer.hits)


def test_reprints_lead_to_one(home: Home) -> None:
    text = PARAGRAPHS["fire"], "会议以电视电话会议形式召开，各市县设分会场。", "与会人员观看了警示教育片。"
    put(home.folder, "a.jsonl", record("first", *text, date="2021-01-02"))
    put(home.folder, "b.jsonl", record("second", *text, date="2021-01-03"))
    home.index()
    _agree(home)
    articles = home.holdings().articles
    assert articles.article("first") == articles.article("second") is not None


def test_going_back_and_on_again(home: Home) -> None:
    put_all(home.folder)
    home.index()
    first = said(_answers(home.searcher()))
    put(home.folder, "port.jsonl", record("port", "港口吞吐量突破五亿吨。"))
    (home.folder / "fire.jsonl").unlink()
    home.index()
    assert said(_answers(home.searcher())) != first
    assert home.roll_back() == 1
    assert said(_answers(home.searcher())) == first
    assert home.roll_back(2) == 2
    _agree(home)
    home.roll_back(1)
    put(home.folder, "road.jsonl", record("road", "乡村公路改造完成二百公里。"))
    home.index()
    _agree(home)
    home.index(full=True)
    _agree(home)


def test_who_keeps_questions_is_told_what_arrives(home: Home) -> None:
    put_all(home.folder)
    home.index()
    questions = (
        "港口吞吐量",
        "省委书记强调了什么？",
        "地铁3号线全长多少公里？",
        "How much cargo?",
        "乡村公路",
    )
    standing = [Standing(number, text, None) for number, text in enumerate(questions)]

    def told(stores: tuple[Searcher, Searcher]) -> list[list[tuple[int, int, list[tuple[float, Hit]]]]]:
        """Return what either tells, and remember for either what it has seen."""
        both = []
        for which, (store, known) in enumerate(zip(stores, remembered, strict=True)):
            checked = check(store, standing, known, 3)
            assert checked is not None
            remembered[which] += checked.seen
            both.append(
                [
                    (match.number, match.articles, [(each.confidence, each.hit) for each in match.found])
                    for match in checked.matches
                ]
            )
        return both

    remembered: list[tuple[int, ...]] = [(), ()]
    assert told((home.searcher(), home.embedded())) == [[], []]
    put(home.folder, "port.jsonl", record("port", "港口吞吐量突破五亿吨。", "市长骆闻笙主持会议。"))
    put(home.folder, "road.jsonl", record("road", "乡村公路改造完成二百公里。", date="2024-04-03"))
    put(home.folder, "metro.jsonl", record("metro", f"{PARAGRAPHS['metro']}（更正）", date="2022-03"))
    home.index()
    ours, theirs = told((home.searcher(), home.embedded()))
    assert ours == theirs
    assert {0, 4} <= {number for number, _, _ in ours}
    assert {hit.article.id for _, _, found in ours for _, hit in found} == {"port", "road"}
    assert told((home.searcher(), home.embedded())) == [[], []]


def test_without_an_index_it_says_how_to_make_one(home: Home) -> None:
    for ask in (home.searcher, home.holdings, lambda: home.live().ask("会议")):
        with pytest.raises(NoIndexError, match=r"no index yet .*`huiwen index FOLDER`"):
            ask()


def test_a_running_reader_follows(home: Home) -> None:
    put_all(home.folder)
    home.index()
    live, held = home.live(), home.searcher()
    assert live.ask("会议").generation == 1
    before = said(_answers(held))
    put(home.folder, "port.jsonl", record("port", "港口吞吐量突破五亿吨。"))
    (home.folder / "metro.jsonl").unlink()
    home.index()
    assert said(_answers(held)) == before  # a question in flight ends on what it began with
    until = time.monotonic() + PATIENCE_S
    while live.ask("会议").generation == 1:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert live.ask("港口吞吐量").hits[0].article.id == "port"


def test_threads_do_not_disturb_one_another(home: Home) -> None:
    put_all(home.folder)
    home.index()
    searcher = home.searcher()
    alone = said(_answers(searcher))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(said(_answers(searcher)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4


@needs_milvus
def test_what_serves_already_is_not_copied_again(remote: Home) -> None:
    put_all(remote.folder)
    first = remote.index()
    assert first is not None and first.anew and first.passages == len(PARAGRAPHS)
    again = remote.index()
    assert again is not None and not again.anew
    put(remote.folder, "port.jsonl", record("port", *(f"港口第{n}期工程开工。" for n in range(12))))
    arrival = remote.index()
    assert arrival is not None and (arrival.copied, arrival.passages) in ((1, 12), (1, 16))


@needs_milvus
def test_several_write_to_one_store(remote: Home, tmp_path: Path) -> None:
    put_all(remote.folder)
    for number in range(8):
        put(remote.folder, f"port{number}.jsonl", record(f"port{number}", f"第{number}号泊位今天启用。"))
    index(remote.data, remote.folder)
    writers = [
        Home(
            remote.folder,
            tmp_path / f"part{number}",
            remote.store.changed(writer=Shard(number, 3).writer("main")),
        )
        for number in (1, 2, 3)
    ]
    for number, writer in enumerate(writers, start=1):
        build(replace(plan(writer.data), shard=Shard(number, 3)), [remote.folder], PairEncoder())
    copying = [threading.Thread(target=writer.publish) for writer in writers[1:]]
    writers[0].publish()
    for thread in copying:
        thread.start()
    for thread in copying:
        thread.join()
    store, embedded = remote.searcher(), remote.embedded()
    assert sorted(ref.id for ref in store.catalog.refs()) == sorted(ref.id for ref in embedded.catalog.refs())
    for question in _QUESTIONS[:6]:  # where chance lies is measured by each writer, and not quite the same
        ours, theirs = store.ask(question), embedded.ask(question)
        assert (ours.answered, ours.hits[0].text) == (theirs.answered, theirs.hits[0].text)
        assert ours.confidence == pytest.approx(theirs.confidence, abs=0.1)
    assert store.generation == 3
    with pytest.raises(BadQueryError, match="as many parts"):
        remote.publish()


@needs_milvus
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_writer_that_is_killed_leaves_what_served(remote: Home) -> None:
    put_all(remote.folder)
    remote.index()
    before = said(_answers(remote.searcher()))
    put(remote.folder, "port.jsonl", record("port", "港口吞吐量突破五亿吨。"))
    (remote.folder / "fire.jsonl").unlink()
    store, remote.store = remote.store, StoreSettings()
    remote.index()  # here alone
    remote.store = store
    arguments = [store.uri, store.prefix, str(remote.data)]
    for steps in range(0, 40, 3):
        status = subprocess.run(
            [sys.executable, "-c", _WRITER, *arguments, str(steps)], check=False
        ).returncode
        if status == 0:
            break
        assert status == -signal.SIGKILL
        assert said(_answers(remote.searcher())) == before
    assert steps > 8
    _agree(remote)
    link = Link(store)
    heads = read_heads(link)
    found = link.run(
        "query", link.name(heads[-1].epoch, "passages"), filter="stratum >= 0", output_fields=["stratum"]
    )
    assert {row["stratum"] for row in found} <= {one.number for head in heads for one in head.strata}
    link.close()


@needs_milvus
def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    server = LiteServer(tmp_path / "server")
    server.start()
    try:
        home = new_home(tmp_path, server.uri, timeout=1.0)
        put_all(home.folder)
        home.store = home.store.changed(timeout=60.0)
        home.index()
        home.store = home.store.changed(timeout=1.0)
        live = home.live()
        answer = _once_it_answers(live.ask)
        server.kill()
        with pytest.raises(
            StoreError, match=r"^the store at http://127\.0\.0\.1:\d+ does not answer within 1 s"
        ):
            live.ask("会议")
        started = time.monotonic()
        for _ in range(20):  # nobody waits to find out what is known
            with pytest.raises(StoreError):
                live.ask("会议")
        assert time.monotonic() - started < 10
        with pytest.raises(StoreError):
            home.live().ask("会议")
        server.start()
        assert said([_once_it_answers(live.ask)]) == said([answer])
    finally:
        server.kill()


def _once_it_answers(ask: object) -> Answer:
    assert callable(ask)
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = ask("防汛会议由谁主持？")
        except StoreError:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            assert isinstance(answer, Answer)
            return answer


@needs_milvus
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    nowhere = new_home(tmp_path, "http://127.0.0.1:1", timeout=0.5)
    nowhere.store = nowhere.store.changed(timeout=0.5)
    with pytest.raises(
        StoreError, match=r"does not answer within 0\.5 s; see that it runs and that store\.uri"
    ) as said_:
        nowhere.holdings()
    assert "\n" not in str(said_.value)
    (tmp_path / "no.db").write_text("no folder of milvus-lite")
    nowhere.store = StoreSettings(uri=str(tmp_path / "no.db"), timeout=1)
    with pytest.raises(StoreError, match=r"no\.db cannot be opened"):
        nowhere.holdings()


def test_without_a_store_its_client_is_not_loaded() -> None:
    code = "import sys, bot.asking, retrieval.live; sys.exit(any('milvus' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_client_is_told() -> None:
    code = """
import sys
sys.modules["pymilvus"] = None
from config import StoreSettings
from retrieval.errors import StoreError
from retrieval.opening import open_holdings
try:
    open_holdings(None, StoreSettings(uri="http://127.0.0.1:19530"))
except StoreError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "store.uri is set, and pymilvus is missing; run `pip install 'huiwen[milvus]'`\n"

"""The bot in this process, on the loopback Bot API, with a small deterministic asker."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

from bot.telegram_app import build_application, open_serving
from bot.telegram_people import People
from config import Settings
from retrieval.conversation import Conversation
from retrieval.model import Answer, Article, ArticleRef, Hit
from tests.bot.botapi import BotApi
from tests.bot.telegram_world import TOKEN

NOWHERE = Path(tempfile.mkdtemp(prefix="huiwen-test-"))
"""A data folder for tests that do not look at what is kept; it goes when the tests end."""
atexit.register(shutil.rmtree, NOWHERE, ignore_errors=True)

PASSAGE = "会议强调，<安全> & 发展。大会于11月20日召开。会议要求抓落实。"
SENTENCE = "大会于11月20日召开。"


def answer(question: str, k: int, confidence: float = 0.9) -> Answer:
    article = ArticleRef("a1", "全省召开<警示教育>大会", "2019-11-20", "日报")
    start = PASSAGE.index(SENTENCE)
    hit = Hit(1, 0.9, article, 1, PASSAGE, (start, start + len(SENTENCE)))
    return Answer(question, confidence > 0.3, confidence, 1, 1.0, (hit,)[:k])


class SmallAsker:
    """Remembers what it is asked; does first whatever a test puts into `before`."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.talks: list[Conversation] = []
        self.before: Callable[[str], None] = lambda question: None
        self.confidence = 0.9
        self.articles = {"a1": Article("a1", "全省召开<警示教育>大会", "", (PASSAGE,), None, "日报")}

    def ask(self, question: str, k: int = 5, since: str | None = None, until: str | None = None) -> Answer:
        self.questions.append(question)
        self.before(question)
        return answer(question, k, self.confidence)

    def article(self, key: str) -> Article | None:
        return self.articles.get(key)

    def present(self, question: str) -> Hit | None:
        return None

    def converse(self, talk: Conversation, question: str, k: int = 5) -> tuple[Answer, Conversation]:
        self.talks.append(talk)
        found = self.ask(question, k)
        return found, Conversation(question, question, found.hits[0] if found.hits else None)


def settings_for(api: BotApi, data_dir: Path = NOWHERE, **telegram: object) -> Settings:
    """Return settings under which people are not limited, unless `telegram` says so."""
    ours = {"api_url": api.root, "token": TOKEN, "questions_per_minute": 0, "chat_questions_per_minute": 0}
    return Settings.of({"data_dir": data_dir, "telegram": {**ours, **telegram}})


@contextlib.contextmanager
def running(api: BotApi, asker: SmallAsker, settings: Settings | None = None) -> Iterator[Callable[[], None]]:
    """Run the bot in a thread until the body ends; yield what tells it to stop."""
    settings = settings or settings_for(api)
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    stopped: Future[None] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        with contextlib.closing(People.open(settings)) as people:
            await open_serving(settings, build_application(settings, asker, people)).run(stop)

    def run() -> None:
        try:
            asyncio.run(serve())
            stopped.set_result(None)
        except BaseException as error:
            stopped.set_exception(error)

    def tell() -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already
            loop.call_soon_threadsafe(stop.set)

    thread = threading.Thread(target=run, name="bot")
    thread.start()
    loop, stop = started.result(20)
    try:
        yield tell
    finally:
        tell()
        thread.join(20)
        stopped.result(0)

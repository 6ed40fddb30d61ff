"""Many people at once ask a bot that runs as a process, on the sample articles; each answer is looked at.

Closed loop: everybody asks, reads the answer, thinks, and asks again. Open loop: questions come at a steady
rate, whether the earlier ones are answered or not.
"""

from __future__ import annotations

import heapq
import os
import queue
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.bot_process import Bot, huiwen
from tests.bot.botapi import BotApi, Call

_SAMPLES = Path(__file__).parents[2] / "samples"
_PATIENCE_S = 30.0
_FIRST_PERSON = 50_001
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

# Each names its meeting, so that it stands by itself, and what its answer must show.
_ASKED = (
    ("云泊仓储火灾事故警示教育大会由谁主持？", "沈怀瑾主持大会"),
    ("临澜市防汛抗旱工作会议由谁主持？", "袁以宁主持会议"),
    ("临澜市储备了多少艘冲锋舟？", "冲锋舟76艘"),
    ("望鹤水库最高水位距汛限水位差多少？", "0.8米"),
    ("栖霞岭县乡村教师座谈会由谁主持？", "葛望舒主持座谈会"),
    ("教学点教师每人每月增发多少元？", "600元"),
    ("鲍春泥在白石小学任教多少年？", "任教31年"),
    ("渡口镇现存明清民居多少处？", "民居137处"),
    ("《渡口倡议》对沿街商铺租金涨幅有什么要求？", "不超过百分之五"),
    ("云泊地铁3号线全长多少公里？", "27.6公里"),
    ("云泊市轨道交通3号线建设调度会由谁主持？", "骆闻笙主持会议"),
    ("桐溪县有多少个村卫生室？", "136个村卫生室"),
    ("简书禾说慢性病用药目录扩大到多少种？", "180种"),
    ("全省基层医疗卫生工作现场会由谁主持？", "戚长庚主持会议"),
)
_OPENINGS = ("", "请问，", "请问一下，", "想问问，", "麻烦问一下，", "你好，", "您好，请问", "我想知道，")


@dataclass
class Phase:
    """What came of some questions."""

    name: str
    asked: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Seconds from an update handed over to its sendMessage, of each answer."""
    missing: int = 0
    doubled: int = 0
    wrong: int = 0
    """Answers that do not show what their own question asks for."""
    cpu_ms: float = 0.0
    """Of the bot, for each question."""
    rss: list[int] = field(default_factory=list)
    """Bytes resident, sampled as answers came."""

    @property
    def faults(self) -> int:
        return self.missing + self.doubled + self.wrong

    def percentile(self, share: float) -> float:
        """Return milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")

    def __str__(self) -> str:
        times = ", ".join(
            f"p{round(100 * share)} {self.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)
        )
        sizes = [self.rss[at] / (1 << 20) for at in (0, len(self.rss) // 2, -1)] if self.rss else []
        memory = ", ".join(f"{size:.0f}" for size in sizes)
        return (
            f"{self.name}: {self.asked} questions in {self.seconds:.1f} s"
            f" ({self.asked / max(self.seconds, 1e-9):.1f} a second); {times} ms;"
            f" CPU {self.cpu_ms:.1f} ms a question; RSS at start, middle and end {memory or '?'} MB;"
            f" {self.missing} missing, {self.doubled} doubled, {self.wrong} wrong"
        )


def index_samples(folder: Path) -> None:
    """Index the sample articles where a bot in `folder` looks."""
    shutil.copytree(_SAMPLES, folder / "articles")
    huiwen(folder, "index", folder / "articles").check_returncode()


def closed_loop(bot: Bot, people: int, questions: int, think_s: float, seed: int) -> Phase:
    """Let `people` ask `questions` in all, each the next one about `think_s` after an answer."""
    rng = random.Random(seed)
    crowd = _Crowd(bot, f"{people} people who think {think_s:g} s", rng)
    due = [(rng.uniform(0.0, think_s), person) for person in range(people)]
    heapq.heapify(due)
    left = questions
    while left or crowd.waiting:
        while due and left and due[0][0] <= crowd.now():
            crowd.ask(heapq.heappop(due)[1])
            left -= 1
        pause = due[0][0] - crowd.now() if due and left else _PATIENCE_S
        person = crowd.next_answer(max(pause, 0.0))
        if person is not None:
            heapq.heappush(due, (crowd.now() + rng.uniform(0.5, 1.5) * think_s, person))
        elif crowd.lost_patience():
            break
    return crowd.result()


def open_loop(bot: Bot, people: int, questions: int, rate: float, seed: int) -> Phase:
    """Ask `rate` questions a second, at random moments, of `people` in turn."""
    rng = random.Random(seed)
    crowd = _Crowd(bot, f"{rate:g} questions a second", rng)
    at = 0.0
    for number in range(questions):
        at += rng.expovariate(rate)
        while (pause := at - crowd.now()) > 0:
            crowd.next_answer(pause)
        crowd.ask(number % people)
    while crowd.waiting and not crowd.lost_patience():
        crowd.next_answer(_PATIENCE_S)
    return crowd.result()


class _Crowd:
    """Asks, and takes down what comes."""

    def __init__(self, bot: Bot, name: str, rng: random.Random) -> None:
        self._bot, self._rng = bot, rng
        self._api: BotApi = bot.api
        self._phase = Phase(name)
        self._answers: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self.waiting: dict[int, tuple[int, str]] = {}
        """Who waits and for what, by the number of the question."""
        self._answered: set[int] = set()
        self._texts = self._texts_of()
        self._started, self._cpu = time.monotonic(), _cpu_seconds(bot.process.pid)
        self._last = self._started
        self._api.listener = self._listen

    def now(self) -> float:
        return time.monotonic() - self._started

    def ask(self, person: int) -> None:
        """Let one of them ask something that nobody else asks at that moment in these words."""
        text, expected = next(self._texts)
        number = _FIRST_PERSON + person
        user = {"id": number, "is_bot": False, "first_name": f"P{person}", "language_code": "zh-hans"}
        chat = {"id": number, "type": "private", "first_name": f"P{person}"}
        message = self._api.say(text, chat=chat, user=user)
        # Its answer may be here already: that is looked at in `next_answer`, in this thread.
        self.waiting[message] = (person, expected)
        self._phase.asked += 1

    def next_answer(self, seconds: float) -> int | None:
        """Return who was answered next, None where nobody is within so many seconds."""
        try:
            call = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        self._last = time.monotonic()
        return self._take(call)

    def lost_patience(self) -> bool:
        return time.monotonic() - self._last >= _PATIENCE_S

    def result(self) -> Phase:
        self._phase.seconds = self.now()
        while not self._answers.empty():  # of what is doubled, the second may come last
            self._take(self._answers.get())
        self._api.listener = lambda call: None
        self._phase.missing = len(self.waiting)
        cpu = _cpu_seconds(self._bot.process.pid) - self._cpu
        self._phase.cpu_ms = 1000 * cpu / max(self._phase.asked, 1)
        return self._phase

    def _take(self, call: Call) -> int | None:
        quoted = call.params.get("reply_parameters", {}).get("message_id", 0)
        person, expected = self.waiting.pop(quoted, (None, ""))
        if person is None:
            self._phase.doubled += quoted in self._answered
            self._phase.wrong += quoted not in self._answered
            return None
        self._answered.add(quoted)
        self._phase.latencies.append(call.at - self._api.handed[quoted])
        own = call.params["chat_id"] == _FIRST_PERSON + person
        self._phase.wrong += not own or expected not in "".join(call.shown.split())
        if len(self._phase.latencies) % 20 == 1:
            self._phase.rss.extend(_resident(self._bot.process.pid))
        return person

    def _listen(self, call: Call) -> None:
        if call.method == "sendMessage" and call.served:
            self._answers.put(call)

    def _texts_of(self) -> Iterator[tuple[str, str]]:
        while True:
            texts = [(opening + text, part) for opening in _OPENINGS for text, part in _ASKED]
            self._rng.shuffle(texts)
            yield from texts


def _cpu_seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident(process: int) -> list[int]:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return []
    return [int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS")]

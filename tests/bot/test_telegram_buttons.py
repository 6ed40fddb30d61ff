"""Buttons, edits, topics and inline mode of `huiwen bot` as a real process, over restarts and generations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import texts_for
from tests.bot.bot_process import Bot, index, running
from tests.bot.botapi import Call
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import BOB, BOT, FORUM, GROUP, PRIVATE, TOPIC

ZH, EN = texts_for("zh"), texts_for("en")
QUESTION = "港口安全与发展工作会议决定新建什么？"
LONG_ID = "https://paper.example.cn/2024/06/03/page1/article7.html"

_HARBOUR: dict[str, Any] = {
    "id": "harbour",
    "title": "滨海召开<港口>安全 & 发展工作会议",
    "date": "2024-05-08",
    "url": "https://paper.example.cn/harbour?a=1&b=2",
    "paragraphs": [
        "5月8日，滨海市召开港口安全与发展工作会议。",
        "市长王建国主持会议。王建国强调，要守牢安全底线，把责任落实到每一座码头。",
        "会议决定新建三座防波堤。",
        "王建国还强调，渔船进出港口要登记，夜间要有人值守。",
    ],
}
_RIVER: dict[str, Any] = {
    "id": LONG_ID,
    "title": "临江市召开防汛工作会议",
    "date": "2024-06-02",
    "paragraphs": [
        "6月2日，临江市召开防汛工作会议。副市长李春梅强调，要二十四小时值守水库。",
        "会议决定新建两座泵站。",
    ],
}
_LONG: dict[str, Any] = {
    "id": "long",
    "title": "全市经济工作会议召开",
    "date": "2024-12-20",
    "paragraphs": [f"第{n}条，会议部署经济工作。" + "要抓好落实。" * 400 for n in range(1, 9)],
}
_METRO: list[dict[str, Any]] = [
    {
        "id": f"metro{n}",
        "title": f"地铁{n}号线建设推进会召开",
        "date": f"2023-{n % 12 + 1:02d}-05",
        "paragraphs": [f"地铁{n}号线建设推进会召开，副市长陈立新要求{n}号线按期通车。"],
    }
    for n in range(1, 15)
]


def _publish(folder: Path, *records: dict[str, Any]) -> None:
    (folder / "articles").mkdir(exist_ok=True)
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "articles" / "pages.jsonl").write_text(lines, encoding="utf-8")
    index(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("buttons")
    _publish(folder, _HARBOUR, _RIVER, _LONG, *_METRO)
    return folder


@pytest.fixture(scope="module")
def bot(folder: Path) -> Iterator[Bot]:
    with running(folder, HUIWEN_SEARCH__THRESHOLD="0.3") as bot:
        yield bot
        assert bot.api.unanswered() == set()


class Shown:
    """A message of the bot's, and what is done with it."""

    def __init__(self, bot: Bot, call: Call, chat: dict[str, Any]) -> None:
        self.bot, self.chat = bot, chat
        self.number = max(number for where, number in bot.api.message_ids() if where == chat["id"])
        self.call = call

    @property
    def message(self) -> dict[str, Any]:
        return self.bot.api.message(self.number, chat=self.chat)

    @property
    def text(self) -> str:
        return str(self.message["text"])

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self._rows() for button in row]

    def data(self, label: str) -> str:
        buttons = (button for row in self._rows() for button in row)
        return str(next(each["callback_data"] for each in buttons if each["text"].startswith(label)))

    def press(self, label: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401  as BotApi.press has it
        """Press a button, wait for what comes of it, and return how the query was answered."""
        return self.press_data(self.data(label), **how)

    def press_data(self, data: str, *, edits: int = 1, **how: Any) -> dict[str, Any]:  # noqa: ANN401
        before = sum(call.method == "editMessageText" for call in self.bot.api.calls)
        answer = self.bot.api.wait_answer(self.bot.api.press(self.number, data, chat=self.chat, **how))
        self.bot.api.wait_called("editMessageText", before + edits)
        return answer

    def _rows(self) -> list[list[dict[str, Any]]]:
        return (self.message.get("reply_markup") or {"inline_keyboard": []})["inline_keyboard"]  # type: ignore[no-any-return]


def _ask(bot: Bot, text: str, chat: dict[str, Any] = PRIVATE, **fields: Any) -> Shown:  # noqa: ANN401
    before = len(bot.api.sent())
    bot.api.say(text, chat=chat, **fields)
    return Shown(bot, bot.api.wait_sent(before + 1)[before], chat)


def test_the_hits_are_leafed_through_before_and_after_a_restart(bot: Bot) -> None:
    shown = _ask(bot, f"/ask {QUESTION}", FORUM, message_thread_id=TOPIC, is_topic_message=True)
    first = shown.text
    assert "三座防波堤" in first and shown.labels[:2] == ["1/5", "▶"]
    assert 'href="https://paper.example.cn/harbour?a=1&amp;b=2"' in shown.call.params["text"]
    assert shown.press("▶") == {
        "callback_query_id": bot.api.calls[-2].params["callback_query_id"],
        "show_alert": False,
    }
    second = shown.text
    assert second != first and shown.labels[:3] == ["◀", "2/5", "▶"]
    bot.restart()
    shown.press("▶")
    assert shown.labels[:3] == ["◀", "3/5", "▶"] and shown.text not in (first, second)
    shown.press("◀", user=BOB)
    assert shown.labels[:4] == ["◀", "2/5", "▶", EN.button_more]
    shown.press("◀")
    assert shown.text == first
    # The same again is no error.
    shown.press("1/5")
    assert shown.text == first
    assert shown.message["message_thread_id"] == TOPIC


def test_more_of_it_the_whole_of_it_and_back(bot: Bot) -> None:
    shown = _ask(bot, QUESTION)
    first = shown.text
    shown.press(ZH.button_more)
    assert "落实到每一座码头" in shown.text and "夜间要有人值守" in shown.text
    assert "召开港口安全与发展工作会议。" not in shown.text
    edits = [call for call in bot.api.calls if call.method == "editMessageText"]
    assert parse(edits[-1].params["text"]).under("b")[1] == "会议决定新建三座防波堤。"
    bot.restart()
    shown.press(ZH.button_more)
    assert "5月8日，滨海市召开港口安全与发展工作会议。" in shown.text
    assert shown.labels == [ZH.button_whole, ZH.button_back]
    shown.press(ZH.button_whole)
    assert all(paragraph in shown.text for paragraph in _HARBOUR["paragraphs"])
    assert shown.labels == [ZH.button_file, ZH.button_back]
    shown.press(ZH.button_file, edits=0)
    bot.api.wait_called("sendDocument")
    sent = next(call.params for call in bot.api.calls if call.method == "sendDocument")
    assert sent["document"].filename == "滨海召开_港口_安全_发展工作会议.txt"
    assert "夜间要有人值守。" in sent["document"].data.decode()
    assert sent["reply_parameters"]["message_id"] == shown.number
    shown.press(ZH.button_back)
    assert shown.text == first


def test_a_long_article_comes_as_a_file_in_its_topic(bot: Bot) -> None:
    shown = _ask(
        bot, "/ask 全市经济工作会议部署了什么？", FORUM, message_thread_id=TOPIC, is_topic_message=True
    )
    before = sum(call.method == "sendDocument" for call in bot.api.calls)
    assert shown.press(ZH.button_whole, edits=0)["text"] == ZH.sent_as_file
    bot.api.wait_called("sendDocument", before + 1)
    sent = [call.params for call in bot.api.calls if call.method == "sendDocument"][-1]
    assert sent["message_thread_id"] == TOPIC and "第8条" in sent["document"].data.decode()


def test_other_articles(bot: Bot) -> None:
    shown = _ask(bot, QUESTION)
    first = shown.text
    shown.press(ZH.button_others)
    assert shown.text == ZH.others
    assert not [label for label in shown.labels if label.startswith("滨海召开")]
    bot.restart()
    shown.press("临江市召开防汛工作会议")  # its id is too long for a button
    assert "李春梅" in shown.text or "泵站" in shown.text
    note = ZH.follows.format(headline=_RIVER["title"])
    assert _ask(bot, "她还强调了什么？", reply_to=shown.number).text.startswith(note)
    shown.press(ZH.button_whole)
    assert "李春梅" in shown.text and "泵站" in shown.text
    shown.press(ZH.button_back)
    assert shown.text == ZH.others
    shown.press(ZH.button_back)
    assert shown.text == first


def test_nothing_relevant_offers_headlines(bot: Bot) -> None:
    shown = _ask(bot, "怎样做一个好吃的巧克力蛋糕？")
    assert shown.text.startswith(ZH.nothing_relevant)
    label = shown.labels[0]
    bot.restart()
    shown.press(label)
    assert shown.text.startswith(label.partition(" (")[0])
    shown.press(ZH.button_back)
    assert shown.text.startswith(ZH.nothing_relevant)


def test_a_follow_up_stays_in_its_article_after_a_restart(bot: Bot) -> None:
    _ask(bot, "港口安全与发展工作会议上王建国强调了什么？")
    shown = _ask(bot, "他还强调了什么？")
    note = ZH.follows.format(headline=_HARBOUR["title"])
    assert shown.text.startswith(note)
    shown.press(ZH.button_more)
    bot.restart()
    shown.press(ZH.button_back)
    assert shown.text.startswith(note) and "王建国" in shown.text
    bot.restart()
    assert _ask(bot, "他还强调了什么？", reply_to=shown.number).text.startswith(note)
    _ask(bot, "/new")


def test_a_deleted_question_and_a_strange_button(bot: Bot) -> None:
    shown = _ask(bot, QUESTION)
    question = shown.message["reply_to_message"]["message_id"]
    bot.api.delete(question)
    bot.restart()
    answer = shown.press("▶", edits=0)
    assert answer["text"] == ZH.question_gone and answer["show_alert"]
    shown.press(ZH.button_more)  # needs no question
    assert "落实到每一座码头" in shown.text
    assert shown.press_data("nonsense", edits=0, user=BOB)["text"] == EN.button_gone


def test_an_answer_that_comes_too_late_is_no_error(bot: Bot) -> None:
    shown = _ask(bot, QUESTION)
    shown.press("▶", old=True)
    assert shown.labels[:2] == ["◀", "2/5"]
    bot.api.wait_answer(bot.api.query(QUESTION, old=True))


def test_an_edited_question_edits_its_answer(bot: Bot) -> None:
    number = bot.api.say(f"/ask@{BOT['username']} {QUESTION}", chat=GROUP)
    before = len(bot.api.sent())
    bot.api.wait(lambda: any(c.params["chat_id"] == GROUP["id"] for c in bot.api.sent()))
    shown = Shown(bot, bot.api.sent()[-1], GROUP)
    assert "防波堤" in shown.text
    edits = sum(call.method == "editMessageText" for call in bot.api.calls)
    bot.api.rewrite(number, f"/ask@{BOT['username']} 临江市防汛工作会议上李春梅强调了什么？", chat=GROUP)
    bot.api.wait_called("editMessageText", edits + 1)
    assert "水库" in shown.text
    assert len(bot.api.sent()) <= before + 1
    # After a restart nobody knows its answer any more, and it gets a new one.
    bot.restart()
    count = len(bot.api.sent())
    bot.api.rewrite(number, f"@{BOT['username']} {QUESTION}", chat=GROUP)
    assert "防波堤" in bot.api.wait_sent(count + 1)[-1].shown


def test_inline_results(bot: Bot) -> None:
    answer = bot.api.wait_answer(bot.api.query("地铁建设推进会有什么要求？"))
    results, offset = answer["results"], answer["next_offset"]
    assert len(results) == 10 and offset and not answer["is_personal"] and answer["cache_time"] > 0
    assert all(each["title"].startswith("地铁") and "按期通车" in each["description"] for each in results)
    chosen = parse(results[0]["input_message_content"]["message_text"])
    assert chosen.under("b")[0] == results[0]["title"] and "按期通车" in chosen.under("blockquote")[0]
    bot.restart()
    more = bot.api.wait_answer(bot.api.query("地铁建设推进会有什么要求？", offset=offset))
    assert more["results"] and not {r["id"] for r in more["results"]} & {r["id"] for r in results}
    for text, note in (("", ZH.inline_empty), ("怎样做一个好吃的巧克力蛋糕？", ZH.inline_nothing)):
        nothing = bot.api.wait_answer(bot.api.query(text))
        assert nothing["results"] == [] and nothing["button"]["text"] == note
    assert bot.api.wait_answer(bot.api.query("🍰", user=BOB))["results"] == []


def test_an_article_that_is_gone(bot: Bot, folder: Path) -> None:
    shown, other = _ask(bot, QUESTION), _ask(bot, "临江市防汛工作会议上李春梅强调了什么？")
    _publish(folder, _HARBOUR, _LONG, *_METRO)
    bot.wait_serving(2)
    answer = other.press(ZH.button_whole, edits=0)
    assert answer["text"] == ZH.article_gone and answer["show_alert"]
    assert other.press(ZH.button_more, edits=0)["text"] == ZH.article_gone
    shown.press(ZH.button_more)
    assert "落实到每一座码头" in shown.text
    assert shown.press(ZH.button_back)["text"] == ZH.searched_anew
    assert shown.text.splitlines()[0].startswith("滨海召开")

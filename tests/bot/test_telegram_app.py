"""The handlers, over real HTTP against the loopback Bot API."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

import pytest

from bot.telegram_app import build_application, read_token, run_bot
from bot.texts import texts_for
from config import ConfigError, Settings, TelegramSettings
from retrieval.errors import BadQueryError, BrokenIndexError, NoIndexError
from tests.bot.botapi import BotApi
from tests.bot.running import PASSAGE, SENTENCE, SmallAsker, running, settings_for
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import ALICE, BOB, BOT, FORUM, GROUP, PRIVATE, TOKEN, TOPIC

# The library warns of a change to come whenever it meets a 429.
pytestmark = pytest.mark.filterwarnings("ignore:.*`retry_after` will be of type:DeprecationWarning")

ZH, EN = texts_for("zh"), texts_for("en")
HANDLE = f"@{BOT['username']}"
QUESTION = "警示教育大会是哪天召开的？"


@pytest.mark.usefixtures("bot")
def test_a_private_question_is_answered(api: BotApi, asker: SmallAsker) -> None:
    api.say(f" {QUESTION}\n")
    (sent,) = api.wait_sent(1)
    assert asker.questions == [QUESTION]
    assert sent.params["chat_id"] == PRIVATE["id"]
    assert sent.params["reply_parameters"]["message_id"] and "message_thread_id" not in sent.params
    styled = parse(sent.params["text"])
    assert styled.under("b") == ["全省召开<警示教育>大会", SENTENCE]
    assert styled.under("blockquote") == [PASSAGE]
    assert "2019年11月20日 · 日报" in styled.text


@pytest.mark.usefixtures("bot")
def test_commands_in_the_language_of_the_user(api: BotApi) -> None:
    for user, texts in ((None, ZH), (BOB, EN)):
        for command in ("/start", "/help", "/ask", "/nonsense"):
            count = len(api.sent())
            api.say(command, **({"user": user} if user else {}))  # type: ignore[arg-type]
            shown = api.wait_sent(count + 1)[count].params["text"]
            expected = {"/start": texts.start, "/ask": texts.usage, "/nonsense": texts.unknown_command}
            assert shown == expected.get(command, texts.help.format(bot=BOT["username"]))


@pytest.mark.usefixtures("bot")
def test_groups_hear_the_bot_only_when_it_is_meant(api: BotApi, asker: SmallAsker) -> None:
    api.say("随便聊聊", chat=GROUP)
    api.say("/ask@Another_bot 别的", chat=GROUP)
    api.say("/nonsense", chat=GROUP)
    asked = [
        api.say(f"/ask 一 {QUESTION}", chat=GROUP),
        api.say(f"/ask{HANDLE} 二 {QUESTION}", chat=GROUP),
        api.say(f"😀 {HANDLE} 三 {QUESTION}", chat=GROUP),
    ]
    sent = api.wait_sent(3)
    assert sorted(asker.questions) == sorted([f"一 {QUESTION}", f"二 {QUESTION}", f"😀 三 {QUESTION}"])
    assert {call.params["chat_id"] for call in sent} == {GROUP["id"]}
    quotes = [call.params["reply_parameters"] for call in sent]
    assert sorted(quote["message_id"] for quote in quotes) == asked
    assert all(quote["allow_sending_without_reply"] for quote in quotes)


@pytest.mark.usefixtures("bot")
def test_a_reply_to_the_bot_is_a_question(api: BotApi, asker: SmallAsker) -> None:
    api.say(f"/ask {QUESTION}", chat=GROUP)
    api.wait_sent(1)
    answer_id = max(number for chat, number in api.message_ids() if chat == GROUP["id"])
    api.say("谁参加了？", chat=GROUP, reply_to=answer_id)
    api.wait_sent(2)
    assert asker.questions == [QUESTION, "谁参加了？"]


@pytest.mark.usefixtures("bot")
def test_a_question_goes_on_from_the_last_one_until_a_new_subject(api: BotApi, asker: SmallAsker) -> None:
    for count, text in enumerate((QUESTION, "他还说了什么？", "/new", "多久？"), start=1):
        api.say(text)
        api.wait_sent(count)
    assert [talk.question for talk in asker.talks] == ["", QUESTION, ""]
    assert api.sent()[2].params["text"] == ZH.forgotten


@pytest.mark.usefixtures("bot")
def test_people_in_a_group_do_not_disturb_one_another(api: BotApi, asker: SmallAsker) -> None:
    said = [(ALICE, "一？"), (BOB, "二？"), (ALICE, "三？"), (BOB, "四？")]
    for count, (user, text) in enumerate(said, start=1):
        api.say(f"/ask {text}", chat=GROUP, user=user)
        api.wait_sent(count)
    assert [talk.question for talk in asker.talks] == ["", "", "一？", "二？"]


@pytest.mark.usefixtures("bot")
def test_a_reply_goes_on_from_the_answer_it_replies_to(api: BotApi, asker: SmallAsker) -> None:
    answers = []
    for count, text in enumerate(("一？", "二？"), start=1):
        api.say(f"/ask {text}", chat=GROUP, user=ALICE)
        api.wait_sent(count)
        answers.append(max(number for chat, number in api.message_ids() if chat == GROUP["id"]))
    api.say("多久？", chat=GROUP, user=BOB, reply_to=answers[0])
    api.wait_sent(3)
    api.say("/ask 谁？", chat=GROUP, user=ALICE)
    api.wait_sent(4)
    assert [talk.question for talk in asker.talks] == ["", "一？", "一？", "二？"]


@pytest.mark.usefixtures("bot")
def test_answers_stay_in_their_topic(api: BotApi, asker: SmallAsker) -> None:
    asker.before = lambda question: api.wait(lambda: api.begun["sendChatAction"] == 2)
    api.say(f"/ask {QUESTION}", chat=FORUM, message_thread_id=TOPIC, is_topic_message=True)
    # A thread of replies in a group that is no forum has a number too; sending to it is refused.
    api.say(f"/ask {QUESTION}", chat=GROUP, message_thread_id=4711)
    sent = api.wait_sent(2)
    assert {(c.params["chat_id"], c.params.get("message_thread_id")) for c in sent} == {
        (FORUM["id"], TOPIC),
        (GROUP["id"], None),
    }
    api.wait_called("sendChatAction", 2)
    actions = [call.params for call in api.calls if call.method == "sendChatAction"]
    assert {action.get("message_thread_id") for action in actions} == {TOPIC, None}


@pytest.mark.usefixtures("bot")
def test_bots_and_channels_get_no_answer(api: BotApi, asker: SmallAsker) -> None:
    message = {"message_id": 9, "date": 1, "chat": PRIVATE, "from": BOB, "text": "改过"}
    channel = {**message, "chat": {"id": -100555, "type": "channel", "title": "频道"}}
    api.push({"update_id": 490, "edited_channel_post": channel}, {"update_id": 491, "channel_post": channel})
    api.say("机器人说话", user={"id": 7, "is_bot": True, "first_name": "b"})
    api.say(QUESTION)
    api.wait_sent(1)
    assert asker.questions == [QUESTION]


@pytest.mark.usefixtures("bot")
def test_duplicate_and_malformed_updates(api: BotApi, asker: SmallAsker) -> None:
    message = {"message_id": 9, "date": 1, "chat": PRIVATE, "from": BOB, "text": "重复"}
    api.push({"update_id": 400, "message": message})
    api.wait_sent(1)
    api.push({"update_id": 400, "message": message}, {"update_id": 401, "message": {"text": "坏"}})
    api.push({"update_id": 402, "message": "?"}, {"update_id": 403, "unheard_of": {"a": 1}})
    api.say(QUESTION)
    api.wait_sent(2)
    assert asker.questions == ["重复", QUESTION]


@pytest.mark.usefixtures("bot")
def test_long_questions_are_refused_politely(api: BotApi, asker: SmallAsker) -> None:
    api.say("问" * 1001)
    (sent,) = api.wait_sent(1)
    assert sent.params["text"] == ZH.too_long.format(limit=1000)
    api.say("问" * 1000)
    api.wait_sent(2)
    assert asker.questions == ["问" * 1000]


@pytest.mark.usefixtures("bot")
def test_nothing_relevant(api: BotApi, asker: SmallAsker) -> None:
    asker.confidence = 0.1
    api.say("How do I bake bread?", user=BOB)
    (sent,) = api.wait_sent(1)
    assert sent.shown.startswith(EN.nothing_relevant)
    assert "全省召开<警示教育>大会" in sent.params["reply_markup"]["inline_keyboard"][0][0]["text"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (NoIndexError("no index"), ZH.no_articles),
        (BadQueryError("bad"), ZH.cannot_search),
        (BrokenIndexError("index damaged; run `huiwen index --full`"), ZH.trouble),
        (ValueError(f"near {QUESTION[2:8]!r}"), ZH.trouble),
    ],
)
def test_trouble_is_told_briefly_and_logged_without_the_question(
    api: BotApi, asker: SmallAsker, error: Exception, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: str) -> None:
        raise error

    asker.before = fail
    with caplog.at_level(logging.DEBUG, "bot"):
        api.say(QUESTION)
        (sent,) = api.wait_sent(1)
    assert sent.params["text"] == line
    assert QUESTION[2:8] not in caplog.text
    assert ("could not be answered" in caplog.text) == (line == ZH.trouble)
    assert ("huiwen index --full" in caplog.text) == isinstance(error, BrokenIndexError)
    assert ('  File "' in caplog.text) == isinstance(error, ValueError)


@pytest.mark.usefixtures("bot")
def test_slow_searches_run_side_by_side_and_show_typing(api: BotApi, asker: SmallAsker) -> None:
    together = threading.Barrier(2, timeout=15)

    def meet(question: str) -> None:
        together.wait()
        api.wait(lambda: api.begun["sendChatAction"] == 2)

    asker.before = meet
    api.say("一？")
    api.say("二？")
    api.wait_sent(2)
    api.wait_called("sendChatAction")
    assert next(c.method for c in api.calls if c.method.startswith("send")) == "sendChatAction"


@pytest.mark.usefixtures("bot")
def test_quick_answers_show_no_typing(api: BotApi) -> None:
    for count in range(1, 4):
        api.say(QUESTION)
        api.wait_sent(count)
    assert api.begun["sendChatAction"] < 3  # on a machine that is busy, one or the other is not quick


def test_commands_are_announced(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker, settings_for(api, admins=[BOB["id"]])):
        api.wait_called("setMyCommands", 6)
    menus = {
        (c.params["scope"]["type"], c.params.get("language_code", "")): c.params["commands"]
        for c in api.calls
        if c.method == "setMyCommands"
    }
    names = {place: [each["command"] for each in menu] for place, menu in menus.items()}
    assert set(names) == {
        (scope, code) for scope in ("all_private_chats", "all_group_chats", "chat") for code in ("", "zh")
    }
    assert names["all_private_chats", ""][0] == names["all_group_chats", "zh"][0] == "ask"
    assert menus["all_private_chats", "zh"][0]["description"] == ZH.command_ask
    assert menus["chat", ""][0]["description"] == EN.command_ask
    assert set(names["chat", ""]) - set(names["all_private_chats", ""]) == {
        "upload",
        "ban",
        "unban",
        "reindex",
        "health",
    }
    assert "forget" in names["all_private_chats", ""] and "forget" not in names["all_group_chats", ""]


def test_stopping_finishes_the_answers_in_flight(api: BotApi, asker: SmallAsker) -> None:
    asked, proceed = threading.Event(), threading.Event()

    def hold(question: str) -> None:
        asked.set()
        assert proceed.wait(15)

    asker.before = hold
    with running(api, asker) as stop:
        api.say(QUESTION)
        assert asked.wait(15)
        polls = sum(call.method == "getUpdates" for call in api.calls)
        stop()
        api.wait_called("getUpdates", polls + 1)  # what was fetched is confirmed
        proceed.set()
    assert len(api.sent()) == 1
    assert api.update_ids() == []


def _telegram(**values: object) -> TelegramSettings:
    return TelegramSettings.of(values)


def test_tokens(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"\ufeff{TOKEN}\n", encoding="utf-8")
    assert read_token(_telegram(token=f" {TOKEN} ")) == TOKEN
    assert read_token(_telegram(token_file=file)) == TOKEN
    file.write_text("nonsense\n")
    for wrong, reason in (
        (_telegram(), "HUIWEN_TELEGRAM__TOKEN"),
        (_telegram(token="a b"), "telegram.token: not a token"),
        (_telegram(token_file=file), "telegram.token_file: not a token"),
        (_telegram(token_file=tmp_path / "none"), "cannot be read"),
    ):
        with pytest.raises(ConfigError, match=reason) as error:
            read_token(wrong)
        assert "nonsense" not in str(error.value) and "a b" not in str(error.value)


def test_without_a_token_one_line_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    with BotApi() as api:
        assert run_bot(settings_for(api, token=None)) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert "BotFather" in shown.err and "HUIWEN_TELEGRAM__TOKEN" in shown.err


def test_roots_and_proxies(api: BotApi, asker: SmallAsker) -> None:
    application = build_application(settings_for(api, api_url=f"{api.root}/"), asker)
    assert application.bot.base_url == f"{api.root}/bot{TOKEN}"
    assert application.bot.base_file_url == f"{api.root}/file/bot{TOKEN}"
    # Plain HTTP goes through a proxy as it is: the server plays the proxy, the Bot API is nowhere.
    settings = settings_for(api, api_url="http://nowhere.invalid", proxy_url=api.root)
    me = asyncio.run(_get_me(settings, asker))
    assert me == BOT["username"]


async def _get_me(settings: Settings, asker: SmallAsker) -> str:
    application = build_application(settings, asker)
    await application.initialize()
    username: str = application.bot.username
    await application.shutdown()
    return username


def test_a_proxy_that_cannot_be_used_is_named_without_its_password(api: BotApi, asker: SmallAsker) -> None:
    with pytest.raises(ConfigError, match=r"telegram\.proxy_url") as error:
        build_application(settings_for(api, proxy_url="http://user:hunter22@host:notaport"), asker)
    assert "hunter22" not in str(error.value)

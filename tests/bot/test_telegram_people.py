"""Who is let in, how fast, in which language, and what is kept; over real HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.state import FILE_NAME
from bot.state_file import read_feedback
from bot.telegram_callbacks import Action, Press
from bot.telegram_links import article_payload, question_payload
from bot.telegram_ratings import rating_row
from bot.texts import texts_for
from tests.bot.botapi import BotApi, Call
from tests.bot.botapi_answers import Fault
from tests.bot.running import PASSAGE, SmallAsker, running, settings_for
from tests.bot.telegram_html import parse
from tests.bot.telegram_world import ALICE, BOB, BOT, GROUP, PRIVATE

ZH, HANT, EN = texts_for("zh"), texts_for("zh-hant"), texts_for("en")
QUESTION = "警示教育大会是哪天召开的？"
ADMIN = {"id": 1009, "is_bot": False, "first_name": "Admin", "language_code": "en"}
ADMINS = [ADMIN["id"]]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "bot"):
        yield caplog


def _say(api: BotApi, text: str, user: dict[str, Any] = ALICE, chat: dict[str, Any] = PRIVATE) -> Call:
    """Say something and return what the bot replies."""
    before = len(api.sent())
    api.say(text, user=user, chat=chat)
    return api.wait_sent(before + 1)[before]


def _press(api: BotApi, data: str, user: dict[str, Any] = ALICE) -> str:
    """Press a button of the newest message of the bot and return what is said."""
    number = max(number for chat, number in api.message_ids() if chat == PRIVATE["id"])
    shown: str = api.wait_answer(api.press(number, data, user=user)).get("text", "")
    return shown


def _silent(api: BotApi, user: dict[str, Any], chat: dict[str, Any] = PRIVATE) -> None:
    """See that the bot says nothing to a question; inline queries, which name no chat, end in any case."""
    before = len(api.sent())
    api.say(f"/ask {QUESTION}", user=user, chat=chat)
    if chat is PRIVATE:
        api.wait_answer(api.query(QUESTION, user=user))
    last = _say(api, "/help", user=ADMIN)
    assert len(api.sent()) == before + 1 and last.params["text"].startswith("<b>Asking")


def test_only_those_on_the_list_are_let_in_and_others_are_told_why_once(
    api: BotApi, asker: SmallAsker
) -> None:
    settings = settings_for(api, allow=[ALICE["id"], GROUP["id"]], admins=ADMINS)
    with running(api, asker, settings):
        assert _say(api, QUESTION, BOB).params["text"] == EN.not_for_you.format(id=BOB["id"])
        _silent(api, BOB)
        assert "20日" in _say(api, QUESTION, ALICE).shown
        # Telegram must not show it to others who type the same.
        assert api.wait_answer(api.query(QUESTION))["is_personal"]
        assert _press(api, "l:en", BOB) == ""
        assert "20日" in _say(api, f"/ask {QUESTION}", BOB, GROUP).shown  # in a group that is on the list
        assert "20日" in _say(api, QUESTION, ADMIN).shown
    assert len(asker.questions) == 4


def test_the_blocked_get_no_answer_and_no_reason(api: BotApi, asker: SmallAsker) -> None:
    settings = settings_for(api, block=[BOB["id"], GROUP["id"]], admins=ADMINS)
    with running(api, asker, settings):
        _silent(api, BOB)
        _silent(api, ALICE, GROUP)
        assert "20日" in _say(api, QUESTION, ALICE).shown
    assert len(asker.questions) == 1


def test_admins_ban_and_unban(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    settings = settings_for(api, tmp_path, admins=ADMINS)
    with running(api, asker, settings):
        assert _say(api, f"/ban {BOB['id']}", ALICE).params["text"] == ZH.unknown_command
        assert _say(api, f"/ban {BOB['id']}", ADMIN).params["text"] == EN.banned.format(id=BOB["id"])
        _silent(api, BOB)
        # What replies to a message is about its author, the more so where numbers are not seen.
        before, number = len(api.sent()), api.say("广告", chat=GROUP)
        api.say("/ban", user=ADMIN, chat=GROUP, reply_to=number)
        assert api.wait_sent(before + 1)[before].params["text"] == EN.banned.format(id=ALICE["id"])
        assert _say(api, "/ban 1009", ADMIN).params["text"] == EN.not_to_ban.format(id=1009)
        usage = _say(api, "/ban nobody", ADMIN).params["text"]
        assert "<code>1001</code>" in usage and "<code>1002</code>" in usage
    with running(api, asker, settings):
        _silent(api, BOB)
        assert _say(api, f"/unban {BOB['id']}", ADMIN).params["text"] == EN.unbanned.format(id=BOB["id"])
        assert _say(api, f"/unban {BOB['id']}", ADMIN).params["text"] == EN.not_banned.format(id=BOB["id"])
        assert _say(api, "/unban", ADMIN).params["text"] == EN.unban_usage
        assert "20日" in _say(api, QUESTION, BOB).shown


def test_who_asks_too_fast_is_told_once(api: BotApi, asker: SmallAsker) -> None:
    settings = settings_for(api, questions_per_minute=0.01, question_burst=2, admins=ADMINS)
    with running(api, asker, settings):
        for count in (1, 2):
            api.say("随便聊聊", chat=GROUP)  # not meant for the bot, and costs nothing
            _say(api, QUESTION)
            assert len(asker.questions) == count
        assert "6000" in _say(api, QUESTION).params["text"]
        _silent(api, ALICE)
        _silent(api, ALICE, GROUP)
        for _ in range(9):  # and an inline query before
            _press(api, "l:zh")
        assert "过 1200 秒" in _press(api, "l:zh")
        for _ in range(3):
            assert "20日" in _say(api, QUESTION, ADMIN).shown
        assert "20日" in _say(api, QUESTION, BOB).shown
    assert len(asker.questions) == 2 + 1 + 3 + 1


def test_a_group_has_a_limit_of_its_own(api: BotApi, asker: SmallAsker) -> None:
    settings = settings_for(api, chat_questions_per_minute=0.01, chat_question_burst=1)
    with running(api, asker, settings):
        assert "20日" in _say(api, f"/ask {QUESTION}", ALICE, GROUP).shown
        assert "6000" in _say(api, f"/ask {QUESTION}", BOB, GROUP).params["text"]
        assert "20日" in _say(api, QUESTION, BOB).shown


@pytest.mark.parametrize("on", [False, True])
def test_questions_are_logged_only_where_the_operator_wants_it(
    api: BotApi, asker: SmallAsker, on: bool, told: pytest.LogCaptureFixture
) -> None:
    with running(api, asker, settings_for(api, log_questions=on)):
        _say(api, QUESTION)
        _say(api, f"/ask {QUESTION} 二", chat=GROUP)
        _say(api, "/help")
    lines = [record.getMessage() for record in told.records if QUESTION in record.getMessage()]
    wanted = [f"Question of 1001 in 1001: {QUESTION}", f"Question of 1001 in {GROUP['id']}: {QUESTION} 二"]
    assert lines == (wanted if on else [])


def test_the_language_is_chosen_and_stays(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    settings = settings_for(api, tmp_path)
    with running(api, asker, settings):
        shown = _say(api, "/lang")
        assert shown.params["text"] == ZH.choose_language
        buttons = [row[0] for row in shown.params["reply_markup"]["inline_keyboard"]]
        assert [each["text"] for each in buttons] == [
            ZH.language,
            HANT.language,
            EN.language,
            ZH.language_of_telegram,
        ]
        assert _press(api, buttons[1]["callback_data"]) == HANT.language_chosen
        api.wait_called("editMessageText")
        (edited,) = [call.params["text"] for call in api.calls if call.method == "editMessageText"]
        assert edited == HANT.choose_language
        menus = [c.params for c in api.calls if c.params.get("scope") == {"type": "chat", "chat_id": 1001}]
        assert {menu["commands"][0]["description"] for menu in menus} == {HANT.command_ask}
    with running(api, asker, settings):
        assert _say(api, "/start").params["text"] == HANT.start
        asker.confidence = 0.1
        assert _say(api, QUESTION).shown.startswith(HANT.nothing_relevant)
        assert _say(api, "/start", BOB).params["text"] == EN.start
        assert _say(api, "/lang en").params["text"] == EN.language_chosen
        assert _say(api, "/start").params["text"] == EN.start
        assert _press(api, "l:") == ZH.language_chosen
        assert _say(api, "/start").params["text"] == ZH.start
        api.wait_called("deleteMyCommands", 2)
        assert _press(api, "l:klingon") == ZH.button_gone


def test_links_to_a_question_and_to_an_article(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        assert PASSAGE in _say(api, f"/start {question_payload(QUESTION)}").shown
        assert asker.questions == [QUESTION]
        shown = _say(api, f"/start {article_payload('a1')}")
        assert shown.shown.startswith("全省召开<警示教育>大会") and PASSAGE in shown.shown
        assert _say(api, "/start a0000").params["text"] == ZH.article_gone
        assert _say(api, "/start dAAAA").params["text"] == ZH.article_gone
        assert _say(api, "/start nonsense").params["text"] == ZH.start


@pytest.mark.parametrize("supported", [True, False])
def test_the_button_above_inline_results_leads_to_how_to_use_them(
    api: BotApi, asker: SmallAsker, supported: bool
) -> None:
    api.rights = {"supports_inline_queries": supported}
    with running(api, asker):
        parameter = api.wait_answer(api.query(""))["button"]["start_parameter"]
        told = _say(api, f"/start {parameter}").params
        assert told["text"] == ZH.inline_usage.format(bot=BOT["username"])
        keyboard = told.get("reply_markup", {}).get("inline_keyboard", [])
        assert keyboard == ([[{"text": ZH.button_inline, "switch_inline_query": ""}]] if supported else [])


def test_feedback_is_kept_once_a_person_and_answer(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    good, bad = rating_row(Press(Action.HIT, 71, "a1", paragraph=40))
    with running(api, asker, settings_for(api, tmp_path)):
        _say(api, QUESTION)
        assert _press(api, good.data) == ZH.thanks_good
        assert _press(api, bad.data) == ZH.thanks_bad
        assert _press(api, good.data, BOB) == EN.thanks_good
        assert _press(api, "f:2.what.ever") == ZH.button_gone
    found = {each.user: each for each in read_feedback(tmp_path / FILE_NAME)}
    assert set(found) == {ALICE["id"], BOB["id"]}
    assert not found[1001].good and found[1002].good
    assert {(each.question, each.passages, each.generation) for each in found.values()} == {
        (QUESTION, (("a1", 40),), 71)
    }


def test_all_that_is_kept_of_somebody_is_forgotten(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    good, _ = rating_row(Press(Action.HIT, 1, "a1"))
    with running(api, asker, settings_for(api, tmp_path)):
        _say(api, QUESTION)
        _press(api, good.data)
        _press(api, good.data, BOB)
        _say(api, "/lang en")
        assert _say(api, "/forget").params["text"] == EN.all_forgotten.format(feedback=1)
        assert _say(api, "/start").params["text"] == ZH.start
        _say(api, "他还说了什么？")
        assert asker.talks[-1].question == ""
    (left,) = read_feedback(tmp_path / FILE_NAME)
    assert left.user == BOB["id"]


def test_stats(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    with running(api, asker, settings_for(api, tmp_path, admins=ADMINS)):
        _say(api, QUESTION)
        shown = _say(api, "/stats").params["text"]
        assert shown.splitlines() == [
            ZH.no_articles,
            ZH.stats_questions.format(questions=1),
            ZH.stats_you.format(id=1001, language=ZH.language_of_telegram),
        ]
        people = EN.stats_people.format(good=0, bad=0, languages=0, bans=0)
        assert people in _say(api, "/stats", ADMIN).params["text"]


def test_without_articles_there_is_nothing_to_list(api: BotApi, asker: SmallAsker) -> None:
    with running(api, asker):
        assert _say(api, "/latest").params["text"] == ZH.no_articles
        assert _say(api, "/articles").params["text"] == ZH.no_articles


def test_what_cannot_be_written_is_told(api: BotApi, asker: SmallAsker, tmp_path: Path) -> None:
    good, _ = rating_row(Press(Action.HIT, 1, "a1"))
    (tmp_path / "data").write_text("a file where the folder should be")
    with running(api, asker, settings_for(api, tmp_path / "data")):
        _say(api, QUESTION)
        assert _press(api, good.data) == ZH.trouble


def test_a_menu_that_cannot_be_set_hinders_nobody(
    api: BotApi, asker: SmallAsker, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    api.inject("setMyCommands", *[Fault(400, "chat not found")] * 4)
    with running(api, asker, settings_for(api, tmp_path, admins=ADMINS)):
        api.wait_called("setMyCommands", 2)
        assert _say(api, "/lang zh-hant").params["text"] == HANT.language_chosen
        assert parse(_say(api, "/start", ADMIN).params["text"]).text
    assert told.text.count("menu of commands") == 1

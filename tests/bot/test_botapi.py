"""The judge is judged: what Telegram would refuse, the loopback server must refuse."""

from __future__ import annotations

import json
import urllib.request

import pytest

from tests.bot.botapi import BotApi
from tests.bot.botapi_checks import decode
from tests.bot.telegram_html import BadMarkup, parse
from tests.bot.telegram_world import TOKEN


@pytest.mark.parametrize(
    "source",
    [
        *("<b>a", "a</b>", "<b><i>a</b></i>", "<p>a</p>", "<b class='x'>a</b>", "<span>a</span>"),
        *("a & b", "a < b", "a > b", "&nbsp;", '<a href="">a</a>'),
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
    ],
)
def test_bad_markup_is_refused(source: str) -> None:
    with pytest.raises(BadMarkup):
        parse(source)


def test_good_markup_is_read() -> None:
    styled = parse('<b>甲&lt;<i>乙</i></b>&amp;<a href="http://x/?a&amp;b">丙</a>&#128512;')
    assert styled.text == "甲<乙&丙😀"
    assert styled.entities == (("i", "乙"), ("b", "甲<乙"), ("a", "丙"))


@pytest.mark.parametrize(
    ("method", "form", "complaint"),
    [
        ("sendMessage", {"chat_id": "1"}, "text"),
        ("sendMessage", {"chat_id": "1", "text": " "}, "empty"),
        ("sendMessage", {"chat_id": "1", "text": "x" * 4097}, "too long"),
        ("sendMessage", {"chat_id": "1", "text": "😀" * 2049}, "too long"),
        ("sendMessage", {"chat_id": "1", "text": "<b>x", "parse_mode": "HTML"}, "not closed"),
        ("sendMessage", {"chat_id": "1", "text": "x", "colour": "red"}, "unknown field"),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_parameters": "{"}, "not JSON"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "x", "reply_parameters": '{"message_id":1,"a":2}'},
            ".a: unknown",
        ),
        ("sendMessage", {"chat_id": "1", "text": "x", "disable_web_page_preview": "true"}, "deprecated"),
        (
            "sendMessage",
            {"chat_id": "1", "text": "x", "reply_markup": '{"inline_keyboard":"a"}'},
            "inline_keyboard",
        ),
        ("sendChatAction", {"chat_id": "1"}, "action"),
        ("setMyCommands", {"commands": '[{"command":"Ask","description":"d"}]'}, "command 'Ask'"),
        ("getNothing", {}, "no such method"),
    ],
)
def test_bad_requests_are_noticed(method: str, form: dict[str, str], complaint: str) -> None:
    _, wrong = decode(method, form)
    assert any(complaint in each for each in wrong), wrong


def test_callback_data_is_measured_in_bytes() -> None:
    for data, complaints in (("会" * 21, 0), ("会" * 22, 1)):
        markup = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": data}]]})
        assert (
            len(decode("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": markup})[1]) == complaints
        )


def test_good_requests_pass() -> None:
    form = {"chat_id": "-1", "text": "<b>" + "😀" * 2048 + "</b>", "parse_mode": "HTML"}
    assert decode("sendMessage", {**form, "reply_parameters": '{"message_id": 1}'})[1] == []


def test_confirmed_updates_vanish() -> None:
    with BotApi() as api:
        api.push({"update_id": 7}, {"update_id": 8})
        url = f"{api.root}/bot{TOKEN}/getUpdates"
        for query, expected in (
            ("", [7, 8]),
            ("?limit=1", [7]),
            ("?offset=8", [8]),
            ("", [8]),
            ("?offset=9", []),
        ):
            with urllib.request.urlopen(url + query) as response:
                assert [update["update_id"] for update in json.load(response)["result"]] == expected
        assert api.update_ids() == []
        assert api.violations == []

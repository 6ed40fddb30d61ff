"""Is a request one that Telegram would take? aiogram's models are the schema; the rest is by hand."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

import aiogram.methods
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile
from aiohttp.web import FileField
from pydantic import BaseModel, ValidationError

from tests.bot.telegram_html import BadMarkup, parse

_METHODS: dict[str, type[TelegramMethod[Any]]] = {
    each.__api_method__: each
    for each in vars(aiogram.methods).values()
    if isinstance(each, type) and issubclass(each, TelegramMethod) and each is not TelegramMethod
}
_Value = str | bytes | bytearray | FileField

_TEXT_UNITS, _CAPTION_UNITS, _INLINE_RESULTS = 4096, 1024, 50
_CALLBACK_BYTES, _QUERY_ANSWER_UNITS, _COMMANDS = 64, 200, 100


def decode(method: str, form: Mapping[str, _Value]) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters of a request and what is wrong with them."""
    schema = _METHODS.get(method)
    if schema is None:
        return dict(form), [f"{method}: no such method"]
    wrong: list[str] = []
    params: dict[str, Any] = {}
    for name, value in form.items():
        field = schema.model_fields.get(name)
        if field is None:
            wrong.append(f"{method}.{name}: unknown field")
            continue
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("deprecated"):
            wrong.append(f"{method}.{name}: deprecated field")
        if not isinstance(value, str):
            params[name] = _file(value)
            continue
        try:
            params[name] = _decoded(field.annotation, value)
        except ValueError:
            wrong.append(f"{method}.{name}: not JSON: {value[:80]!r}")
    try:
        model = schema.model_validate(params)
    except ValidationError as error:
        wrong += [f"{method}.{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    else:
        wrong += [f"{method}{path}: unknown field" for path in _unknown(model, "")]
    return params, wrong + [f"{method}: {each}" for each in _by_hand(method, params)]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _file(value: _Value) -> BufferedInputFile:
    if isinstance(value, FileField):
        return BufferedInputFile(value.file.read(), value.filename)
    return BufferedInputFile(value.encode() if isinstance(value, str) else bytes(value), "")


def _decoded(annotation: object, value: str) -> Any:  # noqa: ANN401
    kinds = set(_kinds(annotation))
    if str not in kinds:
        return json.loads(value)
    if int in kinds and value.lstrip("-").isdigit():
        return int(value)
    return value


def _kinds(annotation: object) -> Iterator[object]:
    if get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _kinds(part)
    else:
        yield annotation


def _unknown(value: object, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in value.model_fields_set:
            yield from _unknown(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unknown(item, f"{path}[{index}]")


def _by_hand(method: str, params: dict[str, Any]) -> Iterator[str]:
    if "text" in params and method in ("sendMessage", "editMessageText"):
        yield from _text(params)
    if "caption" in params:
        yield from _text({**params, "text": params["caption"]}, _CAPTION_UNITS)
    if method == "answerCallbackQuery" and units(params.get("text", "")) > _QUERY_ANSWER_UNITS:
        yield "text over 200 units"
    if method == "answerInlineQuery":
        yield from _inline(params)
    if method == "setMyCommands":
        commands = params.get("commands", [])
        if not 1 <= len(commands) <= _COMMANDS:
            yield f"{len(commands)} commands"
        for each in commands:
            if not each["command"].isascii() or each["command"] != each["command"].lower():
                yield f"command {each['command']!r}"
            if not 1 <= len(each["description"]) <= 256:
                yield f"description of {each['command']!r}"
        if len(params.get("language_code", "en")) != 2:
            yield "language_code is not of two letters"
    yield from _markup(params.get("reply_markup"))


def _inline(params: dict[str, Any]) -> Iterator[str]:
    results, button = params["results"], params.get("button")
    if len(results) > _INLINE_RESULTS:
        yield f"{len(results)} results"
    if len({each["id"] for each in results}) < len(results):
        yield "results with one id"
    if len(params.get("next_offset", "").encode()) > _CALLBACK_BYTES:
        yield "next_offset over 64 bytes"
    if button is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "")):
        yield f"start_parameter {button.get('start_parameter')!r}"
    for each in results:
        if not 1 <= len(each["id"].encode()) <= _CALLBACK_BYTES:
            yield f"result id {each['id']!r}"
        if not each["title"].strip():
            yield "result without title"
        content = each["input_message_content"]
        yield from _text({**content, "text": content["message_text"]})


def _text(params: dict[str, Any], limit: int = _TEXT_UNITS) -> Iterator[str]:
    text = params["text"]
    if params.get("parse_mode") == "HTML":
        try:
            text = parse(text).text
        except BadMarkup as error:
            yield str(error)
            return
    elif "parse_mode" in params:
        yield f"parse_mode {params['parse_mode']!r}"
    if not text.strip():
        yield "message text is empty"
    if units(text) > limit:
        yield f"message is too long: {units(text)} units"


def _markup(markup: object) -> Iterator[str]:
    if markup is None:
        return
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        yield "inline_keyboard is no list of lists"
        return
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            yield "button without text"
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= _CALLBACK_BYTES:
            yield f"callback_data of {len(data.encode())} bytes"

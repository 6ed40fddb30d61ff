"""What a message shows: its text and the buttons beneath it. Pure data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.telegram_callbacks import Action, Press, encode
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard."""

    label: str
    data: str
    """What comes back when it is pressed."""
    inline: bool = False
    """Instead lets a chat be chosen, where `data` stands after the bot's name in the line to be typed."""


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One message."""

    text: str
    """HTML within Telegram's limit."""
    rows: tuple[Row, ...] = ()


def hit_rows(here: Press, hits: int, texts: Texts) -> tuple[Row, ...]:
    """Return the buttons beneath hit `here.position` of so many."""
    turns = [replace(here, action=Action.HIT, position=each) for each in range(1, hits + 1)]
    more = Button(texts.button_more, encode(replace(here, action=Action.MORE, number=1)))
    others = Button(texts.button_others, encode(replace(here, action=Action.OTHERS)))
    return _rows(_pager(turns, here.position - 1), (more, _whole(here, texts)), (others,))


def context_rows(here: Press, *, wider: bool, texts: Texts) -> tuple[Row, ...]:
    """Return the buttons beneath a paragraph and those around it; `wider` if there are more."""
    more = Button(texts.button_more, encode(replace(here, number=here.number + 1)))
    return _rows((more, _whole(here, texts)) if wider else (_whole(here, texts),), (_back(here, texts),))


def page_rows(here: Press, pages: int, texts: Texts) -> tuple[Row, ...]:
    """Return the buttons beneath page `here.number` of so many."""
    turns = [replace(here, number=each) for each in range(pages)]
    file = Button(texts.button_file, encode(replace(here, action=Action.FILE)))
    return _rows(_pager(turns, here.number), (file,) if here.alone else (file, _back(here, texts)))


def list_rows(articles: Iterable[tuple[str, Press]], back: Press | None, texts: Texts) -> tuple[Row, ...]:
    """Return a button for each article, by label and paragraph to open, and one back to the answer."""
    opened = [
        (Button(label, encode(replace(press, action=Action.MORE, number=1, listed=True))),)
        for label, press in articles
    ]
    return _rows(
        *opened, (Button(texts.button_back, encode(replace(back, action=Action.HIT))),) if back else ()
    )


def _pager(turns: list[Press], at: int) -> Row:
    if len(turns) < 2:
        return ()
    first = (Button("◀", encode(turns[at - 1])),) if at > 0 else ()
    last = (Button("▶", encode(turns[at + 1])),) if at + 1 < len(turns) else ()
    return (*first, Button(f"{at + 1}/{len(turns)}", encode(turns[at])), *last)


def _whole(here: Press, texts: Texts) -> Button:
    return Button(texts.button_whole, encode(replace(here, action=Action.WHOLE, number=0)))


def _back(here: Press, texts: Texts) -> Button:
    action = Action.OTHERS if here.listed else Action.HIT
    return Button(texts.button_back, encode(replace(here, action=action, listed=False)))


def _rows(*rows: Row) -> tuple[Row, ...]:
    return tuple(row for row in rows if row)

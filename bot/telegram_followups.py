"""What a question goes on from when memory does not know: the answer that is replied to says it itself."""

from __future__ import annotations

from telegram import Message

from bot.telegram_articles import ref_of
from bot.telegram_callbacks import Action, Press, decode
from retrieval.conversation import Conversation
from retrieval.model import Article, Hit


def press_beneath(answer: Message) -> Press | None:
    """Return what the buttons of a message of ours carry: its article and paragraph, if it shows one."""
    if answer.reply_markup is None:
        return None
    presses = (decode(str(each.callback_data)) for row in answer.reply_markup.inline_keyboard for each in row)
    # Beneath a passage there is always one that leads to its article; those of a list lead to passages.
    return next((press for press in presses if press and press.action in (Action.WHOLE, Action.FILE)), None)


def talk_about(article: Article, press: Press) -> Conversation:
    """Return a conversation in which the paragraph of a button has just been shown."""
    if not article.paragraphs:
        return Conversation()
    number = min(max(press.paragraph, 1), len(article.paragraphs))
    about = Hit(1, 0.0, ref_of(article), number, article.paragraphs[number - 1], (0, 0))
    return Conversation(article.title, article.title, about)

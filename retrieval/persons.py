"""Who speaks in a sentence of a report, and who bears a title: as newspapers write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.names import possible_names

_RUN = re.compile(r"[\u3400-\u9fff]+")
_VERB = re.compile(
    r"(?:总书记|主席|总理|委员长|书记|部长|省长|市长|县长|同志|当场|随后|最后|还|并|也|在会上|在讲话中|代表[\u3400-\u9fff]{1,8}?)?"
    r"(?:指出|强调|要求|说|表示|介绍|主持|出席|提出|认为|回应|建议|宣布|作|发表|讲话|会见|透露|谈到|告诉|参加|汇报|率|到|"
    r"希望|呼吁|致辞|主讲|对)"
)
# What a name stands behind: an office or a calling, or nothing.
_BEFORE = re.compile(r"(?:[长记席理任员师人家士授表官手民]|经理|同志|代表|校友)$")
_TITLES = re.compile(
    r"(?:总|副|委|省委|市委|县委|区委|常务副|副总)?(?:书记|[省市县区州部局厅院校镇乡村社]长|主席|总理|主任|经理|研究员|董事长)"
)
# What a report begins a paragraph of somebody's words with, and what asks for them.
_SPEECH = re.compile(
    r"强调|指出|要求|说|表示|提出|讲|谈|介绍|建议|\b(?:say|says|said|stress|emphasi|demand|ask|call|suggest|propos|point|"
    r"dijo|subray|destac|exigi|sagte|beton|forder|déclar|soulign|exig|disse|detto|zei|benadruk)|сказал|подчеркн|отмет|"
    r"потреб|заяв|述べ|言|強調|말|강조|قال|أكد|شدد",
    re.IGNORECASE,
)
_NAME = 3


def asks_for_words(question: str) -> bool:
    """Return whether a question asks what somebody said."""
    return bool(_SPEECH.search(question))


def speaker(sentence: str) -> str | None:
    """Return the first person who says or does something in a sentence, None if nobody is named."""
    return next(_speakers(sentence), None)


def bearer(title: str, text: str) -> str | None:
    """Return who bears a title (省长) in a text, None where nobody does."""
    for match in re.finditer(rf"(?<!副){re.escape(title)}(?=([\u3400-\u9fff]{{2,}}))", text):
        run = match.group(1)
        for name in sorted(possible_names(run[: _NAME + 1]), key=len, reverse=True):
            if run.startswith(name) and _ends(run[len(name) :]):
                return name
    return None


def titles(text: str) -> list[str]:
    """Return the titles that a text speaks of: 省长, 县委书记."""
    return [match.group() for match in _TITLES.finditer(text)]


def _speakers(sentence: str) -> Iterator[str]:
    for match in _RUN.finditer(sentence):
        run = match.group()
        found = []
        for name in dict.fromkeys(possible_names(run)):
            at = run.find(name)
            while at >= 0:
                if (at == 0 or _BEFORE.search(run[:at])) and _VERB.match(run, at + len(name)):
                    found.append((at, -len(name), name))
                at = run.find(name, at + 1)
        yield from (name for _, _, name in sorted(found))


def _ends(after: str) -> bool:
    return not after or bool(_VERB.match(after))

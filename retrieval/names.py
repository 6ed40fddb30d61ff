"""Chinese names written in Latin letters: "Wu Zhenglong" and "Zhenglong Wu" meet 吴政隆 by pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from retrieval.folding import fold
from retrieval.function_words import FUNCTION_WORDS

# Surnames of the Hundred Family Surnames that still fill newspapers, and the compound ones.
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴"
    "谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应"
    "宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳汲松井段富巫乌焦巴弓牧山谷车侯全班仰秋仲伊宫宁仇"
    "栾甘厉祖武符刘景詹束龙叶幸司黎薄印白怀蒲从鄂索咸赖卓蔺屠蒙池乔阴苍闻党翟谭贡姬申扶冉郦雍桑桂牛寿通边燕冀郏浦尚农温别"
    "庄晏柴瞿阎充慕连习宦艾鱼容向古易慎廖终居衡步都耿满弘匡国文寇广阙东欧沃利蔚越隆师巩聂晁勾敖融冷辛阚那简饶空曾沙丰关相"
    "查后荆红游竺权盖益桓公仉晋楚闫付覃佟苑岳帅亢况有琴丘麦仝冼展丛由原代邸修信娜矫么谌税撒禚隋代闻揭"
)
_COMPOUND = frozenset(re.findall("..", "欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐司徒夏侯端木百里南宫呼延"))
# Characters read otherwise as a surname than as a word.
_SURNAME_READING = dict(
    zip(
        "单曾仇解查任盖区朴翟乐尉缪冼覃华洗员种繁召黑折秘那万葛宁应贾石柏晁郇逄谌",
        re.findall(
            "[a-z]+",
            "shan zeng qiu xie zha ren ge ou piao zhai yue yu miao xian qin hua xian yun chong "
            "po shao he she bi na wan ge ning ying jia shi bai chao xun pang chen",
        ),
        strict=True,
    )
)
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_FINALS = frozenset(
    re.findall(
        "[a-z]+",
        "a o e i u v ai ei ui ao ou iu ie ue ve er an en in un vn ang eng ing ong ia iao ian iang iong ua uo "
        "uai uan uang",
    )
)
_SYLLABLE_MAX = 6  # "zhuang"
_NAME_CHARS = 3  # a surname of one character and a given name of one or two
_RUN_WORDS = 3  # "Lou Qin Jian"
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’\-‐‑][A-Za-zÀ-ɏ]+)*")
_JOINT = re.compile(r"['’\-‐‑]")
_U_UMLAUT = re.compile("[ln]v|lyu|^nyu")

_Spelt = tuple[str, int]
"""A Latin word in plain letters and the number of its syllables, 0 where it is no pinyin."""


def name_readings(text: str, words: Iterable[str]) -> list[tuple[str, str]]:
    """Return what may be named in a passage, each with a reading of it in toneless pinyin, joined.

    That is every word of two or more characters (places, offices, names the segmenter knows), read as a
    word and as a name, and every run of two or three characters that begins with a surname (names it does
    not know).
    """
    known = [word for word in words if len(word) > 1 and _HAN_RUN.fullmatch(word)]
    named = [(word, term) for word in known for term in ("".join(_syllables_of(word)), reading(word))]
    named.extend((name, reading(name)) for name in names_in(fold(text)))
    return list(dict.fromkeys(named))


def name_groups(question: str) -> list[list[str]]:
    """Return the ways to read each Latin name in a question as joined pinyin, surname first.

    Each group stands for one place in the question and holds the readings that exclude each other. Words
    that are no pinyin, and lone syllables, give none.
    """
    groups: list[list[str]] = []
    run: list[_Spelt] = []
    for word, adjoining in _latin_words(question):
        if not adjoining:
            groups.extend(_readings_of(run))
            run = []
        if word[1]:
            run.append(word)
        else:
            groups.extend(_readings_of(run))
            run = []
    groups.extend(_readings_of(run))
    return groups


@cache
def reading(word: str) -> str:
    """Return the toneless pinyin of a word as it is read where it stands as a name: 曾庆红 zengqinghong."""
    first, *rest = _syllables_of(word)
    if word[:2] not in _COMPOUND:
        first = _SURNAME_READING.get(word[0], first)
    return "".join([first, *rest])


@cache
def _syllables_of(word: str) -> list[str]:
    # As lazy_pinyin reads it, at a fifth of the price. The dictionary is slow to load; questions need none.
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.seg.mmseg import seg

    syllables: list[str] = []
    for piece in seg.cut(word):
        phrase = PHRASES_DICT.get(piece) if len(piece) > 1 else None
        if phrase:
            syllables += [_toneless(readings[0]) for readings in phrase]
        else:
            syllables += map(_syllable_of, piece)
    return syllables


@cache
def _syllable_of(char: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return _plain(lazy_pinyin(char, style=Style.NORMAL)[0])


@cache
def _toneless(syllable: str) -> str:
    return _plain(syllable)


def names_in(folded: str) -> Iterator[str]:
    """Yield what may be a Chinese name in a folded text, in its order."""
    for match in _HAN_RUN.finditer(folded):
        yield from possible_names(match.group())


def possible_names(run: str) -> Iterator[str]:
    """Yield every part of a run of Chinese characters that begins with a surname and has a name's length."""
    for start in range(len(run) - 1):
        if run[start : start + 2] in _COMPOUND:
            yield run[start : start + 3]
            yield run[start : start + 4]
        elif run[start] in _SURNAMES:
            for length in range(2, _NAME_CHARS + 1):
                if start + length <= len(run):
                    yield run[start : start + length]


def _latin_words(question: str) -> Iterator[tuple[_Spelt, bool]]:
    """Yield each Latin word as it may be spelt, and whether it adjoins the one before.

    Many a word is pinyin by chance (cuando, women, long): where a question has capitals, names have them.
    """
    capitals = any(char.isupper() for char in question)
    end = 0
    for match in _LATIN.finditer(question):
        between = question[end : match.start()]
        # An apostrophe or hyphen parts syllables: Xi'an is two, xian may be one.
        parts = [_plain(part) for part in _JOINT.split(match.group())]
        counts = [_syllables(part) for part in parts]
        count = sum(counts) if all(counts) else 0
        chance = count > 1 and match.group().casefold() in FUNCTION_WORDS
        if chance or (capitals and not match.group()[0].isupper()):
            count = 0
        yield ("".join(parts), count), between.strip() in {"", "·"} and end > 0
        end = match.end()


def _readings_of(run: list[_Spelt]) -> list[list[str]]:
    groups: list[list[str]] = []
    for start, (word, syllables) in enumerate(run):
        readings = [word] if syllables > 1 else []
        for length in range(2, _RUN_WORDS + 1):
            part = run[start : start + length]
            if len(part) == length and 1 < sum(count for _, count in part) <= _NAME_CHARS + 1:
                spelt = [word for word, _ in part]
                readings += ["".join(spelt), "".join(spelt[-1:] + spelt[:-1])]
        if readings:
            groups.append(list(dict.fromkeys(readings)))
    return groups


def _plain(word: str) -> str:
    """Return Latin letters without tones and case; ü, v and yu after l or n are all u.

    Chenyu is chen and yu, not che and nü: after n that only holds at the start.
    """
    letters = unicodedata.normalize("NFD", word.casefold())
    bare = "".join(char for char in letters if char.isascii() and char.isalpha())
    return _U_UMLAUT.sub(lambda match: match.group()[0] + "u", bare)


@cache
def _syllables(word: str) -> int:
    """Return the fewest syllables that spell `word`, 0 when it is no pinyin."""
    best = [0] + [len(word) + 1] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _SYLLABLE_MAX), end):
            if best[start] < best[end] - 1 and _is_syllable(word[start:end]):
                best[end] = best[start] + 1
    return best[-1] if word and best[-1] <= len(word) else 0


@cache
def _is_syllable(letters: str) -> bool:
    initial = next((initial for initial in _INITIALS if letters.startswith(initial)), "")
    final = letters[len(initial) :]
    if not initial:
        return letters in {"a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"}
    return final in _FINALS

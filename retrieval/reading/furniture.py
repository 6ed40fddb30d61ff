"""Page furniture: what a newspaper page or its web frame prints around the articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_WEEKDAY = r"(?:星期|周)[一二三四五六日天]"
_DATE = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_LABEL = (
    r"责任编辑|责编|编辑|本版编辑|本版责编|版面编辑|美编|美术编辑|组版|版式|校对|值班编辑|值班主任|值班总编|见习编辑"
    r"|执行主编|主编|视觉设计|视觉|审读|电话|邮箱|E-?mail|新闻热线|热线|投稿邮箱"
)
_DAY = r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?"
_STAMP = rf"{_DAY}\s*\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
_BYLINE = r"来源|信息来源|文章来源|稿源|作者|发布时间|发布日期|更新时间|发布人"
_PERSON = r"[\u4e00-\u9fffA-Za-z0-9·@.、,， \u3000_-]{1,40}"
_BUTTON = (
    r"下载|打印|打印本页|关闭|关闭窗口|收藏|分享|分享到|评论|纠错|放大|缩小|默认|返回|返回目录|返回首页|返回顶部|首页"
    r"|上一版|下一版|上一篇|下一篇|上一期|下一期|版面导航|标题导航|目录|版面概览|PDF\s*版?|字号|字体|大|中|小|复制|复制链接"
    r"|朗读|语音播报|手机版|扫一扫|微信|微博|播放|暂停"
)
_SEPARATOR = r"[\s　|｜/／·•:：【】\[\]()（）<>《》«»+\-－]*"

# What is said about an article below its headline. One of these alone may be the middle of a sentence.
_ABOUT = rf"(?:{_SEPARATOR}(?:{_BYLINE})\s*[:：]\s*(?:{_STAMP}|{_DAY}|[\u4e00-\u9fffA-Za-z0-9·]{{1,20}})\s*)"

# A line is furniture only where the whole of it is: none of these may match part of a sentence.
_FURNITURE = (
    r"\s*(?:"
    rf"(?![大中小]$)(?:{_SEPARATOR}(?:{_BUTTON})){{1,12}}{_SEPARATOR}"
    rf"|(?:{_SEPARATOR}(?:{_LABEL})\s*[:：/／]\s*{_PERSON})+"
    rf"|(?:{_DAY}\s*|{_STAMP}\s*)?{_ABOUT}{_ABOUT}+|(?:{_DAY}|{_STAMP})\s*{_ABOUT}|{_STAMP}"
    r"|[-—－·•\s]*\d{1,3}[-—－·•\s]*"  # a page number
    r"|第?\s*[A-Z]?\s*\d{1,3}\s*[版页](?:\s*[:：]?\s*[\u4e00-\u9fff·]{2,6})?"
    r"|第\s*[一二三四五六七八九十百]{1,4}\s*[版页](?:\s*[:：]?\s*[\u4e00-\u9fff·]{2,6})?"
    r"|[A-Z]\d{1,2}(?:\s+[\u4e00-\u9fff·]{2,6})?"
    r"|(?:[\u4e00-\u9fff]{2,6}(?:日报|晚报|早报|晨报|时报|商报|都市报|快报)\s*)?"
    rf"{_DATE}\s*{_WEEKDAY}(?:\s*农历.{{2,12}})?(?:\s*第?\s*[A-Z]?\d{{1,5}}\s*[版期号])?"
    r"|[\u4e00-\u9fff]{2,6}(?:日报|晚报|早报|晨报|时报|商报|都市报|快报)"
    rf"|{_DATE}\s+(?:[\u4e00-\u9fff·]{{2,6}}\s+)?第?\s*[A-Z]?\d{{1,3}}\s*版(?:\s+[\u4e00-\u9fff·]{{2,6}})?"
    r"|(?:国内统一(?:连续出版物号|刊号)|CN\s*\d\d-\d{4}|邮发代号|ISSN).{0,40}"
    r"|(?:版权所有|Copyright|©|未经授权).{0,60}"
    r"|(?:本文|文章)?(?:点击|阅读|浏览)(?:量|数|次数)?\s*[:：]\s*\d+.{0,6}"
    r")\s*"
)
_PRINTED_DATE = re.compile(rf"^(?P<line>[^\n。，]{{0,60}}?(?P<date>{_DATE})[^\n。，]{{0,60}})$", re.MULTILINE)
_MAX_LENGTH = 90


def masthead_date(page: str) -> str:
    """Return the full date in the furniture of a page as printed (2024年6月4日), empty without one."""
    for match in _PRINTED_DATE.finditer(page):
        if is_furniture(match.group("line")):
            return match.group("date")
    return ""


def is_byline(line: str) -> bool:
    """Return whether a line that stands for itself says nothing but where the article comes from."""
    return len(line) <= _MAX_LENGTH and _whole(_ABOUT)(line.strip()) is not None


def is_furniture(line: str) -> bool:
    """Return whether the whole line is furniture: page number, masthead, editors' names, buttons."""
    return len(line) <= _MAX_LENGTH and _whole(_FURNITURE)(line) is not None


@cache
def _whole(pattern: str) -> Callable[[str], object]:
    """Return what tells whether the whole of a line is this; to compile it is for those who read pages."""
    return re.compile(pattern).fullmatch

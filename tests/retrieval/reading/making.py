"""Files of every format, made from the same article."""

from __future__ import annotations

import io

import docx

TITLE = "警钟长鸣举一反三 守牢仓储安全底线"
PARAGRAPHS = (
    "本报讯（记者张三）6月3日，青澜省召开仓储火灾事故警示教育大会，通报事故调查情况，部署全省安全生产工作。"
    "省委书记程远山出席会议并讲话，省委常委、常务副省长沈怀瑾主持大会。",
    "程远山强调，要从6月10日起在全省开展为期八个月的仓储安全专项整治行动，分自查自改、集中检查、巩固提升三个阶段推进。"
    "要突出冷库、危险化学品仓库、电商云仓三类场所，逐库建档、逐项销号，对整改不到位的一律停用。",
    "会议以视频会议形式召开，各市、县（区）设分会场，共3.6万人参加会议。",
)


def web_page(*, encoding: str = "utf-8", head: str = "", about: str = "") -> bytes:
    paragraphs = "".join(f"<p>　　{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = f"""<!DOCTYPE html>
<html><head><meta charset="{encoding}"><title>{TITLE}_云泊日报</title>{head}</head><body>
<div class="nav"><a href="/">首页</a> <a href="/news">要闻</a> <a href="/video">视频</a></div>
<div class="article"><h1>{TITLE}</h1>{about}{paragraphs}</div>
<div class="footer">版权所有 云泊日报社 责任编辑：李四</div></body></html>"""
    return page.encode("gb18030" if encoding == "gb2312" else encoding)


def word_document(*, styled: bool = True) -> bytes:
    document = docx.Document()
    if styled:
        document.add_heading(TITLE, level=1)
    else:
        document.add_paragraph(TITLE)
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def markdown_text() -> bytes:
    return "\n\n".join([f"# {TITLE}", *PARAGRAPHS, ""]).encode()

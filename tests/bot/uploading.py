"""Articles as they are sent to the bot, and what Telegram says of where they come from."""

from __future__ import annotations

import io
from typing import Any

import docx
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

HARBOUR = (
    "滨海市召开港口安全工作会议\n\n"
    "本报讯 5月8日，滨海市召开港口安全工作会议。市长王建国主持会议。会议决定新建三座防波堤。\n"
)
RIVER = (
    "临江市召开防汛工作会议\n\n"
    "本报讯 6月2日，临江市召开防汛工作会议。副市长李春梅强调，要二十四小时值守水库。\n"
)
ORCHARD = (
    "青山县召开果园建设推进会",
    "本报讯 9月12日，青山县召开果园建设推进会。县长赵立新提出，三年内新建果园八千亩。",
    "会议还表彰了四十名种植能手，并部署了秋季修剪工作。",
)


def pdf_of(lines: tuple[str, ...]) -> bytes:
    """Return a PDF with a headline and paragraphs."""
    registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    head, *paragraphs = lines
    canvas.setFont("STSong-Light", 22)
    canvas.drawString(60, 780, head)
    canvas.setFont("STSong-Light", 11)
    y = 740
    for paragraph in paragraphs:
        text = f"　　{paragraph}"
        for start in range(0, len(text), 40):
            canvas.drawString(60, y, text[start : start + 40])
            y -= 16
    canvas.save()
    return file.getvalue()


def word_of(lines: tuple[str, ...]) -> bytes:
    """Return a Word document with a headline and paragraphs."""
    document, file = docx.Document(), io.BytesIO()
    document.add_heading(lines[0], level=1)
    for paragraph in lines[1:]:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def channel(date: int) -> dict[str, Any]:
    """Return where a forwarded post of a channel comes from, written at `date` in seconds."""
    chat = {"id": -1001, "type": "channel", "title": "晚报"}
    return {"type": "channel", "date": date, "chat": chat, "message_id": 3}

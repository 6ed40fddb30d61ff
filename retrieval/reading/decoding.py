"""Bytes of a text file in, text out: the encodings that Chinese newspapers come in."""

from __future__ import annotations

import codecs
import re

from retrieval.errors import UnreadableError

_BOMS = (  # the longer first: the UTF-32 mark begins with the UTF-16 one
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_NAMES = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp950": "Big5",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)
_SAMPLE = (
    16_384  # bytes shown to the detector: enough for certainty, and its time does not grow with the file
)
_SHORT = 32  # bytes; so little GB18030 can look like UTF-16 without a mark
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x7f]")
_MAX_CONTROL = 0.02  # share of control characters beyond which it is no text
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8_CHAR = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes) -> str:
    """Return the text of a file's bytes: UTF-8, GB18030, Big5 or UTF-16, with or without a byte order mark.

    The byte order mark is left out; nothing else is changed. Raises `UnreadableError` where the bytes are not
    text, or are damaged: then it names the first byte (counted from 0) that cannot be read.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(_strictly(data, encoding, len(mark)))
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise UnreadableError(f"not a text file but {what}")
    if b"\x00" not in data[:_SAMPLE]:
        try:
            return _checked(data.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    encoding = _detect(data)
    return _checked(_strictly(data, encoding, 0))


def _strictly(data: bytes, encoding: str, start: int) -> str:
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "big5":
            # Microsoft's variant holds characters that plain Big5 does not
            return _strictly(data, "cp950", start)
        place = error.start + start
        name = _NAMES.get(encoding, encoding)
        raise UnreadableError(
            f"damaged text: byte {place} of {len(data)} is not {name}; save the file again as UTF-8"
        ) from None


def _checked(text: str) -> str:
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > _MAX_CONTROL * len(sample):
        raise UnreadableError("a binary file, not text")
    return text


def _detect(data: bytes) -> str:
    """Return the encoding of text that is neither marked nor sound UTF-8."""
    if _is_damaged_utf8(data):
        return "utf-8"
    from charset_normalizer import from_bytes  # kept from the start of programs that read no such file

    sample = _sample(data)
    candidates = ["gb18030", "big5"]
    if b"\x00" in sample or len(sample) > _SHORT:
        candidates += ["utf_16_le", "utf_16_be"]
    for cut in range(4):  # a sample may end inside a character
        found = from_bytes(sample[: len(sample) - cut], cp_isolation=candidates, enable_fallback=False).best()
        if found is not None and found.encoding != "ascii":
            return found.encoding.replace("_", "-")
    if len(_CONTROL_BYTES.findall(sample)) > _MAX_CONTROL * len(sample):
        raise UnreadableError("a binary file, not text")
    return _least_damaged(data)


def _sample(data: bytes) -> bytes:
    # begin where the Chinese does: a long English preface (which in UTF-16 has NUL bytes) says nothing
    first = _NOT_ASCII.search(data)
    start = first.start() if first and first.start() > _SAMPLE // 4 and b"\x00" not in data[:_SAMPLE] else 0
    return data[start : start + _SAMPLE]


def _is_damaged_utf8(data: bytes) -> bool:
    """Return whether nearly all bytes above ASCII form UTF-8 characters: GB18030 and Big5 hardly ever do."""
    sample = data[:_SAMPLE]
    high = len(_NOT_ASCII.findall(sample))
    return high > 0 and sum(map(len, _UTF8_CHAR.findall(sample))) >= 0.9 * high


def _least_damaged(data: bytes) -> str:
    sample = data[:_SAMPLE]

    def damage(encoding: str) -> int:
        return sample.decode(encoding, errors="replace").count("\ufffd")

    best = min(("gb18030", "big5"), key=damage)
    if damage(best) > 0.05 * len(sample):
        raise UnreadableError("a binary file, not text")
    return best

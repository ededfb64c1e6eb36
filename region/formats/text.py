"""Text as people type and paste it, brought to one form: widths, spaces, invisible characters, encodings."""

from __future__ import annotations

import re
import unicodedata

from region.formats.findings import Unreadable

ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5", "cp1252")

_INVISIBLE = (
    "\u00ad\u180e\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
    "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CLEANING: dict[int, str | int | None] = {
    **dict.fromkeys((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))),
    **{ord(char): None for char in _INVISIBLE},
    **{ord(char): " " for char in _SPACES},
    **{wide: thin for wide, thin in _FULL_WIDTH.items() if chr(thin).isalnum()},
}
_HAN = re.compile("[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_JOINERS = re.compile("[\\s\u200c\u200d]+")
_WHOLE = re.compile(r"(\d+)\.0+")

# A double-byte character that GB 2312 knows, a four-byte one, or any other pair that GB 18030 allows.
_GB_UNIT = re.compile(
    rb"(?P<plain>[\xa1-\xa3\xb0-\xf7][\xa1-\xfe])"
    rb"|(?P<four>[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39])"
    rb"|(?P<rare>[\x81-\xfe][\x40-\x7e\x80-\xfe])"
)


def clean(text: str) -> str:
    """The same words without what cannot be seen: idempotent; never changes a Han character.

    Invisible and control characters go, every space becomes a plain one, line ends become LF, full-width
    letters and digits become plain. Full-width punctuation is folded only where no Han character stands
    beside it, so that "１，２３４" is a number and "街道（原名）" keeps its brackets.
    """
    if text.isascii() and text.isprintable():  # most cells of a table: nothing to be brought to another form
        return text.strip()
    folded = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANING)
    if not _HAN.search(folded):
        folded = folded.translate(_FULL_WIDTH)
    return folded.strip()


def code_text(value: str | int | float) -> str:
    """A code as text: `306.0`, `" 306"` and `３０６` are `306`; leading zeros stay; nothing is guessed.

    Text in scientific notation is left as it is, because its last digits are lost.
    """
    if isinstance(value, float):
        if value != value:
            return ""
        value = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    folded = unicodedata.normalize("NFKC", clean(str(value))).lstrip("'\u2018\u2019")
    folded = _JOINERS.sub("", folded)
    whole = _WHOLE.fullmatch(folded)
    return whole.group(1) if whole else folded


def match_key(text: str) -> str:
    """A key for comparing names: compatibility forms and case folded, no spaces; never stored or shown."""
    return _JOINERS.sub("", unicodedata.normalize("NFKC", clean(text))).casefold()


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Text and the name of its encoding, certain or refused.

    A byte order mark or strict UTF-8 is certain. GB 18030 is taken when the bytes are valid and nearly all
    double-byte characters are common ones; Big5 and Latin texts fail that and are refused (raises
    `Unreadable`), unless the caller states `encoding`.
    """
    if encoding is not None:
        return _decode_as(data, encoding)
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return _decode_as(data, "utf-32")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as(data, "utf-16")
    zeros = data[:4096].count(0)
    if zeros > 8 and zeros * 5 > len(data[:4096]):
        raise Unreadable("encoding_unknown", hint="utf-16 without a mark, or not a text")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if _looks_gb18030(data):
            return _decode_as(data, "gb18030")
        raise Unreadable("encoding_unknown", offset=error.start, choices=list(ENCODINGS)) from error


def _decode_as(data: bytes, encoding: str) -> tuple[str, str]:
    if encoding not in (*ENCODINGS, "utf-32"):
        raise Unreadable("encoding_unsupported", encoding=encoding, choices=list(ENCODINGS))
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_wrong", encoding=encoding, offset=error.start) from error


def _looks_gb18030(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    units = {"plain": 0, "four": 0, "rare": 0}
    for match in _GB_UNIT.finditer(data):
        units[match.lastgroup or "rare"] += 1
    total = sum(units.values())
    # Two lucky pairs prove nothing; a short text must hold common characters only.
    allowed = 0 if total < 20 else total // 10
    return units["plain"] >= 2 and total - units["plain"] <= allowed

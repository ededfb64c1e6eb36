"""What a scanner reads from a box: GS1 element strings, and the numbers of EAN and UPC symbols alone.

Source: GS1 General Specifications, chapters 3 (application identifiers) and 7 (dates, check digits, FNC1).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from region.formats.dates import MISSING
from region.formats.findings import Reading
from region.formats.text import clean

SEPARATOR = "\x1d"
"""What stands for FNC1 after a value of no fixed length: ASCII 29, the group separator."""

_MARK = "\ue01d"
# What keyboards and phones make of the separator; none of these may stand in a value.
_SEPARATORS = re.compile(r"\x1d|\u241d|\{GS\}|<GS>|\^|\||~")
_SYMBOLS = re.compile(r"\](?:C1|d2|Q3|J1|e0|(?P<retail>E[0-9]))")
_BRACKETS = re.compile(r"\((\d{2,4})\)")
_VALUE = re.compile(r"[!-\"%-?A-Z_a-z]+")  # the 82 characters of GS1's table 7.11-1
_TRADE = {8, 12, 13, 14}

# Length of the value behind an identifier: fixed where one number, else most characters and a separator after.
_FIXED = {
    **dict.fromkeys(("01", "02", "03"), 14),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17"), 6),
    **dict.fromkeys((str(n) for n in range(410, 418)), 13),
    **{f"{kind}{point}": 6 for kind in range(310, 370) for point in range(6)},
    "00": 18,
    "20": 2,
}
_DIGITS = {"30": 8, "37": 8, "242": 6, "422": 3, "426": 3, "7001": 13, "7003": 10, "8005": 6}
_FREE = {
    **dict.fromkeys(("10", "21", "22", "243", "254", "420", "8002", "8012"), 20),
    **dict.fromkeys(("240", "241", "250", "251", "253", "400", "401", "403", "7002", "8004", "90"), 30),
    **dict.fromkeys((str(n) for n in range(710, 717)), 20),
    **dict.fromkeys((str(n) for n in range(91, 100)), 90),
    "235": 28,
    "255": 25,
    "402": 17,
    "421": 12,
    "8008": 12,
    "8013": 25,
}
_DATES = {"11": "made", "17": "expires"}
_TEXTS = {"10": "lot", "21": "serial"}


@dataclass(frozen=True)
class Scan:
    """What a box says of itself; `gtin` has 14 digits, `count` is of pieces, `others` are (identifier, value).

    `gtin` is that of the box (01) or, on a carton, of what it holds (02, then `inside` is true).
    """

    gtin: str | None = None
    lot: str | None = None
    made: dt.date | None = None
    expires: dt.date | None = None
    serial: str | None = None
    count: int | None = None
    inside: bool = False
    others: tuple[tuple[str, str], ...] = ()


class _Wrong(Exception):
    """One place in what was read that breaks a rule."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


def gtin_check(digits: str) -> str:
    """The check digit behind these digits: from the right weighed 3, 1, 3, …, to the next ten (GS1, 7.9.1)."""
    total = sum(int(digit) * (1 if n % 2 else 3) for n, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def gs1_scan(text: str, year: int) -> Reading[Scan]:
    """Read what a scanner gave: an element string (with separators or brackets), or 8, 12, 13 or 14 digits alone.

    `year` is the present one: it decides the century of dates (51 years and more ahead are past). Facts on a
    refusal: `ai` (the identifier), `at` (the place in the text as cleaned, from 1), `value`, and `expected`,
    `wanted` or `found`. Reasons: `missing`, `web_address` (a link, not a code), `not_a_code`, `unknown_ai`,
    `wrong_length`, `not_digits`, `bad_character`, `check_digit`, `impossible_date`, `twice`.
    On a reading, `lost_separator` names a text (10 or 21) whose end looks like a date that a separator should
    have set apart, and `in_store` tells a number that only its own shop knows.
    """
    plain = clean(_SEPARATORS.sub(_MARK, text.strip(" \t\r\n")))
    if plain.casefold() in MISSING:
        return Reading(text, reason="missing")
    if re.match(r"(?i)https?://", plain):
        return Reading(text, reason="web_address")
    symbol = _SYMBOLS.match(plain)
    retail = symbol is None or bool(symbol["retail"])
    start = symbol.end() if symbol else 0
    try:
        if retail and plain[start:].isascii() and plain[start:].isdecimal() and len(plain) - start in _TRADE:
            number = _gtin("", plain[start:], start)
            return Reading(text, Scan(number), facts={"in_store": True} if _in_store(number) else {})
        if not (symbol or plain.startswith("(") or _MARK in plain):
            _bare(plain)
        return _gathered(text, _elements(plain, start), year)
    except _Wrong as wrong:
        return Reading(text, reason=wrong.reason, facts=wrong.facts)


def gs1_text(scan: Scan, brackets: bool = True) -> str:
    """The element string of what is known: for people with brackets, for a symbol with separators."""
    pairs = [
        ("02" if scan.inside else "01", scan.gtin),
        ("11", scan.made and f"{scan.made:%y%m%d}"),
        ("17", scan.expires and f"{scan.expires:%y%m%d}"),
        ("10", scan.lot),
        ("21", scan.serial),
        ("37" if scan.inside else "30", None if scan.count is None else str(scan.count)),
        *scan.others,
    ]
    known = [(ai, value) for ai, value in pairs if value]
    if brackets:
        return "".join(f"({ai}){value}" for ai, value in known)
    ended = "".join(ai + value + ("" if ai in _FIXED else SEPARATOR) for ai, value in known)
    return ended.removesuffix(SEPARATOR)


def _bare(plain: str) -> None:
    """Without any sign of GS1 only what begins with a value of fixed length is believed: else `10234` were a lot."""
    known = any(plain[:size] in _FIXED for size in (2, 3, 4))
    if not known or (len(plain) < 16 and plain.isdecimal()):
        raise _Wrong("not_a_code")


def _elements(plain: str, start: int) -> list[tuple[str, str, int]]:
    """The identifiers, their values, and where each value begins."""
    if plain.startswith("(", start):
        return _bracketed(plain, start)
    found = []
    at = start
    while at < len(plain):
        if plain[at] == _MARK:
            at += 1
            continue
        ai = _identifier(plain, at)
        at += len(ai)
        end = at + _FIXED[ai] if ai in _FIXED else plain.find(_MARK, at)
        end = len(plain) if end < 0 else end
        found.append((ai, plain[at:end], at))
        at = end
    return found


def _bracketed(plain: str, start: int) -> list[tuple[str, str, int]]:
    marks = [mark for mark in _BRACKETS.finditer(plain, start) if _length(mark[1])]
    if not marks or marks[0].start() != start:
        raise _Wrong("unknown_ai", at=start + 1, value=plain[start : start + 6])
    ends = [mark.start() for mark in marks[1:]] + [len(plain)]
    return [
        (mark[1], plain[mark.end() : end].replace(_MARK, ""), mark.end())
        for mark, end in zip(marks, ends, strict=True)
    ]


def _length(ai: str) -> int | None:
    return _FIXED.get(ai) or _DIGITS.get(ai) or _FREE.get(ai)


def _identifier(plain: str, at: int) -> str:
    for size in (2, 3, 4):
        if _length(plain[at : at + size]):
            return plain[at : at + size]
    raise _Wrong("unknown_ai", at=at + 1, value=plain[at : at + 4])


def _gathered(text: str, elements: list[tuple[str, str, int]], year: int) -> Reading[Scan]:
    """All elements as one scan; the same identifier may repeat only with the same value."""
    said: dict[str, str] = {}
    places: dict[str, int] = {}
    facts: dict[str, object] = {}
    for ai, value, at in elements:
        if said.setdefault(ai, value) != value:
            raise _Wrong("twice", ai=ai, at=at + 1, value=value[:40])
        places[ai] = at
        _checked(ai, value, at)
        if ai in _TEXTS and _hides_date(value, year):
            facts["lost_separator"] = ai
    if not said:
        raise _Wrong("not_a_code")
    dates = {name: _date(ai, said[ai], places[ai], year) for ai, name in _DATES.items() if ai in said}
    if "7003" in said and "expires" not in dates:
        dates["expires"] = _date("7003", said["7003"][:6], places["7003"], year)
    number = said.get("01") or said.get("02")
    count = said.get("30") or said.get("37")
    if number and _in_store(number):
        facts["in_store"] = True
    scan = Scan(
        gtin=number,
        lot=said.get("10"),
        made=dates.get("made"),
        expires=dates.get("expires"),
        serial=said.get("21"),
        count=int(count) if count else None,
        inside="01" not in said and "02" in said,
        others=tuple((ai, value) for ai, value in said.items() if ai not in _TOLD),
    )
    return Reading(text, scan, facts=facts)


_TOLD = {"01", "02", "10", "11", "17", "21", "30", "37"}


def _checked(ai: str, value: str, at: int) -> None:
    """The value's length, characters and check digit."""
    place = {"ai": ai, "at": at + 1, "value": value.replace(_MARK, "")[:40]}
    wanted = _length(ai) or 0
    if (ai in _FIXED and len(value) != wanted) or not 0 < len(value) <= wanted:
        raise _Wrong("wrong_length", **place, wanted=wanted, found=len(value))
    if (ai in _FIXED or ai in _DIGITS) and not (value.isascii() and value.isdecimal()):
        raise _Wrong("not_digits", **place)
    if not _VALUE.fullmatch(value):
        raise _Wrong("bad_character", **place)
    if ai in ("00", "01", "02", "03") or ai in _PLACES:
        _gtin(ai, value, at)


_PLACES = {f"{n}" for n in range(410, 418)}


def _gtin(ai: str, digits: str, at: int) -> str:
    """A number with its check digit right, brought to 14 digits if it is one of goods."""
    expected = gtin_check(digits[:-1])
    if digits[-1] != expected:
        facts: dict[str, object] = {"ai": ai} if ai else {}
        raise _Wrong("check_digit", **facts, at=at + len(digits), value=digits, expected=expected)
    return digits.zfill(14)


def _in_store(gtin: str) -> bool:
    """Numbers beginning with 02, 04 or 2 mean something in one shop or house only."""
    return gtin[0] == "0" and (gtin[1:3] in ("02", "04") or gtin[1] == "2")


def _date(ai: str, value: str, at: int, year: int) -> dt.date:
    """YYMMDD; day 00 is the last of the month; the century nearest to the present (GS1, 7.12)."""
    short, month, day = int(value[:2]), int(value[2:4]), int(value[4:6])
    full = year - year % 100 + short
    full += -100 if full - year >= 51 else 100 if full - year <= -50 else 0
    try:
        return dt.date(full, month, day or calendar.monthrange(full, month)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise _Wrong("impossible_date", ai=ai, at=at + 1, value=value) from error


def _hides_date(value: str, year: int) -> bool:
    """Whether a text ends in an identifier of a date and a date that exists: its separator may be lost."""
    end = re.fullmatch(r".+(?:11|17)(\d{6})", value)
    try:
        return end is not None and bool(_date("17", end[1], 0, year))
    except _Wrong:
        return False

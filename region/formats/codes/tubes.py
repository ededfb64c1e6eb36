"""Codes of tubes and boxes: our own with a check character, other makers' as they are printed, and what is no code."""

from __future__ import annotations

import datetime as dt
import re

from region.formats.codes.masks import mask_id
from region.formats.codes.persons import resident_id
from region.formats.findings import Reading
from region.formats.text import code_text

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWN = re.compile(r"\d{24}[0-9A-Z]")
_PLAIN = re.compile(r"[0-9A-Z][0-9A-Z./_-]*")
SHORTEST, LONGEST = 4, 40


def check_character(first24: str) -> str:
    """The check character of our own codes: ISO 7064 MOD 37,36 over 24 digits. It finds every single wrong digit
    and almost every swap of neighbours."""
    product = 36
    for digit in first24:
        total = (product + int(digit)) % 36 or 36
        product = total * 2 % 37
    return _DIGITS[(37 - product) % 36]


def own_code(day: dt.date, area: str, serial: int) -> str:
    """Our own code: day (YYMMDD), the area's official code filled to twelve digits, six digits, a check character.

    ValueError for a serial number above 999,999 or an area's code that is not of up to twelve digits.
    """
    if not (0 <= serial <= 999_999 and re.fullmatch(r"\d{1,12}", area)):
        raise ValueError(f"no serial or area of a tube code: {serial}, {area}")
    first = f"{day:%y%m%d}{area.ljust(12, '0')}{serial:06d}"
    return first + check_character(first)


def read_code(text: str) -> Reading[str]:
    """Read a scanned or typed code: capitals, full-width forms and spaces brought to one form.

    `facts`: `own` for a code of ours. Reasons: `missing`, `too_short`, `too_long`, `strange_character` (fact
    `character` says which), `checksum` (it is ours by its form, and a digit is wrong), `resident_number` (somebody's
    identity card lay under the scanner: no list may keep it as a code).
    """
    code = code_text(text).upper()
    if not code:
        return Reading(text, reason="missing")
    if _OWN.fullmatch(code):
        if check_character(code[:24]) != code[24]:
            return Reading(text, reason="checksum")
        return Reading(text, code, facts={"own": True})
    if not SHORTEST <= len(code) <= LONGEST:
        return Reading(text, reason="too_short" if len(code) < SHORTEST else "too_long")
    if not _PLAIN.fullmatch(code):
        strange = next((one for one in code if not re.fullmatch(r"[0-9A-Z./_-]", one)), code[0])
        return Reading(text, reason="strange_character", facts={"character": strange})
    if len(code) == 18 and resident_id(code).value is not None:
        return Reading(text, reason="resident_number")
    return Reading(text, code, facts={"own": False})


def unread(reading: Reading[str], most: int = 40) -> str:
    """What a code that could not be read may be shown and kept as: an identity number only masked."""
    shown = code_text(reading.original).upper() if reading.reason == "resident_number" else reading.original
    return mask_id(shown)[:most] if reading.reason == "resident_number" else shown[:most]

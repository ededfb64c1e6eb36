"""Resident identity numbers (GB 11643): 18 digits checked, 15 converted, the rest refused."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from region.formats.codes.places import PROVINCES
from region.formats.dates import MISSING
from region.formats.findings import Reading
from region.formats.text import code_text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True)
class ResidentId:
    """A number that passes its checks: 18 characters, area code, birth date, and the sex that it states."""

    number: str
    area: str
    born: dt.date
    male: bool


def resident_check(first17: str) -> str:
    """The check character for 17 digits: weighted sum modulo 11, by table (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def resident_id(text: str, latest: dt.date | None = None) -> Reading[ResidentId]:
    """Read a resident identity number; spaces, a leading apostrophe and a small x are forgiven.

    `facts`: `converted` for a 15-digit number brought to 18; `province_assigned`, False for a prefix that was
    never given out (a warning only). Reasons: `missing`, `scientific_notation` and `digits_zeroed` (the last
    digits are lost, nothing can restore them), `phone_number`, `wrong_length`, `not_an_id`, `checksum`,
    `impossible_date`, `in_future` (born after `latest`).
    """
    number = code_text(text).upper()
    if number.casefold() in MISSING:
        return Reading(text, reason="missing")
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", number):
        return Reading(text, reason="scientific_notation")
    if re.fullmatch(r"1[3-9]\d{9}", number):
        return Reading(text, reason="phone_number")
    if re.fullmatch(r"[0-9]{15}", number):
        return _read(text, _converted(number), {"converted": True}, latest)
    if not re.fullmatch(r"[0-9]+X?", number):
        return Reading(text, reason="not_an_id")
    if len(number) != 18:
        return Reading(text, reason="wrong_length", facts={"length": len(number)})
    if number[17] != resident_check(number[:17]):
        return Reading(text, reason="digits_zeroed" if number.endswith("000") else "checksum")
    return _read(text, number, {}, latest)


def _converted(old: str) -> str:
    """A 15-digit number in 18: the century put in (996 to 999 were kept for people born before 1900)."""
    century = "18" if old[12:] >= "996" else "19"
    first17 = old[:6] + century + old[6:]
    return first17 + resident_check(first17)


def _read(text: str, number: str, facts: dict[str, object], latest: dt.date | None) -> Reading[ResidentId]:
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Reading(text, reason="impossible_date", facts=facts)
    if latest is not None and born > latest:
        return Reading(text, reason="in_future", facts=facts)
    facts = {**facts, "province_assigned": number[:2] in PROVINCES}
    return Reading(text, ResidentId(number, number[:6], born, int(number[16]) % 2 == 1), facts=facts)

"""Papers that people are known by, read as they are scanned or typed: the one form of their number, or what is wrong.

Forms are those printed by who issues them: GB 11643 for resident identity numbers (and, by the same rule, residence
permits of people from Hong Kong, Macau and Taiwan and of foreigners since 2023), ICAO 9303 for passports.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from region.formats.codes.persons import resident_id
from region.formats.findings import Reading
from region.formats.text import code_text

LONGEST = 40
_PASSPORT = re.compile(r"(?=.*\d)[0-9A-Z]{6,12}")
_PERMIT = re.compile(r"[HM]\d{8}(\d{2})?|\d{8}|\d{10}|[A-Z]{3}\d{12}")
_BIRTH = re.compile(r"[A-Z]\d{9}")
_LIKE_RESIDENT = re.compile(r"\d{15}|\d{17}[\dX]")
_RESIDENCE = ("81", "82", "83", "9")
"""How residence permits begin: Hong Kong, Macau, Taiwan, and 9 for foreigners."""


def read_paper(kind: str, text: str, latest: dt.date | None = None) -> Reading[str]:
    """Read the number of a paper of a kind of `models.KINDS`; its one form, empty for ``none``.

    `facts`: ``converted`` for an old resident number of 15 digits brought to 18. Reasons: those of
    `formats.codes.persons.resident_id`, and `missing`, `too_long`, `strange_character`, `resident_number` (it is one,
    of another kind of paper), `not_a_passport`, `not_a_permit`, `not_a_certificate`. `latest` is the last possible
    day of birth.
    """
    if kind == "none":
        return Reading(text, "")
    if kind == "resident":
        return _resident(text, latest)
    number = code_text(text).upper()
    if not number:
        return Reading(text, reason="missing")
    if len(number) > LONGEST:
        return Reading(text, reason="too_long")
    return _OTHERS[kind](text, number, latest)


def _resident(text: str, latest: dt.date | None) -> Reading[str]:
    read = resident_id(text, latest)
    return Reading(text, read.value.number if read.value else None, read.reason, read.facts)


def _passport(text: str, number: str, latest: dt.date | None) -> Reading[str]:
    if _LIKE_RESIDENT.fullmatch(number):
        return Reading(text, reason="resident_number")
    if not re.fullmatch(r"[0-9A-Z]+", number):
        return Reading(text, reason="strange_character")
    if not _PASSPORT.fullmatch(number):
        return Reading(text, reason="not_a_passport")
    return Reading(text, number)


def _permit(text: str, number: str, latest: dt.date | None) -> Reading[str]:
    if re.fullmatch(r"\d{17}[\dX]", number):
        read = _resident(text, latest)
        if read.certain and not number.startswith(_RESIDENCE):
            return Reading(text, reason="resident_number")
        return read
    return Reading(text, number) if _PERMIT.fullmatch(number) else Reading(text, reason="not_a_permit")


def _birth(text: str, number: str, latest: dt.date | None) -> Reading[str]:
    if _LIKE_RESIDENT.fullmatch(number):
        return Reading(text, reason="resident_number")
    return Reading(text, number) if _BIRTH.fullmatch(number) else Reading(text, reason="not_a_certificate")


def _any(text: str, number: str, latest: dt.date | None) -> Reading[str]:
    return Reading(text, number)


_OTHERS: dict[str, Callable[[str, str, dt.date | None], Reading[str]]] = {
    "passport": _passport,
    "permit": _permit,
    "birth": _birth,
    "other": _any,
}

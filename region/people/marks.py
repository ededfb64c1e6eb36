"""Keyed hashes by which a person is found again without anything that identifies him being kept in clear."""

from __future__ import annotations

import datetime as dt
import re

from region.formats.codes.phones import phone
from region.spine.installation import Installation

LENGTH = 16
_RESIDENT = re.compile(r"\d{17}[\dX]")


def number_mark(installation: Installation, number: str) -> bytes | None:
    """Of an identity number alone, whatever kind of paper it is said to be of."""
    return _mark(installation, "person-number", number.strip().upper())


def phone_mark(installation: Installation, text: str) -> bytes | None:
    """Of a telephone in its one form; one that cannot be read counts as it stands."""
    if not text.strip():
        return None
    read = phone(text).value
    return _mark(installation, "person-phone", read.number if read else "".join(text.split()))


def name_mark(installation: Installation, name: str) -> bytes | None:
    """Of a name without spaces, capitals and small letters alike."""
    return _mark(installation, "person-name", _plain(name))


def born_mark(installation: Installation, name: str, born: dt.date | None) -> bytes | None:
    """Of name and birth date together; None without either."""
    if born is None or not _plain(name):
        return None
    return _mark(installation, "person-born", f"{_plain(name)}/{born.isoformat()}")


def born_of(kind: str, number: str) -> dt.date | None:
    """The birth date that a checked resident number says (digits 7 to 14, GB 11643)."""
    if kind not in ("resident", "permit") or not _RESIDENT.fullmatch(number):
        return None
    return dt.date.fromisoformat(number[6:14])


def marks_of(
    installation: Installation, kind: str, number: str, name: str, telephone: str, born: dt.date | None
) -> dict[str, bytes | None]:
    """All marks of one person, by the columns of the vault."""
    return {
        "number_mark": number_mark(installation, number),
        "phone_mark": phone_mark(installation, telephone),
        "name_mark": name_mark(installation, name),
        "born_mark": born_mark(installation, name, born or born_of(kind, number)),
    }


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _mark(installation: Installation, purpose: str, text: str) -> bytes | None:
    return installation.seal.mac(purpose, text.encode())[:LENGTH] if text else None

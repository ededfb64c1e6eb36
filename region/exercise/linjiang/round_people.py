"""The invented residents of Linjiang's rounds: each by a number of his own, always the same, none of them real."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from region.exercise.linjiang.names import DISTRICT
from region.exercise.linjiang.people import GIVEN, SURNAMES
from region.formats.codes.persons import resident_check
from region.sampling.schemas import SentPerson

OLDEST, DAYS = date(1936, 1, 1), 29_000
UIDS = 0x0190_0106_0000_7000_8000_0000_0000_0000


def uid(kind: int, number: int) -> str:
    """The uid (version 7 by its form) of the number-th thing of a kind (0 to 65,535): a person, a tube, a phone."""
    return str(UUID(int=UIDS + (kind << 40) + number))


def number_of(n: int) -> str:
    """The resident identity number of the n-th invented person; no district has this code, and its check is right."""
    born = OLDEST + timedelta(days=n * 7919 % DAYS)  # a prime step, so that neighbours are of all ages
    first = f"{DISTRICT[0]}{born:%Y%m%d}{n // DAYS:03d}"
    return first + resident_check(first)


def name_of(n: int) -> str:
    """His name in Chinese; many bear the same."""
    return SURNAMES[n % len(SURNAMES)].split()[0] + GIVEN[n // len(SURNAMES) % len(GIVEN)].split()[0]


def sent(n: int, home: int, at: datetime) -> SentPerson:
    """The n-th person as a phone sends him, sampled `at`; his telephone cannot be dialled."""
    facts = {"kind": "resident", "number": number_of(n), "name": name_of(n), "phone": f"1000{n:07d}"}
    return SentPerson.model_validate({"uid": uid(0, n), "at": at, "home": home, **facts})

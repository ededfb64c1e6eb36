"""Which lots go first: first expiry first, and never one past its last day (FEFO; DOMAIN 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Standing:
    """What stands of one lot in one stock; `free` is what is neither reserved nor blocked."""

    stock: int
    lot: int
    free: int
    expires_on: date | None
    owner: str = "own"

    def usable(self, today: date) -> int:
        """How much of it may be used today: a lot may still be used on its last day."""
        return 0 if self.expires_on is not None and self.expires_on < today else self.free


def in_order(lots: Iterable[Standing]) -> list[Standing]:
    """First expiry first; what never expires goes last, older stocks before newer ones."""
    return sorted(lots, key=lambda one: (one.expires_on is None, one.expires_on or date.max, one.stock))


def choose(lots: Iterable[Standing], quantity: int, today: date) -> list[tuple[Standing, int]]:
    """From which lots to take `quantity`, first expiry first; less than asked where there is less."""
    chosen, left = [], quantity
    for one in in_order(lots):
        take = min(left, one.usable(today))
        if take > 0:
            chosen.append((one, take))
            left -= take
    return chosen

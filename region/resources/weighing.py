"""What a count means: the difference between shelf and books, taken for use, for a loss, or for something found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from region.resources.lots import Standing, choose


@dataclass(frozen=True)
class Held:
    """One stock of a shelf: `on_hand` and `free` as they stand now, `then` as it stood when somebody counted."""

    stock: int
    lot: int
    code: str
    expires_on: date | None
    owner: str
    on_hand: int
    free: int
    then: int


@dataclass(frozen=True)
class Before:
    """What had been told of the shelf before the count, on the region's days.

    `counted_at` is the count that stands, `first_day` the first movement ever, `issued_at` the last issue that
    somebody told (never one inferred from a count).
    """

    counted_at: datetime | None = None
    counted_on: date | None = None
    first_day: date | None = None
    issued_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What a counted number means. `used` and `lost` are (stock, units) to take out, `surplus` units to put in.

    `covers` is over how many days the use is spread; `opening` marks the first number ever told of a shelf.
    `refused` is a code and facts where the count cannot be true.
    """

    expected: int
    meaning: str
    since: date | None = None
    covers: int = 1
    used: tuple[tuple[int, int], ...] = ()
    lost: tuple[tuple[int, int], ...] = ()
    surplus: int = 0
    opening: bool = False
    refused: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Counted:
    """One line: the item as a whole, or one lot of it where `lot` or `expires_on` is told. `quantity` in its unit."""

    item: str
    quantity: int
    lot: str | None = None
    expires_on: date | None = None

    @property
    def by_lot(self) -> bool:
        """Whether one lot was counted, not the whole shelf."""
        return self.lot is not None or self.expires_on is not None


@dataclass(frozen=True)
class Taking:
    """What somebody counted at one place, at one moment; `uid` makes it once."""

    place: int
    counted_at: datetime
    uid: str
    lines: tuple[Counted, ...]
    note: str = ""


@dataclass(frozen=True)
class Weighed:
    """One line with its verdict, and the lot that it is of; `refused` where it cannot stand."""

    taking: int
    index: int
    place: int
    line: Counted
    verdict: Verdict
    lot_id: int | None = None
    holds: int | None = None
    """The stock of this lot that a surplus goes to; None where there is none yet."""

    @property
    def where(self) -> tuple[int, int]:
        """The taking and the line of it."""
        return self.taking, self.index


def weigh(counted: int, at: datetime, day: date, held: Sequence[Held], before: Before) -> Verdict:
    """Judge one number against the books as they stood at the moment `at`, which lies on the region's `day`.

    A count older than the one that stands says nothing new. A shortfall is a loss where the shelf told its use since
    the count before, else it is use, spread over the days since; what can only have come from lots that had
    expired before that is a loss all the same. What is held for transfers or blocked cannot be gone: refused.
    """
    expected = sum(one.then for one in held)
    since = before.counted_on
    if before.counted_at is not None and at < before.counted_at:
        return Verdict(expected, "old", since)
    if counted == expected:
        return Verdict(expected, "same", since)
    if counted > expected:
        opening = before.first_day is None
        return Verdict(expected, "found", since, surplus=counted - expected, opening=opening)
    short, free = expected - counted, sum(one.free for one in held)
    if short > free:
        on_hand = sum(one.on_hand for one in held)
        facts = {"counted": counted, "expected": expected, "held": on_hand - free, "free": free}
        return Verdict(expected, "loss", since, refused=("count-below-held", facts))
    if before.issued_at is not None and (before.counted_at is None or before.issued_at > before.counted_at):
        return Verdict(expected, "loss", since, lost=_taken(held, short, date.min))
    return _use(expected, short, day, held, before)


def _use(expected: int, short: int, day: date, held: Sequence[Held], before: Before) -> Verdict:
    start = before.counted_on or before.first_day or day
    used = _taken(held, short, start)
    gone = dict(used)
    left = short - sum(gone.values())
    spare = [_with_free(one, one.free - gone.get(one.stock, 0)) for one in held]
    lost = _taken(spare, left, date.min) if left else ()
    covers = max(1, (day - start).days)
    return Verdict(expected, "use" if used else "loss", before.counted_on, covers, used, lost)


def _taken(held: Sequence[Held], quantity: int, usable_on: date) -> tuple[tuple[int, int], ...]:
    lots = [Standing(one.stock, one.lot, one.free, one.expires_on, one.owner) for one in held]
    return tuple((one.stock, taken) for one, taken in choose(lots, quantity, usable_on))


def _with_free(one: Held, free: int) -> Held:
    return Held(one.stock, one.lot, one.code, one.expires_on, one.owner, one.on_hand, free, one.then)

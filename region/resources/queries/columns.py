"""Shelves, days of use and lots as columns of numbers, for reckoning that goes over hundreds of thousands of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVarTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, String, case, cast, func, select

from region.resources.burn import Use
from region.resources.models import Lot, Shelf, Stock, StockDay
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 400
RECKONED = (
    "expired",
    "near_expiry",
    "first_expiry",
    "burn",
    "burn_days",
    "last_used",
    "inferred",
    "why",
    "days",
    "band",
    "recent",
)
"""What a reckoning finds out of a shelf."""
SHELF = ("on_hand", "reserved", "blocked", "stale", "reckoned_at")
SUMMED = ("on_hand", "reserved", "blocked", "coming", "target", "moved_at", "counted_at", "reckoned_at")
Columns = TypeVarTuple("Columns")
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shelves:
    """Some shelves, one row each, by item and place."""

    rows: Sequence[Row[Any]]

    @property
    def items(self) -> list[str]:
        """The items among them, each once, by code."""
        return sorted({row.item for row in self.rows})

    def ints(self, name: str) -> Ints:
        """A column of whole numbers or yes and no."""
        return np.fromiter((getattr(row, name) for row in self.rows), np.int64, len(self.rows))

    def floats(self, name: str) -> NDArray[np.float64]:
        """A column of numbers, NaN where it is empty."""
        told = (getattr(row, name) for row in self.rows)
        return np.fromiter((np.nan if one is None else one for one in told), np.float64, len(self.rows))


@dataclass(frozen=True)
class Expiry:
    """Of one shelf: free units past their last day, free units near it, and the first last day of what lies there."""

    expired: int = 0
    near: int = 0
    first: date | None = None


def stale_shelves(w: Work, most: int) -> Shelves:
    """Shelves that changed since they were reckoned, held until the work ends; those that others hold are left out."""
    wanted = _columns((*SHELF, *RECKONED)).where(Shelf.stale).limit(most)
    return Shelves(w.session.execute(wanted.with_for_update(skip_locked=True)).all())


def shelves_of_items(w: Work, items: Sequence[str]) -> Shelves:
    """All shelves of these items, to be reckoned: held until the work ends."""
    wanted = _columns((*SHELF, *RECKONED)).where(Shelf.item.in_(items))
    return Shelves(w.session.execute(wanted.with_for_update()).all())


def shelves_to_add(w: Work, items: Sequence[str]) -> Shelves:
    """All shelves of these items that hold, await or used something, or ought to hold some: what areas are made of."""
    wanted = _columns((*SUMMED, "expired", "near_expiry", "burn", "days", "band", "recent"))
    kept = (Shelf.on_hand > 0) | (Shelf.coming > 0) | Shelf.last_used.is_not(None) | Shelf.target.is_not(None)
    return Shelves(w.session.execute(wanted.where(Shelf.item.in_(items), kept)).all())


def _columns(names: Sequence[str]) -> Select[Any]:
    wanted = select(Shelf.place_id, Shelf.item, *(getattr(Shelf, name) for name in names))
    return wanted.order_by(Shelf.item, Shelf.place_id)


def use_of(w: Work, shelves: Shelves, since: date, whole: bool) -> Use:
    """The days of use of these shelves from a day on; `whole` says that they are all shelves of their items.

    The database writes the days of a shelf as one text of whole numbers: there are millions of days, and rows of
    their own take ten times as long.
    """
    covers = case((StockDay.inferred, -StockDay.covers), else_=StockDay.covers)
    numbers = [cast(one, String) for one in (bulk.day_number(StockDay.day), StockDay.used, covers)]
    days = func.aggregate_strings(numbers[0] + "," + numbers[1] + "," + numbers[2], ",")
    wanted = select(StockDay.item, StockDay.place_id, days)
    wanted = wanted.where(StockDay.day >= since, (StockDay.used > 0) | StockDay.inferred)
    wanted = wanted.group_by(StockDay.item, StockDay.place_id)
    at = {(row.item, row.place_id): n for n, row in enumerate(shelves.rows)}
    found = [
        (at[item, place], told)
        for some in _of(wanted, StockDay, shelves, whole)
        for item, place, told in w.session.execute(some).all()
        if (item, place) in at  # one that somebody else holds just now is not among them
    ]
    many = [told.count(",") // 3 + 1 for _row, told in found]
    told = np.fromstring(",".join(told for _row, told in found), np.int64, sep=",").reshape(-1, 3)
    row = np.repeat(np.array([row for row, _told in found], np.int64), many)
    return Use.of(row, told[:, 0], told[:, 1], told[:, 2] < 0, abs(told[:, 2]))


def expiry_of(
    w: Work, shelves: Shelves, today: date, near_days: int, whole: bool
) -> dict[tuple[int, str], Expiry]:
    """What of these shelves has expired or soon will, by place and item; a lot may be used on its last day."""
    free = Stock.on_hand - Stock.reserved - Stock.blocked
    near = Lot.expires_on.between(today, today + timedelta(days=near_days))
    wanted = (
        select(
            Stock.place_id,
            Stock.item,
            func.sum(case((Lot.expires_on < today, free), else_=0)),
            func.sum(case((near, free), else_=0)),
            func.min(Lot.expires_on),
        )
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Lot.expires_on.is_not(None), Stock.on_hand > 0)
        .group_by(Stock.place_id, Stock.item)
    )
    return {
        (place, item): Expiry(int(expired), int(soon), first)
        for some in _of(wanted, Stock, shelves, whole)
        for place, item, expired, soon, first in w.session.execute(some)
    }


def _of(
    wanted: Select[*Columns], kind: type[Any], shelves: Shelves, whole: bool
) -> Iterator[Select[*Columns]]:
    """The statements that together ask for these shelves: whole items, or some places of an item at a time."""
    if whole:
        yield wanted.where(kind.item.in_(shelves.items))
        return
    places: dict[str, list[int]] = {}
    for row in shelves.rows:
        places.setdefault(row.item, []).append(row.place_id)
    for item, ids in places.items():
        for at in range(0, len(ids), AT_ONCE):
            yield wanted.where(kind.item == item, kind.place_id.in_(ids[at : at + AT_ONCE]))

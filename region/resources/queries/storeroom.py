"""A storeroom as a telephone or the site's own system sees it: all shelves of one place, with their lots."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from region.resources.models import Lot, Shelf, Stock
from region.spine.work import Work


@dataclass
class LotHere:
    """One lot on a shelf; `usable` is what is neither held nor blocked nor past its last day."""

    lot: str
    expires_on: date | None
    on_hand: int
    usable: int


@dataclass
class ShelfHere:
    """One item of the storeroom: numbers in its unit, days of supply (None is unknown), and how old the numbers are."""

    item: str
    on_hand: int
    usable: int
    reserved: int
    blocked: int
    expired: int
    coming: int
    burn: float | None
    days: float | None
    band: str
    why: str
    counted_at: datetime | None
    moved_at: datetime | None
    lots: list[LotHere] = field(default_factory=list)


def storeroom(w: Work, place: int) -> list[ShelfHere]:
    """The shelves of one place in the order of the catalogue's codes, each with its lots, first expiry first."""
    shelves: dict[str, ShelfHere] = {}
    for one in w.session.scalars(select(Shelf).where(Shelf.place_id == place).order_by(Shelf.item)):
        taken = ("item", "on_hand", "usable", "reserved", "blocked", "expired", "coming", "burn", "days")
        names = (*taken, "band", "why", "counted_at", "moved_at")
        shelves[one.item] = ShelfHere(**{name: getattr(one, name) for name in names})
    today = w.office.clock.day(w.now)
    free = func.sum(Stock.on_hand - Stock.reserved - Stock.blocked)
    wanted = select(Stock.item, Lot.code, Lot.expires_on, func.sum(Stock.on_hand), free)
    wanted = wanted.join(Lot, Lot.id == Stock.lot_id).where(Stock.place_id == place, Stock.on_hand > 0)
    wanted = wanted.group_by(Stock.item, Lot.code, Lot.expires_on)
    for item, code, until, on_hand, unheld in w.session.execute(wanted.order_by(Lot.expires_on, Lot.code)):
        usable = 0 if until is not None and until < today else int(unheld)
        if item in shelves:
            shelves[item].lots.append(LotHere(code, until, int(on_hand), usable))
    return list(shelves.values())


def plainly(shelf: ShelfHere) -> dict[str, Any]:
    """A shelf as JSON: days and moments as ISO 8601."""
    return {name: _plain(value) for name, value in asdict(shelf).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [{name: _plain(one) for name, one in row.items()} for row in value]
    return value.isoformat() if isinstance(value, date) else value

"""What moved on a shelf last: the newest lines of the ledger, with their sheets and lots."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from region.resources.models import Lot, Movement, Sheet, Stock
from region.resources.queries.shelf import readable
from region.spine.work import Work

NEWEST = 12


@dataclass(frozen=True)
class Moved:
    """One line of the ledger: what it did to which lot, and the sheet that it stands on."""

    movement: Movement
    sheet: Sheet
    lot: Lot


def newest(w: Work, place: int, item: str, most: int = NEWEST) -> list[Moved]:
    """The newest movements of one shelf, newest first."""
    stocks = select(Stock.id).where(Stock.place_id == place, Stock.item == item)
    asked = select(Movement, Sheet, Lot).join(Sheet, Sheet.id == Movement.sheet_id)
    asked = asked.join(Stock, Stock.id == Movement.stock_id).join(Lot, Lot.id == Stock.lot_id)
    asked = asked.where(Movement.stock_id.in_(stocks), readable(w, Movement.place_id))
    rows = w.session.execute(asked.order_by(Movement.id.desc()).limit(most))
    return [Moved(movement, sheet, lot) for movement, sheet, lot in rows]

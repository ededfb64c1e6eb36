"""Keeping the totals true: a shelf is the sum of its stocks, in the same transaction that changed them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from region.resources.bands import band_of, days_of
from region.resources.catalogue import band_limits
from region.resources.models import Lot, Shelf, Stock, Transfer, TransferLine
from region.spine.work import Work

AT_ONCE = 400
Pair = tuple[int, str]


def restate(w: Work, shelves: Mapping[Pair, Shelf], moved_at: datetime | None = None) -> None:
    """Sum up these shelves, which the caller holds locked, from their stocks and from what is on its way to them."""
    today = w.office.clock.day(w.now)
    sums, coming = _sums(w, shelves, today), _coming(w, shelves)
    limits = band_limits(w.rules)
    for pair, shelf in shelves.items():
        on_hand, reserved, blocked, expired, first = sums.get(pair, (0, 0, 0, 0, None))
        shelf.on_hand, shelf.reserved, shelf.blocked = int(on_hand), int(reserved), int(blocked)
        shelf.expired, shelf.first_expiry, shelf.coming = int(expired), first, coming.get(pair, 0)
        shelf.moved_at, shelf.stale = moved_at or w.now, True
        shelf.days = days_of(shelf.usable, shelf.burn)
        shelf.band = band_of(shelf.usable, shelf.days, *limits(shelf.item))
    w.session.flush()


def restate_coming(w: Work, shelves: Mapping[Pair, Shelf]) -> None:
    """Sum up what is on its way to these shelves, which the caller holds locked; nothing moved at them."""
    coming = _coming(w, shelves)
    for pair, shelf in shelves.items():
        shelf.coming, shelf.stale = coming.get(pair, 0), True
    w.session.flush()


def free_and_expired(today: date) -> ColumnElement[Any]:
    """Of one stock: what is neither reserved nor blocked, and lies past its lot's last day."""
    free = Stock.on_hand - Stock.reserved - Stock.blocked
    return case((Lot.expires_on < today, free), else_=0)


def _sums(w: Work, shelves: Mapping[Pair, Shelf], today: date) -> dict[Pair, tuple[Any, ...]]:
    found: dict[Pair, tuple[Any, ...]] = {}
    places = sorted({place for place, _item in shelves})
    items = {item for _place, item in shelves}
    for at in range(0, len(places), AT_ONCE):
        wanted = (
            select(
                Stock.place_id,
                Stock.item,
                func.sum(Stock.on_hand),
                func.sum(Stock.reserved),
                func.sum(Stock.blocked),
                func.sum(free_and_expired(today)),
                func.min(case((Stock.on_hand > 0, Lot.expires_on))),
            )
            .join(Lot, Lot.id == Stock.lot_id)
            .where(Stock.place_id.in_(places[at : at + AT_ONCE]), Stock.item.in_(items))
            .group_by(Stock.place_id, Stock.item)
        )
        for place, item, *numbers in w.session.execute(wanted):
            found[place, item] = tuple(numbers)
    return found


def _coming(w: Work, shelves: Mapping[Pair, Shelf]) -> dict[Pair, int]:
    found: dict[Pair, int] = {}
    places = sorted({place for place, _item in shelves})
    left = TransferLine.sent - TransferLine.received - TransferLine.damaged - TransferLine.settled
    for at in range(0, len(places), AT_ONCE):
        wanted = (
            select(TransferLine.taker_id, TransferLine.item, func.sum(left))
            .join(Transfer, Transfer.id == TransferLine.transfer_id)
            .where(TransferLine.taker_id.in_(places[at : at + AT_ONCE]), Transfer.state == "shipped")
            .group_by(TransferLine.taker_id, TransferLine.item)
        )
        found.update(((place, item), int(number)) for place, item, number in w.session.execute(wanted))
    return found

"""Setting stock aside and giving it free again: a part of it for inspection, or a whole lot everywhere (recall)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from region.resources.actions.ledger import Change, Posting, hold, post, post_one
from region.resources.catalogue import need_item
from region.resources.events.stock import StockMoved
from region.resources.models import Lot, Sheet, Stock
from region.spine.errors import Missing
from region.spine.scope import places_in
from region.spine.work import Work

NEEDS = "resources.block"


def block(w: Work, stock_id: int, quantity: int, *, uid: str, note: str = "") -> int | None:
    """Set aside so much of one stock: it stays where it is and cannot be issued or sent."""
    return _part(w, "quarantine", stock_id, quantity, quantity, uid, note)


def release(w: Work, stock_id: int, quantity: int, *, uid: str, note: str = "") -> int | None:
    """Give so much of what was set aside free again."""
    return _part(w, "release", stock_id, quantity, -quantity, uid, note)


def recall(w: Work, lot_id: int, *, uid: str, note: str = "") -> list[int]:
    """Set aside all that is free of a lot, at every place that the actor answers for; one sheet a place.

    What is reserved for transfers, or on its way, is not taken here: the lot's page names those.
    """
    return _everywhere(
        w, "quarantine", lot_id, lambda one: one.on_hand - one.reserved - one.blocked, uid, note
    )


def lift(w: Work, lot_id: int, *, uid: str, note: str = "") -> list[int]:
    """Give free again all that is set aside of a lot, at every place that the actor answers for."""
    return _everywhere(w, "release", lot_id, lambda one: -one.blocked, uid, note)


def _part(w: Work, kind: str, stock_id: int, quantity: int, blocked: int, uid: str, note: str) -> int | None:
    stock = w.get(Stock, stock_id)
    w.need(NEEDS, stock.place_id)
    need_item(w, stock.item, quantity)
    posting = Posting(stock.place_id, kind, uid, (Change(stock.id, blocked=blocked),), w.now, note=note)
    return post_one(w, posting)


def _everywhere(
    w: Work, kind: str, lot_id: int, blocked: Callable[[Stock], int], uid: str, note: str
) -> list[int]:
    w.need(NEEDS)
    mine = places_in(w.actor.paths_for(w.rules.roles_that(NEEDS)))
    wanted = (
        select(Stock).where(Stock.lot_id == lot_id, mine(Stock.place_id)).order_by(Stock.place_id, Stock.id)
    )
    found = w.session.scalars(wanted).all()
    if not found:
        raise Missing("no-such", what="lot", id=lot_id)
    hold(w, {(one.place_id, one.item) for one in found})
    by_place: dict[int, list[Change]] = {}
    for one in w.session.scalars(wanted, execution_options={"populate_existing": True}):
        if change := blocked(one):
            by_place.setdefault(one.place_id, []).append(Change(one.id, blocked=change))
    sheets = post(
        w,
        [
            Posting(place, kind, f"{uid}/{place}", tuple(changes), w.now, note=note)
            for place, changes in by_place.items()
        ],
    )
    _tell(w, w.get(Lot, lot_id).item, sheets, {place: len(changes) for place, changes in by_place.items()})
    return sheets


def _tell(w: Work, item: str, sheets: list[int], lines: dict[int, int]) -> None:
    for sheet in w.session.scalars(select(Sheet).where(Sheet.id.in_(sheets)).order_by(Sheet.id)):
        w.tell(
            StockMoved(
                sheet=sheet.id,
                kind=sheet.kind,
                lines=lines[sheet.place_id],
                items=(item,),
                place=sheet.place_id,
            )
        )

"""Setting stock aside and giving it free again: a part of it for inspection, or a whole lot everywhere (recall)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from region.places.models import Place
from region.resources.actions.ledger import Change, Posting, hold, post, post_one
from region.resources.catalogue import need_item
from region.resources.events.stock import LotRecalled, RecallLifted, StockMoved
from region.resources.models import Lot, LotRecall, Sheet, Stock
from region.spine import bulk
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

    Until it is lifted the lot stays recalled there: what is reserved does not ship, and what arrives, is received or
    becomes free is blocked at once.
    """
    found = _stocks(w, lot_id)
    _mark(w, w.get(Lot, lot_id))
    return _everywhere(
        w, found, "quarantine", lot_id, lambda one: one.on_hand - one.reserved - one.blocked, uid, note
    )


def lift(w: Work, lot_id: int, *, uid: str, note: str = "") -> list[int]:
    """Lift the recall of a lot and give free all that is set aside of it, at every place that the actor answers for.

    Refused (``lot-recalled``) while an area above recalls it.
    """
    found = _stocks(w, lot_id)
    lot = w.get(Lot, lot_id)
    mine = places_in(w.actor.paths_for(w.rules.roles_that(NEEDS)))
    wanted = select(LotRecall).where(LotRecall.lot_id == lot_id, mine(LotRecall.place_id))
    for row in w.session.scalars(wanted.order_by(LotRecall.place_id)).all():
        w.session.delete(row)
        w.tell(RecallLifted(lot=lot.id, item=lot.item, place=row.place_id))
    w.session.flush()
    return _everywhere(w, found, "release", lot_id, lambda one: -one.blocked, uid, note)


def _part(w: Work, kind: str, stock_id: int, quantity: int, blocked: int, uid: str, note: str) -> int | None:
    stock = w.get(Stock, stock_id)
    w.need(NEEDS, stock.place_id)
    need_item(w, stock.item, quantity)
    posting = Posting(stock.place_id, kind, uid, (Change(stock.id, blocked=blocked),), w.now, note=note)
    return post_one(w, posting)


def _mark(w: Work, lot: Lot) -> None:
    """The lot is recalled for everything below the places that the actor answers for; told once."""
    paths = w.actor.paths_for(w.rules.roles_that(NEEDS))
    ids = {int(path.strip("/").split("/")[-1]) for path in paths if path}
    if "" in paths:
        ids |= set(w.session.scalars(select(Place.id).where(Place.parent_id.is_(None))))
    stood = set(w.session.scalars(select(LotRecall.place_id).where(LotRecall.lot_id == lot.id)))
    key = {"realm": w.realm, "lot_id": lot.id, "recalled_at": w.now, "recalled_by": w.actor.name}
    fresh = sorted(ids - stood)
    bulk.add_missing(w.session, LotRecall, [{**key, "place_id": place} for place in fresh])
    for place in fresh:
        w.tell(LotRecalled(lot=lot.id, item=lot.item, place=place))


def _stocks(w: Work, lot_id: int) -> Sequence[Stock]:
    """The stocks of a lot where the actor may block, in the order of their places; Missing where there is none."""
    w.need(NEEDS)
    mine = places_in(w.actor.paths_for(w.rules.roles_that(NEEDS)))
    wanted = select(Stock).where(Stock.lot_id == lot_id, mine(Stock.place_id))
    wanted = wanted.order_by(Stock.place_id, Stock.id)
    found = w.session.scalars(wanted, execution_options={"populate_existing": True}).all()
    if not found:
        raise Missing("no-such", what="lot", id=lot_id)
    return found


def _everywhere(
    w: Work,
    found: Sequence[Stock],
    kind: str,
    lot_id: int,
    blocked: Callable[[Stock], int],
    uid: str,
    note: str,
) -> list[int]:
    hold(w, {(one.place_id, one.item) for one in found})
    by_place: dict[int, list[Change]] = {}
    for one in _stocks(w, lot_id):
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

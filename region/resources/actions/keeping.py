"""What a store does with its stock: receive, issue, take back, correct, take out what has expired or is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from region.resources.actions.ledger import Change, Posting, hold, lot_for, not_enough, post_one, stock_for
from region.resources.catalogue import need_item
from region.resources.events.stock import TargetSet
from region.resources.lots import Standing, choose
from region.resources.models import Lot, Movement, Sheet, Shelf, Stock
from region.resources.queries.recalls import recalled
from region.resources.states import PACK
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


@dataclass(frozen=True)
class Received:
    """One lot that came in from outside the region's books."""

    item: str
    quantity: int
    lot: str = "-"
    expires_on: date | None = None
    made_on: date | None = None
    owner: str = "own"
    storage: str = ""


def receive(
    w: Work, place: int, lines: Sequence[Received], *, uid: str, at: datetime | None = None, note: str = ""
) -> int | None:
    """Take goods into the books of a place; the id of the sheet, None where this uid stood already."""
    w.need("resources.keep", place)
    if stands(w, uid):
        return None
    changes = []
    for line in lines:
        need_item(w, line.item, line.quantity)
        lot = lot_for(w, line.item, line.lot, line.expires_on, line.made_on)
        changes.append(Change(stock_for(w, place, lot, line.owner, line.storage), on_hand=line.quantity))
    return post_one(w, Posting(place, "receive", uid, tuple(changes), at or w.now, note=note))


def issue(
    w: Work,
    place: int,
    item: str,
    quantity: int,
    *,
    uid: str,
    at: datetime | None = None,
    lot_id: int | None = None,
    covers: int = 1,
    note: str = "",
) -> int | None:
    """Give out for use, first expiry first or from one lot; Refused (``lot-expired``, ``not-enough``).

    `covers` says that the use told now is of so many days, the day of `at` the last.
    """
    w.need("resources.keep", place)
    need_item(w, item, quantity)
    hold(w, [(place, item)])
    if stands(w, uid):  # after the lock: whoever pressed twice at once waited there for the first
        return None
    today = w.office.clock.day(w.now)
    standing = standing_of(w, place, item, lot_id)
    if lot_id is not None and standing and all(one.free and not one.usable(today) for one in standing):
        raise Refused("lot-expired", item=item, lot=lot_id)
    chosen = choose(standing, quantity, today)
    if sum(taken for _one, taken in chosen) < quantity:
        raise not_enough(item, sum(one.usable(today) for one in standing))
    changes = tuple(Change(one.stock, on_hand=-taken) for one, taken in chosen)
    return post_one(w, Posting(place, "issue", uid, changes, at or w.now, note=note, covers=covers))


def return_in(
    w: Work,
    place: int,
    item: str,
    quantity: int,
    *,
    uid: str,
    at: datetime | None = None,
    lot_id: int | None = None,
    note: str = "",
) -> int | None:
    """Take back what was given out on the day of `at` and not used: it lowers the use of that day.

    It goes back to the lots that it was taken from, the last to expire first; Refused (``more-than-used``).
    """
    w.need("resources.keep", place)
    need_item(w, item, quantity)
    hold(w, [(place, item)])
    if stands(w, uid):
        return None
    given, left, changes = _given_out(w, place, item, w.office.clock.day(at or w.now), lot_id), quantity, []
    for stock, used in given:
        if back := min(left, used):
            changes.append(Change(stock, on_hand=back))
            left -= back
    if left:
        raise Refused("more-than-used", item=item, used=quantity - left)
    return post_one(w, Posting(place, "return_in", uid, tuple(changes), at or w.now, note=note))


def adjust(
    w: Work, stock_id: int, by: int, *, reason: str, uid: str, at: datetime | None = None, note: str = ""
) -> int | None:
    """Correct the books of one stock, up or down, for a reason of the pack (``adjust.reasons``)."""
    stock = w.get(Stock, stock_id)
    w.need("resources.keep", stock.place_id)
    need_item(w, stock.item, abs(by))
    if reason not in w.rules.value(PACK, "adjust.reasons"):
        raise Invalid("reason-unusable", field="reason")
    changes = (Change(stock.id, on_hand=by),)
    return post_one(w, Posting(stock.place_id, "adjust", uid, changes, at or w.now, reason=reason, note=note))


def expire(w: Work, place: int, *, uid: str, item: str | None = None, note: str = "") -> int | None:
    """Take out of the books what lies past its last day, of one item or of all; None where nothing does.

    What is reserved or blocked stays until it is freed or released: somebody waits for it.
    """
    w.need("resources.keep", place)
    today = w.office.clock.day(w.now)
    wanted = select(Stock.item).join(Lot, Lot.id == Stock.lot_id).distinct()
    wanted = wanted.where(Stock.place_id == place, Stock.on_hand > 0, Lot.expires_on < today)
    items = sorted(one for one in w.session.scalars(wanted) if item in (None, one))
    hold(w, [(place, one) for one in items])
    standing = [one for name in items for one in standing_of(w, place, name)]
    changes = tuple(
        Change(one.stock, on_hand=-one.free) for one in standing if one.free and not one.usable(today)
    )
    return post_one(w, Posting(place, "expire", uid, changes, w.now, note=note)) if changes else None


def write_off(
    w: Work, stock_id: int, quantity: int, *, uid: str, blocked: bool = False, note: str = ""
) -> int | None:
    """Take out of the books what is broken or lost; `blocked` takes it from what was set aside."""
    return _out(w, "write_off", "resources.block", stock_id, quantity, uid, blocked, note)


def return_out(
    w: Work, stock_id: int, quantity: int, *, uid: str, blocked: bool = False, note: str = ""
) -> int | None:
    """Give goods back to whom they came from; `blocked` takes them from what was set aside, after a recall."""
    return _out(w, "return_out", "resources.keep", stock_id, quantity, uid, blocked, note)


def _out(
    w: Work, kind: str, needs: str, stock_id: int, quantity: int, uid: str, blocked: bool, note: str
) -> int | None:
    stock = w.get(Stock, stock_id)
    w.need(needs, stock.place_id)
    need_item(w, stock.item, quantity)
    change = Change(stock.id, on_hand=-quantity, blocked=-quantity if blocked else 0)
    return post_one(w, Posting(stock.place_id, kind, uid, (change,), w.now, note=note))


def set_target(w: Work, place: int, item: str, target: int | None) -> None:
    """Say how much of an item a place is to hold; None gives it back to the days of the rules."""
    w.need("resources.keep", place)
    need_item(w, item, 1 if target is None else target)
    known = w.session.get(Shelf, (w.realm, place, item))
    if target == (known.target if known else None):
        return
    hold(w, [(place, item)])[place, item].target = target
    w.tell(TargetSet(item=item, target=target, place=place))


def stands(w: Work, uid: str) -> bool:
    """Whether a sheet with this uid was written already: then nothing is to be done again."""
    return w.session.scalar(select(Sheet.id).where(Sheet.uid == uid)) is not None


def standing_of(w: Work, place: int, item: str, lot_id: int | None = None) -> list[Standing]:
    """The stocks of one shelf as the choice of lots sees them, none of a recalled lot; hold the shelf first."""
    wanted = select(Stock, Lot.expires_on).join(Lot, Lot.id == Stock.lot_id)
    wanted = wanted.where(Stock.place_id == place, Stock.item == item, Stock.on_hand > 0)
    if lot_id is not None:
        wanted = wanted.where(Stock.lot_id == lot_id)
    rows = w.session.execute(wanted, execution_options={"populate_existing": True}).all()
    held_back = recalled(w, {(row.lot_id, place) for row, _expires_on in rows})
    return [
        Standing(row.id, row.lot_id, row.on_hand - row.reserved - row.blocked, expires_on, row.owner)
        for row, expires_on in rows
        if (row.lot_id, place) not in held_back
    ]


def _given_out(w: Work, place: int, item: str, day: date, lot_id: int | None) -> list[tuple[int, int]]:
    """What each stock gave out on a day and did not get back, the last to expire first."""
    given = -func.sum(Movement.on_hand)
    wanted = (
        select(Movement.stock_id, given)
        .join(Stock, Stock.id == Movement.stock_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Movement.place_id == place, Movement.item == item, Movement.day == day)
        .where(Movement.kind.in_(("issue", "return_in")), Stock.place_id == place, Stock.item == item)
        .group_by(Movement.stock_id, Lot.expires_on)
        .having(given > 0)
        .order_by(Lot.expires_on.is_(None).desc(), Lot.expires_on.desc(), Movement.stock_id.desc())
    )
    if lot_id is not None:
        wanted = wanted.where(Stock.lot_id == lot_id)
    return [(stock, int(used)) for stock, used in w.session.execute(wanted)]

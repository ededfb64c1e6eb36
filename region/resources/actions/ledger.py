"""The one place where stock changes: sheets of movements, checked, written, and summed up, all under one lock.

Whoever writes holds the rows of the shelves concerned, in one order, so that two works at once wait for each other
and neither takes what the other has taken. The constraints of the tables say the same a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select

from region.resources.actions.totals import restate
from region.resources.events.stock import StockMoved
from region.resources.models import Lot, Movement, Sheet, Shelf, Stock, StockDay
from region.resources.queries.recalls import recalled
from region.spine import bulk
from region.spine.errors import Refused
from region.spine.work import Work

Pair = tuple[int, str]
"""A place and an item: one shelf."""
AT_ONCE = 400
USED, CAME = ("issue", "return_in"), ("receive", "arrive")
WENT = ("send", "return_out", "expire", "write_off")


@dataclass(frozen=True)
class Change:
    """By how much one stock changes."""

    stock: int
    on_hand: int = 0
    reserved: int = 0
    blocked: int = 0


@dataclass(frozen=True)
class Posting:
    """One sheet to be written. `covers` spreads use over so many days, the day of `at` the last."""

    place: int
    kind: str
    uid: str
    changes: tuple[Change, ...]
    at: datetime
    ref: str | None = None
    reason: str | None = None
    note: str = ""
    covers: int = 1
    inferred: bool = False


def hold(w: Work, pairs: Iterable[Pair]) -> dict[Pair, Shelf]:
    """Lock these shelves until the work ends, making those that are missing; always in the same order."""
    wanted = sorted(set(pairs))
    rows = [{"realm": w.realm, "place_id": place, "item": item} for place, item in wanted]
    bulk.add_missing(w.session, Shelf, [{**_NEW, **row} for row in rows])
    found: dict[Pair, Shelf] = {}
    for at in range(0, len(wanted), AT_ONCE):
        held = select(Shelf).where(_any_of(Shelf, wanted[at : at + AT_ONCE]))
        held = held.order_by(Shelf.place_id, Shelf.item).with_for_update()
        for shelf in w.session.scalars(held, execution_options={"populate_existing": True}):
            found[shelf.place_id, shelf.item] = shelf
    return found


_NEW = {
    "on_hand": 0,
    "reserved": 0,
    "blocked": 0,
    "expired": 0,
    "coming": 0,
    "stale": True,
    "burn_days": 0,
    "inferred": False,
    "why": "never",
    "band": "unknown",
}


def post(w: Work, postings: Sequence[Posting]) -> list[int]:
    """Write sheets; those whose uid stands already are left out. Gives the ids of the new ones.

    The caller holds the capability and tells the event. Raises Refused (``not-enough``) with the item, the lot and
    what is there when anything would become negative, or more be reserved and blocked than stands. What of a recalled
    lot comes in, or becomes free, is blocked at once.
    """
    fresh = _fresh(w, postings)
    stocks = _stocks(w, fresh)
    shelves = hold(w, {(one.place_id, one.item) for one in stocks.values()})
    stocks = _stocks(w, fresh)  # once more, now that nobody else can change them
    held_back = recalled(w, {(one.lot_id, one.place_id) for one in stocks.values()})
    for at, posting in enumerate(fresh):
        changes = []
        for change in posting.changes:
            stock = stocks[change.stock]
            if (stock.lot_id, stock.place_id) in held_back:
                change = _of_recalled(stock, change, posting.kind)
            _apply(w, stock, change)
            changes.append(change)
        fresh[at] = replace(posting, changes=tuple(changes))
    w.session.flush()
    sheets = _write(w, fresh, stocks)
    _add_days(w, fresh, stocks)
    restate(w, shelves)
    return sheets


def post_one(w: Work, posting: Posting) -> int | None:
    """Write one sheet and say so; None where it stood already."""
    made = post(w, [posting])
    if not made:
        return None
    items = tuple(sorted(set(w.session.scalars(select(Movement.item).where(Movement.sheet_id == made[0])))))
    w.tell(
        StockMoved(
            sheet=made[0],
            kind=posting.kind,
            lines=len(posting.changes),
            items=items[:50],
            place=posting.place,
        ),
        happened_at=posting.at,
    )
    return made[0]


def lot_for(
    w: Work, item: str, code: str = "-", expires_on: date | None = None, made_on: date | None = None
) -> int:
    """The id of a lot, made where nobody has met it before."""
    mark = f"{item}/{code}/{expires_on.isoformat() if expires_on else '-'}"
    row = {"realm": w.realm, "mark": mark, "item": item, "code": code}
    bulk.add_missing(w.session, Lot, [{**row, "expires_on": expires_on, "made_on": made_on}])
    found = w.session.scalars(select(Lot.id).where(Lot.mark == mark)).one()
    w.touched.add("resources")
    return found


def stock_for(w: Work, place: int, lot_id: int, owner: str = "own", storage: str = "") -> int:
    """The id of a stock, made empty where the place has had none of this lot yet."""
    item = w.get(Lot, lot_id).item
    key = {"realm": w.realm, "place_id": place, "lot_id": lot_id, "owner": owner, "storage": storage}
    empty = {"item": item, "on_hand": 0, "reserved": 0, "blocked": 0, "version": 1}
    bulk.add_missing(w.session, Stock, [{**key, **empty}])
    wanted = select(Stock.id).where(Stock.place_id == place, Stock.lot_id == lot_id)
    return w.session.scalars(wanted.where(Stock.owner == owner, Stock.storage == storage)).one()


def _fresh(w: Work, postings: Sequence[Posting]) -> list[Posting]:
    uids = [one.uid for one in postings]
    stood: set[str] = set()
    for at in range(0, len(uids), AT_ONCE):
        stood.update(w.session.scalars(select(Sheet.uid).where(Sheet.uid.in_(uids[at : at + AT_ONCE]))))
    return [one for one in postings if one.uid not in stood]


def _stocks(w: Work, postings: Sequence[Posting]) -> dict[int, Stock]:
    ids = sorted({change.stock for one in postings for change in one.changes})
    found: dict[int, Stock] = {}
    for at in range(0, len(ids), AT_ONCE):
        wanted = select(Stock).where(Stock.id.in_(ids[at : at + AT_ONCE]))
        rows = w.session.scalars(wanted, execution_options={"populate_existing": True})
        found.update((row.id, row) for row in rows)
    return found


def _of_recalled(stock: Stock, change: Change, kind: str) -> Change:
    """The same change of a lot that is recalled here: what it would free is blocked, and what is broken was blocked."""
    if kind == "release":
        raise Refused("lot-recalled", item=stock.item, lot=stock.lot_id)
    free = stock.on_hand - stock.reserved - stock.blocked
    freed = change.on_hand - change.reserved - change.blocked
    if kind == "write_off":
        freed = min(0, free + freed)
    return replace(change, blocked=change.blocked + freed) if freed > 0 or kind == "write_off" else change


def _apply(w: Work, stock: Stock, change: Change) -> None:
    on_hand, reserved, blocked = (
        stock.on_hand + change.on_hand,
        stock.reserved + change.reserved,
        stock.blocked + change.blocked,
    )
    if min(on_hand, reserved, blocked) < 0 or reserved + blocked > on_hand:
        raise not_enough(stock.item, stock.on_hand - stock.reserved - stock.blocked, lot=stock.lot_id)
    stock.on_hand, stock.reserved, stock.blocked = on_hand, reserved, blocked
    stock.version += 1


def not_enough(item: str, there: int, **facts: Any) -> Refused:
    """What is said when more is asked for than there is."""
    return Refused("not-enough", item=item, there=there, **facts)


def _write(w: Work, postings: Sequence[Posting], stocks: dict[int, Stock]) -> list[int]:
    if not postings:
        return []
    heads = [
        {"uid": one.uid, "place_id": one.place, "kind": one.kind, "at": one.at, "ref": one.ref}
        | {"reason": one.reason, "note": one.note, "made_by": w.actor.name, "made_at": w.now}
        | {"realm": w.realm}
        for one in postings
    ]
    made = w.session.scalars(insert(Sheet).returning(Sheet.id, sort_by_parameter_order=True), heads).all()
    lines = [
        {"realm": w.realm, "sheet_id": sheet, "stock_id": change.stock, "kind": one.kind}
        | {"place_id": one.place, "item": stocks[change.stock].item, "day": w.office.clock.day(one.at)}
        | {"on_hand": change.on_hand, "reserved": change.reserved, "blocked": change.blocked}
        for sheet, one in zip(made, postings, strict=True)
        for change in one.changes
    ]
    if lines:
        w.session.execute(insert(Movement), lines)
    return list(made)


def _add_days(w: Work, postings: Sequence[Posting], stocks: dict[int, Stock]) -> None:
    """Add to the days what was used, came and went."""
    days: dict[tuple[date, int, str], dict[str, Any]] = {}
    for one in postings:
        for change in one.changes:
            key = w.office.clock.day(one.at), one.place, stocks[change.stock].item
            _add(days.setdefault(key, dict(_NOTHING)), one, change.on_hand)
    rows = [
        {"realm": w.realm, "day": day, "place_id": place, "item": item, **row}
        for (day, place, item), row in sorted(days.items())
        if row["used"] or row["came"] or row["went"]
    ]
    bulk.put(w.session, StockDay, rows, ("realm", "day", "place_id", "item"), **_TOGETHER)


def _add(day: dict[str, Any], posting: Posting, on_hand: int) -> None:
    if posting.kind in USED:
        day["used"] -= on_hand
        day["covers"] = max(day["covers"], posting.covers)
        day["inferred"] = day["inferred"] or posting.inferred
    elif posting.kind in CAME:
        day["came"] += on_hand
    elif posting.kind in WENT:
        day["went"] -= on_hand


_NOTHING = {"used": 0, "came": 0, "went": 0, "covers": 1, "inferred": False}
_TOGETHER: dict[str, Any] = {
    **dict.fromkeys(("used", "came", "went"), bulk.added),
    "covers": bulk.larger,
    "inferred": or_,
}


def _any_of(kind: type[Any], pairs: Sequence[Pair]) -> Any:
    by_place: dict[int, list[str]] = {}
    for place, item in pairs:
        by_place.setdefault(place, []).append(item)
    alike: dict[
        tuple[str, ...], list[int]
    ] = {}  # places of the same items share one term: thousands are one or two
    for place, items in by_place.items():
        alike.setdefault(tuple(items), []).append(place)
    return or_(*(and_(kind.place_id.in_(places), kind.item.in_(items)) for items, places in alike.items()))

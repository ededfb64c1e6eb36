"""The trail of one lot, from receipt to use: every movement of it at all places that the reader answers for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from region.places.models import Place
from region.resources.models import Lot, LotRecall, Movement, Sheet, Stock, Transfer, TransferLine
from region.resources.models.stock import KINDS
from region.resources.queries.recalls import recalls_of
from region.resources.queries.shelf import PAGE, Page, days_left, readable
from region.spine.errors import Missing
from region.spine.work import Work

PLACES = 50
"""So many places that hold a lot are listed; how many more there are is said."""


@dataclass(frozen=True)
class Balance:
    """What stands of a lot at one place."""

    on_hand: int = 0
    reserved: int = 0
    blocked: int = 0

    def plus(self, on_hand: int, reserved: int, blocked: int) -> Balance:
        """After a movement."""
        return Balance(self.on_hand + on_hand, self.reserved + reserved, self.blocked + blocked)


@dataclass(frozen=True)
class Step:
    """One movement of a lot: the sheet that it is a line of, where, and what stood there after it.

    `transfer` is the one that it belongs to, with both signatures; `ends` names its giver and taker (zh, en).
    """

    movement: Movement
    sheet: Sheet
    place: Place
    balance: Balance
    transfer: Transfer | None = None
    ends: tuple[tuple[str, str], tuple[str, str]] | None = None


@dataclass(frozen=True)
class Held:
    """A place that holds some of a lot."""

    place: Place
    balance: Balance


@dataclass(frozen=True)
class Account:
    """A lot in numbers: on hand of all places in sight, by kind of movement, and what is on its way.

    The sum of `by_kind` is `on_hand.on_hand`: nothing of the lot is unaccounted for.
    """

    lot: Lot
    days_left: int | None
    on_hand: Balance
    places: int
    by_kind: dict[str, int]
    in_transit: int
    held: tuple[Held, ...]
    recalls: tuple[tuple[LotRecall, Place], ...]
    """Where it is recalled, as far as that holds for any place of the reader."""


def account_of(w: Work, lot_id: int) -> Account:
    """Where a lot is and what became of it; Missing where no place of the reader ever had it."""
    lot = w.get(Lot, lot_id)
    mine = select(func.count(Stock.id)).where(Stock.lot_id == lot_id, readable(w, Stock.place_id))
    if not w.session.scalar(mine):
        raise Missing("no-such", what="lot", id=lot_id)
    sums = [func.coalesce(func.sum(one), 0) for one in (Stock.on_hand, Stock.reserved, Stock.blocked)]
    here = (Stock.lot_id == lot_id, Stock.on_hand > 0, readable(w, Stock.place_id))
    on_hand, reserved, blocked = w.session.execute(select(sums[0], sums[1], sums[2]).where(*here)).one()
    held = select(Place, sums[0], sums[1], sums[2]).join(Stock, Stock.place_id == Place.id).where(*here)
    rows = w.session.execute(held.group_by(Place.id).order_by(sums[0].desc(), Place.id).limit(PLACES))
    return Account(
        lot=lot,
        days_left=days_left(lot, w.office.clock.day(w.now)),
        on_hand=Balance(int(on_hand), int(reserved), int(blocked)),
        places=w.session.scalar(select(func.count(Stock.place_id.distinct())).where(*here)) or 0,
        by_kind=_by_kind(w, lot_id),
        in_transit=_in_transit(w, lot_id),
        held=tuple(Held(place, Balance(int(a), int(b), int(c))) for place, a, b, c in rows),
        recalls=tuple(recalls_of(w, lot_id)),
    )


def trail(w: Work, lot_id: int, after: str = "") -> Page[Step]:
    """The movements of a lot in the order in which they were written, with what stood at the place after each."""
    seen = int(after) if after.isdecimal() and len(after) < 18 else 0
    asked = select(Movement, Sheet, Place).join(Sheet, Sheet.id == Movement.sheet_id)
    asked = _of(w, asked.join(Place, Place.id == Movement.place_id), lot_id).where(Movement.id > seen)
    rows = w.session.execute(asked.order_by(Movement.id).limit(PAGE + 1)).all()
    standing = _before(w, lot_id, seen, {place.id for _movement, _sheet, place in rows})
    transfers = _transfers(w, [sheet for _movement, sheet, _place in rows])
    names = _names(w, transfers.values())
    steps = []
    for movement, sheet, place in rows[:PAGE]:
        now = standing[place.id].plus(movement.on_hand, movement.reserved, movement.blocked)
        standing[place.id] = now
        transfer = transfers.get(sheet.ref or "")
        ends = (names[transfer.giver_id], names[transfer.taker_id]) if transfer else None
        steps.append(Step(movement, sheet, place, now, transfer, ends))
    return Page(tuple(steps), str(steps[-1].movement.id) if len(rows) > PAGE else "")


def _of(w: Work, asked: Select, lot_id: int) -> Select:  # type: ignore[type-arg]
    """Only movements of this lot, where the reader may read supplies."""
    stocks = select(Stock.id).where(Stock.lot_id == lot_id)
    return asked.where(Movement.stock_id.in_(stocks), readable(w, Movement.place_id))


def _by_kind(w: Work, lot_id: int) -> dict[str, int]:
    asked = _of(w, select(Movement.kind, func.sum(Movement.on_hand)), lot_id)
    found = {kind: int(number) for kind, number in w.session.execute(asked.group_by(Movement.kind))}
    return {kind: found[kind] for kind in KINDS if found.get(kind)}


def _in_transit(w: Work, lot_id: int) -> int:
    left = TransferLine.sent - TransferLine.received - TransferLine.damaged - TransferLine.settled
    return int(w.session.scalar(select(func.sum(left)).where(TransferLine.lot_id == lot_id)) or 0)


def _before(w: Work, lot_id: int, seen: int, places: Iterable[int]) -> defaultdict[int, Balance]:
    """What stood of the lot at these places after the movement `seen`."""
    found: defaultdict[int, Balance] = defaultdict(Balance)
    if not seen:
        return found
    sums = [func.sum(one) for one in (Movement.on_hand, Movement.reserved, Movement.blocked)]
    asked = _of(w, select(Movement.place_id, *sums), lot_id).where(Movement.id <= seen)
    asked = asked.where(Movement.place_id.in_(sorted(places))).group_by(Movement.place_id)
    for place, *numbers in w.session.execute(asked):
        found[place] = Balance(*(int(one) for one in numbers))
    return found


def _transfers(w: Work, sheets: Sequence[Sheet]) -> dict[str, Transfer]:
    refs = {sheet.ref for sheet in sheets if sheet.ref and sheet.ref.startswith("transfer:")}
    ids = [int(number) for ref in refs if (number := ref.partition(":")[2]).isdecimal()]
    return {
        f"transfer:{one.id}": one for one in w.session.scalars(select(Transfer).where(Transfer.id.in_(ids)))
    }


def _names(w: Work, transfers: Iterable[Transfer]) -> dict[int, tuple[str, str]]:
    ids = {place for one in transfers for place in (one.giver_id, one.taker_id)}
    with w.beyond_scope("names of the other side of a transfer in scope"):
        asked = select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(ids))
        return {place: (zh, en) for place, zh, en in w.session.execute(asked)}

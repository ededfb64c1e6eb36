"""What the books said of shelves at a moment: what moved later is taken off again, so that a late count is fair."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from region.resources.models import Count, CountLine, Lot, Movement, Sheet, Shelf, Stock
from region.resources.weighing import Before, Held
from region.spine.work import Work

AT_ONCE = 400
Pair = tuple[int, str]
PACK = "supply"


@dataclass
class ShelfBooks:
    """One shelf at one moment: its stocks, and what was told of it before."""

    held: list[Held] = field(default_factory=list)
    counted_at: datetime | None = None
    lots_counted: dict[int | None, datetime] = field(default_factory=dict)
    first_day: date | None = None
    issued_at: datetime | None = None

    def of_lot(self, code: str, expires_on: date | None) -> list[Held]:
        """The stocks of one lot; without a last day, of every lot with this code."""
        same = [one for one in self.held if one.code == code]
        return same if expires_on is None else [one for one in same if one.expires_on == expires_on]

    def before(self, w: Work, lots: Collection[int] | None = None) -> Before:
        """What had been told before: of the whole shelf, or of some of its lots."""
        told = [at for lot in (*lots, None) if (at := self.lots_counted.get(lot))] if lots is not None else []
        counted_at = max(told, default=None) if lots is not None else self.counted_at
        counted_on = None if counted_at is None else w.office.clock.day(counted_at)
        return Before(counted_at, counted_on, self.first_day, self.issued_at)


def books(w: Work, pairs: Collection[Pair], at: datetime, by_lot: bool = False) -> dict[Pair, ShelfBooks]:
    """What stood on these shelves (place, item) at the moment `at`, in a handful of statements for 400 places.

    With `by_lot` also when each lot was last counted.
    """
    wanted = set(pairs)
    found = {pair: ShelfBooks() for pair in wanted}
    items = {item for _place, item in wanted}
    for places in _parts(sorted({place for place, _item in wanted})):
        rows = [row for row in _stocks(w, places, items) if (row.place_id, row.item) in wanted]
        ids = [row.id for row in rows]
        later = _later(w, ids, at)
        for row in rows:
            found[row.place_id, row.item].held.append(_held(row, later.get(row.id, 0)))
        _tell_counts(w, found, places, items)
        _tell_issues(w, found, ids, at)
        if by_lot:
            _tell_lots(w, found, places, items)
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _stocks(w: Work, places: Sequence[int], items: Collection[str]) -> Sequence[Any]:
    columns = (Stock.id, Stock.place_id, Stock.item, Stock.lot_id, Stock.owner, Stock.on_hand)
    wanted = select(*columns, Stock.reserved, Stock.blocked, Lot.code, Lot.expires_on)
    wanted = wanted.join(Lot, Lot.id == Stock.lot_id).where(Stock.place_id.in_(places), Stock.item.in_(items))
    return w.session.execute(wanted.order_by(Stock.id)).all()


def _held(row: Any, later: int) -> Held:
    return Held(
        stock=row.id,
        lot=row.lot_id,
        code=row.code,
        expires_on=row.expires_on,
        owner=row.owner,
        on_hand=row.on_hand,
        free=row.on_hand - row.reserved - row.blocked,
        then=row.on_hand - later,
    )


def _later(w: Work, stocks: Sequence[int], at: datetime) -> dict[int, int]:
    """By how much each stock changed after the moment."""
    found: dict[int, int] = {}
    for ids in _parts(stocks):
        wanted = select(Movement.stock_id, func.sum(Movement.on_hand))
        wanted = wanted.join(Sheet, Sheet.id == Movement.sheet_id)
        wanted = wanted.where(
            Movement.stock_id.in_(ids), Movement.day >= w.office.clock.day(at), Sheet.at > at
        )
        found.update((stock, int(by)) for stock, by in w.session.execute(wanted.group_by(Movement.stock_id)))
    return found


def _tell_counts(
    w: Work, found: dict[Pair, ShelfBooks], places: Sequence[int], items: Collection[str]
) -> None:
    """When each shelf was last counted; for one that never was, the day of its first movement."""
    wanted = select(Shelf.place_id, Shelf.item, Shelf.counted_at, Shelf.moved_at)
    fresh: list[int] = []
    for place, item, counted_at, moved_at in w.session.execute(
        wanted.where(Shelf.place_id.in_(places), Shelf.item.in_(items))
    ):
        shelf = found.get((place, item))
        if shelf is None:
            continue
        shelf.counted_at = counted_at
        if moved_at is not None:
            shelf.first_day = w.office.clock.day(moved_at)
            fresh.extend(one.stock for one in shelf.held if counted_at is None)
    for stocks in _parts(fresh):
        first = select(Movement.place_id, Movement.item, func.min(Movement.day))
        first = first.where(Movement.stock_id.in_(stocks)).group_by(Movement.place_id, Movement.item)
        for place, item, day in w.session.execute(first):
            shelf = found[place, item]
            shelf.first_day = min(day, shelf.first_day or day)


def _tell_issues(w: Work, found: dict[Pair, ShelfBooks], stocks: Sequence[int], at: datetime) -> None:
    """The last issue that each shelf told itself; those that a count inferred carry a reason."""
    window = int(w.rules.value(PACK, "burn.window_days"))
    since = w.office.clock.day(at) - timedelta(days=window)
    for ids in _parts(stocks):
        wanted = select(Movement.place_id, Movement.item, func.max(Sheet.at))
        wanted = wanted.join(Sheet, Sheet.id == Movement.sheet_id)
        wanted = wanted.where(Movement.stock_id.in_(ids), Movement.kind == "issue", Movement.day >= since)
        wanted = wanted.where(Sheet.at <= at, Sheet.reason.is_(None))
        for place, item, issued_at in w.session.execute(wanted.group_by(Movement.place_id, Movement.item)):
            known = found[place, item].issued_at
            found[place, item].issued_at = issued_at if known is None else max(known, issued_at)


def _tell_lots(w: Work, found: dict[Pair, ShelfBooks], places: Sequence[int], items: Collection[str]) -> None:
    wanted = select(CountLine.place_id, CountLine.item, CountLine.lot_id, func.max(Count.counted_at))
    wanted = wanted.join(Count, Count.id == CountLine.count_id)
    wanted = wanted.where(
        CountLine.place_id.in_(places), CountLine.item.in_(items), CountLine.meaning != "old"
    )
    grouped = wanted.group_by(CountLine.place_id, CountLine.item, CountLine.lot_id)
    for place, item, lot, counted_at in w.session.execute(grouped):
        if (place, item) in found:
            found[place, item].lots_counted[lot] = counted_at

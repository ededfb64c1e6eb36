"""Lots near their last day: where they lie, whether they are used up there in time, and where else they could be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, or_, select, tuple_

from region.places.models import Place
from region.resources.models import Lot, Shelf, Stock
from region.resources.queries.shelf import PAGE, Page, days_left, readable
from region.resources.states import PACK
from region.spine.scope import below
from region.spine.work import Work

ELSEWHERE = 3
"""So many other places are named for what is left over."""
FEW = 4
Pair = tuple[int, str]
Row = tuple[Stock, Lot, Place]
Asked = Select[Stock, Lot, Place]


@dataclass(frozen=True)
class Taker:
    """A place that could still use up so many in the time that is left, beside what it has itself."""

    place: int
    zh: str
    en: str
    could: int


@dataclass(frozen=True)
class NearLine:
    """One lot on one shelf near its last day; `days_left` is negative when it is past it.

    `here` is how many of the free ones are used here in time at the shelf's burn, after the lots that go first;
    None where the burn is unknown. `elsewhere` says who could use the rest.
    """

    stock: Stock
    lot: Lot
    place: Place
    days_left: int
    burn: float | None
    here: int | None
    elsewhere: tuple[Taker, ...] = ()

    @property
    def free(self) -> int:
        """Neither reserved nor blocked."""
        return self.stock.on_hand - self.stock.reserved - self.stock.blocked

    @property
    def left_over(self) -> int | None:
        """How many will not be used here in time; None where the burn is unknown."""
        return None if self.here is None else self.free - self.here


def near_expiry(w: Work, item: str = "", area: int | None = None, after: str = "") -> Page[NearLine]:
    """Lots with no more days than the rules call near, oldest first; those past their last day on top; 50 a page."""
    today = w.office.clock.day(w.now)
    until = today + timedelta(days=int(w.rules.value(PACK, "near_expiry.days")))
    asked = (
        select(Stock, Lot, Place).join(Lot, Lot.id == Stock.lot_id).join(Place, Place.id == Stock.place_id)
    )
    asked = asked.where(Stock.on_hand > 0, readable(w, Stock.place_id))
    if item:
        asked = asked.where(Stock.item == item)
    if area is not None:
        asked = asked.where(below(Place.path, w.get(Place, area).path))
    if (seen := _seen(after)) is not None:
        day, place, stock = seen
        on_the_day = or_(Stock.place_id > place, and_(Stock.place_id == place, Stock.id > stock))
        asked = asked.where(or_(Lot.expires_on > day, and_(Lot.expires_on == day, on_the_day)))
    asked = asked.order_by(Lot.expires_on, Stock.place_id, Stock.id).limit(PAGE + 1)
    rows = _within(w, asked, seen[0] if seen else None, until)
    lines = _lines(w, rows[:PAGE], today)
    if len(rows) <= PAGE:
        return Page(lines)
    last = lines[-1]
    return Page(lines, f"{last.lot.expires_on}~{last.stock.place_id}~{last.stock.id}")


def _within(w: Work, asked: Asked, first: date | None, until: date) -> list[Row]:
    """The first page of rows, looked for in a few days first and then in more: a region has very many that are near."""
    begins = first or w.session.scalar(select(func.min(Lot.expires_on)))
    days = FEW
    while begins is not None:
        last = min(until, begins + timedelta(days=days))
        found = w.session.execute(asked.where(Lot.expires_on <= last))
        rows = [(stock, lot, place) for stock, lot, place in found]
        if len(rows) > PAGE or last == until:
            return rows
        days *= FEW
    return []


def used_in_time(burn: float | None, days: int, before: int, free: int) -> int | None:
    """How many of `free` are used within `days` at `burn` a day, when `before` others go first; None: unknown burn."""
    if burn is None:
        return 0 if days < 0 else None
    return max(0, min(free, int(burn * max(0, days)) - before))


def _lines(w: Work, rows: Sequence[Row], today: date) -> tuple[NearLine, ...]:
    if not rows:
        return ()
    pairs = {(stock.place_id, stock.item) for stock, _lot, _place in rows}
    burns, ahead = _burns(w, pairs), _ahead(w, pairs, today)
    lines = []
    for stock, lot, place in rows:
        days, burn = days_left(lot, today) or 0, burns.get((stock.place_id, stock.item))
        before = sum(
            free
            for expires_on, id, free in ahead[stock.place_id, stock.item]
            if lot.expires_on is not None and (expires_on, id) < (lot.expires_on, stock.id)
        )
        free = stock.on_hand - stock.reserved - stock.blocked
        lines.append(NearLine(stock, lot, place, days, burn, used_in_time(burn, days, before, free)))
    return tuple(_with_takers(w, lines))


def _burns(w: Work, pairs: Iterable[Pair]) -> dict[Pair, float | None]:
    asked = select(Shelf.place_id, Shelf.item, Shelf.burn)
    asked = asked.where(tuple_(Shelf.place_id, Shelf.item).in_(sorted(pairs)))
    return {(place, item): burn for place, item, burn in w.session.execute(asked)}


def _ahead(w: Work, pairs: Iterable[Pair], today: date) -> Mapping[Pair, list[tuple[date, int, int]]]:
    """Of each shelf: last day, stock and free quantity of every lot that may still be issued."""
    asked = select(Stock, Lot.expires_on).join(Lot, Lot.id == Stock.lot_id)
    asked = asked.where(tuple_(Stock.place_id, Stock.item).in_(sorted(pairs)))
    asked = asked.where(Stock.on_hand > 0, Lot.expires_on >= today)
    found: defaultdict[Pair, list[tuple[date, int, int]]] = defaultdict(list)
    for stock, expires_on in w.session.execute(asked):
        free = stock.on_hand - stock.reserved - stock.blocked
        if expires_on is not None:
            found[stock.place_id, stock.item].append((expires_on, stock.id, free))
    return found


def _with_takers(w: Work, lines: Sequence[NearLine]) -> list[NearLine]:
    """Name other places for what is left over; those that could use the most first."""
    known: dict[tuple[str, int], list[Taker]] = {}
    found = []
    for line in lines:
        if line.days_left <= 0 or not line.left_over:
            found.append(line)
            continue
        key = line.stock.item, line.days_left
        if key not in known:
            known[key] = _takers(w, *key)
        others = [one for one in known[key] if one.place != line.stock.place_id]
        found.append(_given(line, tuple(others[:ELSEWHERE])))
    return found


def _given(line: NearLine, takers: tuple[Taker, ...]) -> NearLine:
    return NearLine(line.stock, line.lot, line.place, line.days_left, line.burn, line.here, takers)


def _takers(w: Work, item: str, days: int) -> list[Taker]:
    usable = Shelf.on_hand - Shelf.reserved - Shelf.blocked - Shelf.expired + Shelf.coming
    could = Shelf.burn * days - usable
    asked = select(Place.id, Place.name_zh, Place.name_en, could).join(Shelf, Shelf.place_id == Place.id)
    asked = asked.where(Shelf.item == item, Shelf.burn.is_not(None), could >= 1, readable(w, Shelf.place_id))
    rows = w.session.execute(asked.order_by(could.desc(), Place.id).limit(ELSEWHERE + 1))
    return [Taker(place, zh, en, int(number or 0)) for place, zh, en, number in rows]


def _seen(after: str) -> tuple[date, int, int] | None:
    day, _, rest = after.partition("~")
    place, _, stock = rest.partition("~")
    try:
        return date.fromisoformat(day), int(place), int(stock)
    except ValueError:
        return None

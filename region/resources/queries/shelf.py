"""What stands on shelves, and what runs out first: one store's shelf list, and all places of the reader as one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true, tuple_

from region.places.models import Place
from region.places.queries import roots
from region.resources.catalogue import band_limits, items_of
from region.resources.models import AreaSupply, Lot, Shelf, Stock
from region.resources.models.totals import BANDS
from region.resources.states import PACK
from region.spine.errors import Missing
from region.spine.scope import below, places_in
from region.spine.work import Work

PAGE = 50
READS = "resources.read"
EMPTY, NEVER = -1.0, 1e12
"""Where a shelf stands that is empty, and one of which nobody knows how long it lasts."""
Line = TypeVar("Line")


@dataclass(frozen=True)
class Page(Generic[Line]):
    """So many lines, and from where to go on; empty where there are no more."""

    lines: tuple[Line, ...]
    after: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which shelves: of one place, one item, one band, or all below an area."""

    place: int | None = None
    item: str = ""
    band: str = ""
    area: int | None = None


@dataclass(frozen=True)
class ShelfLine:
    """One item at one place. `told_at` is the later of count and movement; `late`: older than the rules allow.

    `limits` are the days below which it is red, and amber.
    """

    shelf: Shelf
    place: Place
    facts: Mapping[str, Any]
    limits: tuple[float, float]
    told_at: datetime | None
    late: bool

    @property
    def hours(self) -> float | None:
        """Hours until it is empty, for what runs out within hours, such as oxygen; else None."""
        return self.shelf.days * 24 if self.facts.get("hours") and self.shelf.days is not None else None


@dataclass(frozen=True)
class StockLine:
    """One lot on a shelf, of one owner and in one zone; `days_left` may be negative."""

    stock: Stock
    lot: Lot
    days_left: int | None

    @property
    def free(self) -> int:
        """Neither reserved nor blocked."""
        return self.stock.on_hand - self.stock.reserved - self.stock.blocked

    @property
    def expired(self) -> bool:
        """Past its last day: it cannot be issued."""
        return self.days_left is not None and self.days_left < 0


def running_out(w: Work, wanted: Wanted, after: str = "") -> Page[ShelfLine]:
    """Shelves, what is empty or runs out first on top, those of unknown burn last; 50 a page by keyset."""
    rank = _rank()
    asked = select(Shelf.place_id, Shelf.item, rank).where(readable(w, Shelf.place_id), *_terms(w, wanted))
    if (seen := _seen(after)) is not None:
        asked = asked.where(_behind(rank, *seen))
    rows = w.session.execute(asked.order_by(rank, Shelf.place_id, Shelf.item).limit(PAGE + 1)).all()
    lines = _lines(w, [(place, item) for place, item, _rank_ in rows[:PAGE]])
    if len(rows) <= PAGE:
        return Page(lines)
    place, item, at = rows[PAGE - 1]
    return Page(lines, f"{float(at)!r}~{place}~{item}")


def readable(w: Work, column: Any) -> ColumnElement[bool]:
    """The condition that a row lies where this actor may read supplies, not only where it holds some other role."""
    paths = w.actor.paths_for(w.rules.roles_that(READS))
    if all(own.startswith(paths) for own in w.actor.paths):
        return true()  # wherever it may look at all it may read supplies: the scope says the same
    return places_in(paths)(column)


def counts(w: Work, item: str = "", area: int | None = None) -> tuple[dict[str, int], datetime | None]:
    """How many shelves are in each band, by the kept totals of the reader's areas, and as of when."""
    tops = [area] if area is not None else [one.id for one in roots(w) if one.kind == "area"]
    columns = [func.sum(getattr(AreaSupply, band)) for band in BANDS]
    asked = select(*columns, func.min(AreaSupply.reckoned_at)).where(AreaSupply.place_id.in_(tops))
    asked = asked.where(readable(w, AreaSupply.place_id))
    if item:
        asked = asked.where(AreaSupply.item == item)
    *numbers, reckoned_at = w.session.execute(asked).one()
    if reckoned_at is None:
        return {}, None
    return {band: int(number or 0) for band, number in zip(BANDS, numbers, strict=True)}, reckoned_at


def one_shelf(w: Work, place: int, item: str) -> ShelfLine | None:
    """One shelf as the list shows it; None where the place has never had the item."""
    found = running_out(w, Wanted(place=place, item=item)).lines
    return found[0] if found else None


def lots_on(w: Work, place: int, item: str) -> list[StockLine]:
    """The lots on a shelf, first expiry first; what is used up is left out."""
    asked = select(Stock, Lot).join(Lot, Lot.id == Stock.lot_id).where(readable(w, Stock.place_id))
    asked = asked.where(Stock.place_id == place, Stock.item == item, Stock.on_hand > 0)
    asked = asked.order_by(Lot.expires_on.is_(None), Lot.expires_on, Stock.id)
    today = w.office.clock.day(w.now)
    return [StockLine(stock, lot, days_left(lot, today)) for stock, lot in w.session.execute(asked)]


def days_left(lot: Lot, today: date) -> int | None:
    """How many days after today a lot may still be used; None where it has no last day."""
    return None if lot.expires_on is None else (lot.expires_on - today).days


def stores(w: Work, text: str = "", most: int = 20) -> list[Place]:
    """Places with shelves that the reader may see, found by name or code."""
    stocked = select(Shelf.place_id).where(Shelf.place_id == Place.id).exists()
    like = Place.name_zh.icontains(text, autoescape=True) | Place.name_en.icontains(text, autoescape=True)
    named = like | Place.code.startswith(text, autoescape=True)
    asked = select(Place).where(Place.kind == "site", stocked, named, readable(w, Place.id))
    return list(w.session.scalars(asked.order_by(Place.code, Place.id).limit(most)))


def need_site(w: Work, place: int) -> Place:
    """The store itself; Missing where it is none that the reader may see."""
    found = w.get(Place, place)
    if found.kind != "site" or not w.may(READS, place):
        raise Missing("no-such", what="place", id=place)
    return found


def _behind(rank: ColumnElement[float], at: float, place: int, item: str) -> ColumnElement[bool]:
    on_the_same = or_(Shelf.place_id > place, and_(Shelf.place_id == place, Shelf.item > item))
    return or_(rank > at, and_(rank == at, on_the_same))


def _rank() -> ColumnElement[float]:
    known = func.coalesce(Shelf.days, NEVER)
    return case((Shelf.band == "empty", EMPTY), else_=known).label("rank")


def _terms(w: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    terms: list[ColumnElement[bool]] = []
    if wanted.place is not None:
        terms.append(Shelf.place_id == wanted.place)
    if wanted.item:
        terms.append(Shelf.item == wanted.item)
    if wanted.band in BANDS:
        terms.append(Shelf.band == wanted.band)
    if wanted.area is not None:
        inside = select(Place.id).where(below(Place.path, w.get(Place, wanted.area).path))
        terms.append(Shelf.place_id.in_(inside))
    return terms


def _lines(w: Work, keys: Sequence[tuple[int, str]]) -> tuple[ShelfLine, ...]:
    if not keys:
        return ()
    asked = select(Shelf, Place).join(Place, Place.id == Shelf.place_id)
    asked = asked.where(tuple_(Shelf.place_id, Shelf.item).in_(keys))
    rows = {(shelf.place_id, shelf.item): (shelf, place) for shelf, place in w.session.execute(asked)}
    items, limits = items_of(w.rules), band_limits(w.rules)
    late = w.now - w.rules.duration(PACK, "stale.stock")
    lines = []
    for shelf, place in (rows[key] for key in keys):
        told = max((one for one in (shelf.counted_at, shelf.moved_at) if one is not None), default=None)
        facts = items.get(shelf.item, {})
        lines.append(ShelfLine(shelf, place, facts, limits(shelf.item), told, told is None or told < late))
    return tuple(lines)


def _seen(after: str) -> tuple[float, int, str] | None:
    at, _, rest = after.partition("~")
    place, _, item = rest.partition("~")
    try:
        return (float(at), int(place), item) if item else None
    except ValueError:
        return None

"""What walls and desks show of supplies: areas by item, their parts on a map, and what runs out first, with ages.

It reads the kept sums of areas and a few shelves that these name, never the ledger, so it costs the same however
many sites and movements there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from region.places.models import Area, Place
from region.resources.catalogue import items_of
from region.resources.models import AreaSupply, Shelf
from region.spine.scope import below
from region.spine.work import Work

GRAVEST = ("empty", "red", "amber", "unknown", "green")
SUMS = ("places", "known", "on_hand", "usable", "coming", "blocked", "expired", "near_expiry", *GRAVEST)
LASTS = ("burn", "days", "band", "first_place_id", "first_days", "oldest_told", "reckoned_at")


@dataclass(frozen=True)
class Named:
    """A place as a screen names it."""

    place: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class AreaLine:
    """One item in one area, in units; `days` and `burn` (units a day) None where unknown, shown as a dash.

    `known` of its `places` have a burn that is known; `empty` to `green` are how many places stand in each band.
    `hours` is set for what runs out within hours, such as oxygen. `first_place` runs out first, in `first_days`.
    `oldest_told` is when the place that has been silent longest last told anything.
    """

    area: Named
    item: str
    places: int
    known: int
    on_hand: int
    usable: int
    coming: int
    blocked: int
    expired: int
    near_expiry: int
    empty: int
    red: int
    amber: int
    unknown: int
    green: int
    burn: float | None
    days: float | None
    hours: float | None
    band: str
    first_place_id: int | None
    first_days: float | None
    oldest_told: datetime | None
    reckoned_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShelfLine:
    """One item at one place, in units, with when it was last used, moved and counted: the ages of its numbers."""

    at: Named
    item: str
    usable: int
    coming: int
    burn: float | None
    inferred: bool
    why: str
    days: float | None
    hours: float | None
    band: str
    last_used: date | None
    moved_at: datetime | None
    counted_at: datetime | None


def of_area(w: Work, area: int, items: Sequence[str] = ()) -> list[AreaLine]:
    """What an area has, the gravest first, or in the order of `items` when only some are asked for."""
    wanted = _areas(w, items).where(AreaSupply.place_id == area)
    lines = _area_lines(w, wanted)
    if items:
        return sorted(lines, key=lambda line: items.index(line.item))
    return sorted(lines, key=lambda line: (GRAVEST.index(line.band), line.days or 0.0, line.item))


def of_parts(w: Work, area: int, item: str, level: str | None = None) -> list[AreaLine]:
    """One item in the parts of an area, for a map: those directly below, or all of one level; by code."""
    wanted = _areas(w, [item])
    if level is None:
        wanted = wanted.where(Place.parent_id == area)
    else:
        wanted = wanted.join(Area, Area.place_id == Place.id).where(Area.level == level)
        wanted = wanted.where(below(Place.path, w.get(Place, area).path))
    return sorted(_area_lines(w, wanted), key=lambda line: (line.area.code, line.area.place))


def runs_out_first(w: Work, area: int, most: int = 20, items: Sequence[str] = ()) -> list[ShelfLine]:
    """The shelves of an area that are empty soonest: the first of each item in each of its parts.

    A second one in the same sub-district stands in `shelves_of`, which asks for one item.
    """
    wanted = select(AreaSupply.first_place_id, AreaSupply.item, AreaSupply.first_days).distinct()
    wanted = wanted.join(Place, Place.id == AreaSupply.place_id)
    wanted = wanted.where(below(Place.path, w.get(Place, area).path), AreaSupply.first_days.is_not(None))
    if items:
        wanted = wanted.where(AreaSupply.item.in_(items))
    first = w.session.execute(wanted.order_by(AreaSupply.first_days, AreaSupply.item).limit(most)).all()
    pairs = [and_(Shelf.place_id == row.first_place_id, Shelf.item == row.item) for row in first]
    return _shelf_lines(w, _shelves().where(or_(*pairs))) if pairs else []


def shelves_of(w: Work, area: int, item: str, most: int = 50) -> list[ShelfLine]:
    """The shelves of one item in an area that are known to be empty soonest."""
    wanted = _shelves().where(Shelf.item == item, Shelf.days.is_not(None))
    wanted = wanted.where(below(Place.path, w.get(Place, area).path))
    return _shelf_lines(w, wanted.order_by(Shelf.days, Shelf.place_id).limit(most))


def _areas(w: Work, items: Sequence[str]) -> Select[Any]:
    columns = [getattr(AreaSupply, name) for name in (*SUMS, *LASTS)]
    wanted = select(AreaSupply.item, *columns, Place.id, Place.code, Place.name_zh, Place.name_en)
    # An item that has gone from an area altogether leaves a row with no places.
    wanted = wanted.join(Place, Place.id == AreaSupply.place_id).where(AreaSupply.places > 0)
    return wanted.where(AreaSupply.item.in_(items)) if items else wanted


def _area_lines(w: Work, wanted: Select[Any]) -> list[AreaLine]:
    quick = _quick(w)
    return [
        AreaLine(
            area=Named(row.id, row.code, row.name_zh, row.name_en),
            item=row.item,
            hours=_hours(row, quick),
            **{name: getattr(row, name) for name in (*SUMS, *LASTS)},
        )
        for row in w.session.execute(wanted)
    ]


OF_SHELF = (
    "item",
    "coming",
    "burn",
    "inferred",
    "why",
    "days",
    "band",
    "last_used",
    "moved_at",
    "counted_at",
)


def _shelves() -> Select[Any]:
    usable = (Shelf.on_hand - Shelf.reserved - Shelf.blocked - Shelf.expired).label("usable")
    columns = [getattr(Shelf, name) for name in OF_SHELF]
    wanted = select(usable, *columns, Place.id, Place.code, Place.name_zh, Place.name_en)
    return wanted.join(Place, Place.id == Shelf.place_id)


def _shelf_lines(w: Work, wanted: Select[Any]) -> list[ShelfLine]:
    quick = _quick(w)
    lines = [
        ShelfLine(
            at=Named(row.id, row.code, row.name_zh, row.name_en),
            usable=row.usable,
            hours=_hours(row, quick),
            **{name: getattr(row, name) for name in OF_SHELF},
        )
        for row in w.session.execute(wanted)
    ]
    known = [line for line in lines if line.days is not None]
    return sorted(known, key=lambda line: (line.days, line.item, line.at.place))


def _quick(w: Work) -> frozenset[str]:
    """Items that run out within hours."""
    return frozenset(item for item, facts in items_of(w.rules).items() if facts.get("hours"))


def _hours(row: Any, quick: Iterable[str]) -> float | None:
    return row.days * 24 if row.item in quick and row.days is not None else None

"""The supplies of the wall's area, read once: the items walls show, its parts, what runs out first, what is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from region.board.queries.supply_moves import Move, read_moves
from region.incidents.models import Incident
from region.places.levels import rank
from region.places.models import Place
from region.places.queries.tree import levels, roots
from region.resources.catalogue import band_limits, items_of
from region.resources.models import Shelf
from region.resources.queries.overview import AreaLine, Named, ShelfLine, of_area, of_parts, runs_out_first
from region.resources.states import PACK
from region.spine.scope import below
from region.spine.work import Work

FINEST = rank("subdistrict")
"""Stock is summed up for areas down to this level."""
ASKED_FIRST = 12
"""Shelves asked for, to find the few that are shown."""


@dataclass(frozen=True)
class Good:
    """An item as a wall speaks of it; `red`, `amber` and `target` are days of supply, `hours` says to show hours."""

    code: str
    zh: str
    en: str
    unit: Mapping[str, str]
    hours: bool
    red: float
    amber: float
    target: float

    def tone(self, band: str, days: float | None) -> str:
        """plain at the target and where nothing is known; below it what the band says: watch or bad."""
        if band == "empty":
            return "bad"
        if days is None or days >= self.target:
            return "plain"
        return "bad" if days < self.red else "watch"


@dataclass(frozen=True)
class Silent:
    """The shelf that has told nothing for longest."""

    at: Named
    item: str
    told: datetime


@dataclass(frozen=True)
class Supplies:
    """`whole` is the wall's area by item, the gravest first; `parts` one of them (`mapped`) by area."""

    goods: Mapping[str, Good]
    whole: Sequence[AreaLine]
    mapped: str | None
    parts: Sequence[AreaLine]
    first: Sequence[ShelfLine]
    silent: Silent | None
    moves: Sequence[Move]


def read_supplies(w: Work) -> Supplies:
    """How the items of the pack's `wall.items` stand in the first of the actor's areas, and what is on the road."""
    goods, tops = wall_goods(w), roots(w)
    whole = of_area(w, tops[0].id, list(goods)) if tops else []
    if not whole:
        return Supplies(goods, (), None, (), (), None, read_moves(w))
    order = list(goods)
    whole.sort(key=lambda line: (*gravity(goods[line.item], line), order.index(line.item)))
    mapped = next((line.item for line in whole if line.days is not None), whole[0].item)
    top, level = tops[0].id, _finest(w)
    return Supplies(
        goods,
        whole,
        mapped,
        of_parts(w, top, mapped, level) if level else (),
        runs_out_first(w, top, ASKED_FIRST, order),
        _silent(w, top, whole, level),
        read_moves(w),
    )


def gravity(good: Good, line: AreaLine) -> tuple[int, float]:
    """A key that puts what is empty or furthest below its target first, and what is not known last."""
    if line.band == "empty":
        return 0, 0.0
    if line.days is None:
        return 4, 0.0
    return {"bad": 1, "watch": 2, "plain": 3}[good.tone(line.band, line.days)], line.days


def wall_goods(w: Work) -> dict[str, Good]:
    """The items of the wall by code, in the pack's order, each with the target that holds today."""
    items, limits = items_of(w.rules), band_limits(w.rules)
    watched = w.rules.value(PACK, "watch.items") if _in_event(w) else ()
    found = {}
    for code in w.rules.value(PACK, "wall.items"):
        facts, (red, amber) = items[code], limits(code)
        target = float(w.rules.value(PACK, "watch.days")) if code in watched else amber
        found[code] = Good(
            code,
            *spoken(facts),
            facts["unit"],
            bool(facts.get("hours")),
            min(red, target),
            amber,
            target,
        )
    return found


def spoken(facts: Mapping[str, Any]) -> tuple[str, str]:
    """An item's Chinese and English name without what stands in brackets: a wall has no room for it."""
    return facts["zh"].partition("（")[0], facts["en"].partition(" (")[0]


def map_limits(w: Work, good: Good) -> tuple[float, float, float]:
    """Days of supply at which the colour of an area changes: red, amber, and the reserve; in hours there is none."""
    red, amber = band_limits(w.rules)(good.code)
    return red, amber, amber if good.hours else float(w.rules.value(PACK, "reserve.days"))


def told_late(w: Work) -> timedelta:
    """A number of stock that is older than this is stale."""
    return w.rules.duration(PACK, "stale.stock")


def _in_event(w: Work) -> bool:
    return (
        w.session.scalars(select(Incident.id).where(Incident.closed_at.is_(None)).limit(1)).first()
        is not None
    )


def _finest(w: Work) -> str | None:
    """The finest level of areas for which stock is summed up, among those that the actor may see."""
    known = [level for level, _count in levels(w) if rank(level) <= FINEST]
    return max(known, key=rank, default=None)


def _silent(w: Work, top: int, whole: Sequence[AreaLine], level: str | None) -> Silent | None:
    """The longest silence among the wall's items: first the item, then its area, then the shelf itself."""
    told = [line for line in whole if line.oldest_told is not None]
    if not told:
        return None
    oldest = min(told, key=_told)
    parts = of_parts(w, top, oldest.item, level) if level else []
    inside = min((one for one in parts if one.oldest_told is not None), key=_told, default=oldest)
    if _told(inside) > _told(oldest):
        inside = oldest  # it lies above the parts, in a warehouse of the district
    return _shelf(w, inside)


def _told(line: AreaLine) -> float:
    return line.oldest_told.timestamp() if line.oldest_told else float("inf")


def _shelf(w: Work, line: AreaLine) -> Silent | None:
    """The shelf behind an area's oldest number: none of those that are summed up told its last before it."""
    if line.oldest_told is None:
        return None
    latest = line.oldest_told + timedelta(seconds=1)  # the sum was kept as seconds
    kept = (Shelf.on_hand > 0) | (Shelf.coming > 0) | Shelf.last_used.is_not(None) | Shelf.target.is_not(None)
    wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en).join(
        Shelf, Shelf.place_id == Place.id
    )
    wanted = wanted.where(
        Shelf.item == line.item, kept, below(Place.path, w.get(Place, line.area.place).path)
    )
    for column, other in ((Shelf.moved_at, Shelf.counted_at), (Shelf.counted_at, Shelf.moved_at)):
        told = (column <= latest) & (other.is_(None) | (other <= latest))
        row = w.session.execute(wanted.where(told).order_by(column, Place.code).limit(1)).first()
        if row is not None:
            return Silent(Named(*row), line.item, line.oldest_told)
    return None

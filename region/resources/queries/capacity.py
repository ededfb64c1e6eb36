"""What capacity an area has, by kind; a stale number is shown as stale and never taken for a fresh one (K22 to K24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from region.places.models import Area, Place, Site
from region.places.queries import today
from region.places.queries.tree import current
from region.resources.capacity import NUMBERS, kinds_of, stale_before
from region.resources.models import Capacity
from region.resources.states import PACK
from region.spine.rulebook import Rulebook
from region.spine.scope import below
from region.spine.work import Work

ROOMS = "rooms.quarantine"
BEDS = "beds."


@dataclass(frozen=True)
class Figure:
    """A sum of numbers told: how much of it is stale, at how many places it is not, and the oldest moment."""

    value: int | None = None
    stale: int = 0
    fresh_places: int = 0
    oldest: datetime | None = None

    @property
    def fresh(self) -> int | None:
        """The part of it that is not stale; None where nobody told anything lately."""
        return None if self.value is None or not self.fresh_places else self.value - self.stale


@dataclass(frozen=True)
class Ratio:
    """A part of a whole, over places whose two numbers are fresh; `left_out` places had a stale or missing one."""

    part: int
    whole: int
    left_out: int = 0

    @property
    def share(self) -> float | None:
        """None without a whole: shown as a dash."""
        return self.part / self.whole if self.whole > 0 else None


@dataclass(frozen=True)
class InArea:
    """One kind of capacity in an area: its numbers, how full it is (K22, K24), and how much of that is known."""

    kind: str
    numbers: Mapping[str, Figure]
    free: Figure
    use: Ratio
    band: str
    places: int
    stale: int
    """Places with a stale number."""
    missing: int
    """Sites that are asked for this kind and never told it."""

    @property
    def oldest(self) -> datetime | None:
        """The moment of the oldest number."""
        return min((one.oldest for one in self.numbers.values() if one.oldest), default=None)


def of_area(w: Work, area: int) -> dict[str, InArea]:
    """Every kind that somebody in the area told, or is asked for, in the order of the rules."""
    place = w.get(Place, area)
    told = {row.kind: row for row in w.session.execute(_sums(w, place.path))}
    asked = _asked(w, place.path)
    return {
        kind: _in_area(w.rules, kind, told.get(kind), asked.get(kind, 0))
        for kind in kinds_of(w.rules)
        if kind in told or asked.get(kind)
    }


def stale(w: Work, name: str) -> ColumnElement[bool]:
    """The condition that one of a row's numbers was told too long ago for its kind."""
    kinds: dict[datetime, list[str]] = {}
    for kind, moment in stale_before(w.rules, w.now).items():
        kinds.setdefault(moment, []).append(kind)
    at = getattr(Capacity, f"{name}_at")
    return or_(*(and_(Capacity.kind.in_(some), at < moment) for moment, some in kinds.items()))


def _sums(w: Work, path: str) -> Any:
    columns: list[Any] = []
    for name in NUMBERS:
        number = getattr(Capacity, name)
        columns += [
            func.sum(number).label(name),
            func.sum(case((stale(w, name), number), else_=0)).label(f"{name}_stale"),
            func.sum(case((and_(number.is_not(None), ~stale(w, name)), 1), else_=0)).label(f"{name}_fresh"),
            func.min(getattr(Capacity, f"{name}_at")).label(f"{name}_oldest"),
        ]
    both = and_(Capacity.ready.is_not(None), Capacity.in_use.is_not(None))
    old = or_(stale(w, "ready"), stale(w, "in_use"))
    free = case((Capacity.ready > Capacity.in_use, Capacity.ready - Capacity.in_use), else_=0)
    return (
        select(
            Capacity.kind,
            *columns,
            func.count().label("places"),
            func.sum(case((or_(*(stale(w, name) for name in NUMBERS)), 1), else_=0)).label("stale"),
            func.sum(case((both, 1), else_=0)).label("pairs"),
            func.sum(case((and_(both, ~old), 1), else_=0)).label("pairs_fresh"),
            func.sum(case((and_(both, ~old), Capacity.in_use), else_=0)).label("part"),
            func.sum(case((and_(both, ~old), Capacity.ready), else_=0)).label("whole"),
            func.sum(case((both, free), else_=0)).label("free"),
            func.sum(case((and_(both, old), free), else_=0)).label("free_stale"),
        )
        .join(Place, Place.id == Capacity.place_id)
        .where(below(Place.path, path), current(today(w)))
        .group_by(Capacity.kind)
    )


def _in_area(rules: Rulebook, kind: str, row: Row[Any] | None, asked: int) -> InArea:
    if row is None:
        none = {name: Figure() for name in NUMBERS}
        return InArea(kind, none, Figure(), Ratio(0, 0), "unknown", 0, 0, asked)
    facts = row._mapping
    numbers = {
        name: _figure(*(facts[f"{name}{part}"] for part in ("", "_stale", "_fresh", "_oldest")))
        for name in NUMBERS
    }
    use = Ratio(int(row.part), int(row.whole), row.places - int(row.pairs_fresh))
    free = _figure(row.free, row.free_stale, row.pairs_fresh, None) if row.pairs else Figure()
    band = band_of_use(rules, kind, use.share)
    return InArea(kind, numbers, free, use, band, row.places, int(row.stale), asked)


def _figure(value: Any, old: Any, fresh: Any, oldest: datetime | None) -> Figure:
    return Figure() if value is None else Figure(int(value), int(old or 0), int(fresh or 0), oldest)


def band_of_use(rules: Rulebook, kind: str, share: float | None) -> str:
    """red, amber, green or unknown, by the thresholds of K22; of K18 for what is measured by its load."""
    if share is None:
        return "unknown"
    scale = kinds_of(rules)[kind].get("band", "occupancy")
    amber, red = (float(rules.value(PACK, f"capacity.{scale}.{name}")) for name in ("amber", "red"))
    if share > red or (share == red and scale == "occupancy"):
        return "red"
    return "amber" if share >= amber else "green"


def _asked(w: Work, path: str) -> dict[str, int]:
    """How many sites of the area are asked for a kind, by their type, and never told it."""
    inside = and_(below(Place.path, path), current(today(w)))
    sites = select(Site.type, func.count()).join(Place, Place.id == Site.place_id).where(inside)
    counted = {row[0]: row[1] for row in w.session.execute(sites.group_by(Site.type))}
    told = select(Site.type, Capacity.kind, func.count()).join(Place, Place.id == Site.place_id)
    told = told.join(Capacity, Capacity.place_id == Site.place_id).where(inside)
    have = {(row[0], row[1]): row[2] for row in w.session.execute(told.group_by(Site.type, Capacity.kind))}
    missing: dict[str, int] = {}
    for type_, kinds in w.rules.value(PACK, "capacity.asked").items():
        for kind in kinds:
            left = counted.get(type_, 0) - have.get((type_, kind), 0)
            missing[kind] = missing.get(kind, 0) + left
    return missing


@dataclass(frozen=True)
class Indicators:
    """Occupancy of quarantine rooms (K22), rooms for 10,000 people (K23), use of beds by type (K24)."""

    occupancy: Ratio
    rooms_per_10k: float | None
    rooms_left_out: int
    """Places whose ready rooms are stale or unknown, and so not in K23."""
    beds: Mapping[str, Ratio]


def indicators(w: Work, area: int) -> Indicators:
    """K22, K23 and K24 of an area as they are defined in DOMAIN 10; None where there is nothing to divide by."""
    found = of_area(w, area)
    rooms = found.get(ROOMS)
    people = w.session.scalar(select(Area.population).where(Area.place_id == area))
    ready = rooms.numbers["ready"] if rooms else Figure()
    return Indicators(
        rooms.use if rooms else Ratio(0, 0),
        ready.fresh / people * 10_000 if ready.fresh is not None and people else None,
        rooms.places + rooms.missing - ready.fresh_places if rooms else 0,
        {kind: one.use for kind, one in found.items() if kind.startswith(BEDS)},
    )

"""What capacity a place has, number by number with its age, and which places of an area have most to spare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from region.places.models import Place
from region.places.queries import today
from region.places.queries.tree import current
from region.resources.capacity import NUMBERS, kinds_for, kinds_of, stale_before
from region.resources.models import Capacity, CapacityReading
from region.resources.queries.capacity import band_of_use, stale
from region.spine.scope import below
from region.spine.work import Work

PAGE = 50
LAST = 10**9
"""Taken off the rank of what is stale or was never told, so that it comes after all that is fresh."""
After = tuple[int, int]
"""Where a page ended: the rank by what is free, and the place's id."""


@dataclass(frozen=True)
class Number:
    """One number as it was told: its moment, and whether that is too long ago for its kind. None: never told."""

    value: int | None = None
    at: datetime | None = None
    stale: bool = False


@dataclass(frozen=True)
class AtPlace:
    """One kind of capacity at one place; `version` is 0 where the place is asked for it and never told it."""

    place: int
    kind: str
    numbers: Mapping[str, Number]
    free: int | None
    share: float | None
    band: str
    version: int

    @property
    def stale(self) -> bool:
        """Whether any of its numbers is."""
        return any(one.stale for one in self.numbers.values())

    @property
    def oldest(self) -> datetime | None:
        """The moment of its oldest number."""
        return min((one.at for one in self.numbers.values() if one.at), default=None)


def of_place(w: Work, place: Place) -> list[AtPlace]:
    """What the place told, and what a site of its type is asked for, in the order of the rules."""
    wanted = select(Capacity).where(Capacity.place_id == place.id)
    told = {row.kind: row for row in w.session.scalars(wanted)}
    asked = kinds_for(w.rules, place.site.type) if place.site is not None else ()
    limits = stale_before(w.rules, w.now)
    return [
        _at_place(w, told[kind], limits[kind])
        if kind in told
        else AtPlace(place.id, kind, {name: Number() for name in NUMBERS}, None, None, "unknown", 0)
        for kind in kinds_of(w.rules)
        if kind in told or kind in asked
    ]


def of_sites(w: Work, area: Place) -> Iterator[tuple[Place, list[AtPlace]]]:
    """The places of an area that told anything, by their codes, each with its kinds in the order of the rules."""
    order = {kind: number for number, kind in enumerate(kinds_of(w.rules))}
    limits = stale_before(w.rules, w.now)
    wanted = select(Place, Capacity).join(Capacity, Capacity.place_id == Place.id)
    wanted = wanted.where(below(Place.path, area.path), current(today(w)), Capacity.kind.in_(order))
    wanted = wanted.options(joinedload(Place.site)).order_by(Place.code, Place.id)
    for place, rows in groupby(w.session.execute(wanted), key=lambda row: row[0]):
        told = sorted((row[1] for row in rows), key=lambda one: order[one.kind])
        yield place, [_at_place(w, one, limits[one.kind]) for one in told]


def _at_place(w: Work, row: Capacity, limit: datetime) -> AtPlace:
    numbers = {}
    for name in NUMBERS:
        value, at = getattr(row, name), getattr(row, f"{name}_at")
        numbers[name] = Number(value, at, value is not None and at is not None and at < limit)
    free = share = None
    if row.ready is not None and row.in_use is not None:
        free = max(0, row.ready - row.in_use)
        share = row.in_use / row.ready if row.ready else None
    fresh = not (numbers["ready"].stale or numbers["in_use"].stale)
    band = band_of_use(w.rules, row.kind, share if fresh else None)
    return AtPlace(row.place_id, row.kind, numbers, free, share, band, row.version)


def of_kind(
    w: Work, area: int, kind: str, *, after: After | None = None, stale_only: bool = False
) -> Sequence[tuple[Place, AtPlace]]:
    """The places of an area that told a kind, those with most to spare first, those whose numbers are stale last.

    A page, and one more if there is more.
    """
    path = w.get(Place, area).path
    fresh = and_(~stale(w, "ready"), ~stale(w, "in_use"))
    free = func.coalesce(Capacity.ready - Capacity.in_use, -1)
    rank = case((fresh, free), else_=free - LAST)
    wanted = select(Place, Capacity).join(Capacity, Capacity.place_id == Place.id)
    wanted = wanted.where(below(Place.path, path), current(today(w)), Capacity.kind == kind)
    if stale_only:
        wanted = wanted.where(or_(*(stale(w, name) for name in NUMBERS)))
    if after is not None:
        wanted = wanted.where(or_(rank < after[0], and_(rank == after[0], Place.id > after[1])))
    wanted = wanted.options(joinedload(Place.site)).order_by(rank.desc(), Place.id).limit(PAGE + 1)
    limit = stale_before(w.rules, w.now)[kind]
    return [(place, _at_place(w, row, limit)) for place, row in w.session.execute(wanted)]


def cursor(one: AtPlace) -> After:
    """Where a page that ends with this one goes on."""
    ready, in_use = one.numbers["ready"], one.numbers["in_use"]
    known = ready.at is not None and in_use.at is not None
    free = -1 if ready.value is None or in_use.value is None else ready.value - in_use.value
    return (free if known and not (ready.stale or in_use.stale) else free - LAST), one.place


def history(w: Work, place: int, kind: str, most: int = 20) -> Sequence[CapacityReading]:
    """What a place told of a kind, the newest moment first."""
    wanted = select(CapacityReading).where(CapacityReading.place_id == place, CapacityReading.kind == kind)
    newest = wanted.order_by(CapacityReading.at.desc(), CapacityReading.id.desc())
    return w.session.scalars(newest.limit(most)).all()

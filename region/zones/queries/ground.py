"""What lies inside a piece of ground: the finest areas with their share, and sites; the area that holds it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry
from sqlalchemy import or_, select

from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.work import Work
from region.zones.states import PACK

SLIVER = 1e-6
"""Degrees (a decimetre) by which a border may be overdrawn."""


@dataclass(frozen=True)
class Lies:
    """A place inside: which, what share of its ground (a site: all), how many people that makes (None: not known)."""

    place: int
    share: float
    people: int | None


def inside(w: Work, ground: BaseGeometry) -> list[Lies]:
    """The finest areas with an outline that lie in the ground with a share the pack names, and all sites in it."""
    return [*_areas(w, ground), *_sites(w, ground)]


def _areas(w: Work, ground: BaseGeometry) -> list[Lies]:
    rows = _near(w, ground)
    outlines = [row.geometry for row in rows]
    hit = [rows[n] for n in STRtree(outlines).query(ground, predicate="intersects")] if rows else []
    above = {row.parent_id for row in hit}
    least = float(w.rules.value(PACK, "zone.least_share"))
    found = []
    for row in sorted(hit, key=lambda one: int(one.id)):
        share = shapely.intersection(row.geometry, ground).area / row.geometry.area
        if row.id in above or share < least:
            continue
        people = None if row.population is None else round(row.population * min(1.0, share))
        found.append(Lies(row.id, min(1.0, round(share, 4)), people))
    return found


def _near(w: Work, ground: BaseGeometry) -> Sequence[Any]:
    """Areas in use whose box touches that of the ground; those whose box nobody reckoned are taken along."""
    west, south, east, north = ground.bounds
    touches = (Area.west <= east) & (Area.east >= west) & (Area.south <= north) & (Area.north >= south)
    wanted = select(Place.id, Place.parent_id, Place.path, Area.population, Area.geometry)
    wanted = wanted.join(Area, Area.place_id == Place.id).where(Area.geometry.is_not(None), current(today(w)))
    return w.session.execute(wanted.where(or_(Area.west.is_(None), touches)).order_by(Place.id)).all()


def _sites(w: Work, ground: BaseGeometry) -> list[Lies]:
    west, south, east, north = ground.bounds
    wanted = select(Place.id, Place.lon, Place.lat).join(Site, Site.place_id == Place.id)
    wanted = wanted.where(Place.lon.between(west, east), Place.lat.between(south, north), current(today(w)))
    rows = w.session.execute(wanted.order_by(Place.id)).all()
    if not rows:
        return []
    points = shapely.points([row.lon for row in rows], [row.lat for row in rows])
    hit = STRtree(points).query(ground, predicate="intersects")
    return [Lies(rows[n].id, 1.0, None) for n in sorted(hit)]


def holder(w: Work, ground: BaseGeometry) -> int | None:
    """The smallest area, of those the actor may know of, that holds all of the ground; None when none does."""
    # A ground drawn along a border may touch the neighbour by the breadth of a line.
    core: BaseGeometry = ground.buffer(-SLIVER)
    core = ground if core.is_empty else core
    holding = [row for row in _near(w, ground) if shapely.covers(row.geometry, core)]
    deepest = max(holding, key=lambda row: (row.path.count("/"), row.id), default=None)
    return None if deepest is None else int(deepest.id)
